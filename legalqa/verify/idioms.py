"""Set phrases that say one thing in many ways, each in one form, so that "not less than" is no negation.

Only for comparing: what is told to a reader is never taken from here.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), form)
    for pattern, form in (
        (
            r"\b(includ(?:e|es|ing)),?\s+(?:but\s+(?:is\s+|are\s+)?(?:not|isn['’]t|aren['’]t)\s+limited\s+to"
            r"|without\s+limitation),?",
            r"\1",
        ),
        (r",?\s+without\s+limiting\s+the\s+(?:generality\s+of\s+the\s+)?foregoing,?", ""),
        (r"\b(?:not|no)\s+(?:less|fewer)\s+than\b", "at least"),
        (r"\b(?:not|no)\s+(?:more|greater)\s+than\b|\b(?:not\s+to\s+exceed|not\s+exceeding|up\s+to)\b", "at most"),
        (r"\b(?:not|no)\s+(?=(?:later|earlier|sooner)\s+than\b)", "not "),
        (r"\bin\s+no\s+(?:case|event)\s+(?:be\s+)?(?:less|fewer)\s+than\b", "at least"),
        (r"\b(?:shall|may|must|will)\s+not\s+exceed\b", "shall be at most"),
        (r"\bNos?\.\s*(?=\d)", "number "),
        (r"\bwithout\s+(?:undue\s+|unreasonable\s+)?delay\b", "promptly"),
        (r"\b(?:(?:shall|will|must)\s+have|has|have)\s+the\s+right\s+to\b", "may"),
        (r"\b(?:shall|may|must|will)\s+not\b", "shall not"),
        (r"\bcan(?:not|['’]t)\b", "can not"),
        (r"(?<=[a-z])n['’]t\b", " not"),
        (rf"\b({_TENS})-({_ONES})\b", r"\1 \2"),
    )
)  # fmt: skip


@lru_cache(maxsize=256)
def plainly(text: str) -> str:
    """`text` with its set phrases in one form each; offsets do not survive."""
    for pattern, form in _FORMS:
        text = pattern.sub(form, text)
    return text
