"""Ways to say a clause again in other words: pure functions from text to text. What alters it is
`legalqa.evaluate.altering`.
"""

from __future__ import annotations

import random
import re

from legalqa.verify.words import word_set

_VALUE_OF = word_set(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand and first"""
)
_BOTH = re.compile(r"(?i)\b(?P<word>[a-z]+(?:[- ][a-z]+){0,4}?) \((?P<digits>\d+)(?P<unit>%|(?:st|nd|rd|th))?\)")
_SAME = (
    ("prior to", "before"), ("in the event that", "if"), ("in the event of", "upon"), ("pursuant to", "under"),
    ("commence", "begin"), ("commences", "begins"), ("terminate", "end"), ("purchase", "buy"),
    ("notwithstanding", "despite"),
    ("provided that", "on condition that"), ("subsequent to", "after"), ("with respect to", "about"),
    ("in accordance with", "as required by"), ("utilize", "use"), ("obtain", "get"), ("at least", "not less than"),
    ("not less than", "at least"), ("no less than", "at least"), ("not more than", "at most"),
    ("no more than", "at most"),
    ("not to exceed", "at most"), ("up to", "not more than"), ("including without limitation", "including"),
    ("including, without limitation,", "including"), ("including, but not limited to,", "including"),
    ("any and all", "all"),
    ("each and every", "every"), ("null and void", "void"), ("covenants and agrees", "agrees"), ("shall", "must"),
    ("shall", "will"), ("shall", "is required to"), ("may", "is permitted to"), ("may", "is entitled to"),
    ("may", "can"), ("shall not", "may not"), ("shall not", "must not"), ("will not", "shall not"),
    ("is not required to", "need not"), ("shall be responsible for", "bears responsibility for"),
    ("shall have the right to", "may"), ("has the right to", "may"), ("is entitled to", "may"),
    ("immediately", "at once"), ("promptly", "without delay"), ("twelve months", "one year"), ("12 months", "one year"),
    ("fourteen days", "two weeks"), ("assist", "help"), ("prohibited from", "barred from"), ("terminated", "ended"),
    ("in writing", "by written document"), ("prior written", "advance written"), ("sole", "exclusive"),
    ("entire agreement", "whole agreement"), ("governed by", "subject to"), ("remit", "pay"), ("furnish", "give"),
    ("deemed", "considered"), ("expiration", "expiry"), ("hereunder", "under this agreement"), ("thereof", "of it"),
    ("hereof", "of this agreement"), ("this Agreement", "the agreement"), ("This Agreement", "The agreement"),
    ("this Agreement", "the contract"), ("such", "the"), ("sixty days", "two months"), ("is not", "isn't"),
    ("upon", "on"), ("until", "up to"), ("solely", "only"), ("amount of", "sum of"), ("duties", "obligations"),
)  # fmt: skip
_OPENING = re.compile(r"(?:The|A|An|If|Each|Any|All|No|In|This|Such|Upon)\b")
_FRAMES = (
    "The agreement provides that {}", "According to the agreement, {}", "The contract says that {}",
    "Under the agreement, {}", "The record shows that {}", "The parties agreed that {}", "It is agreed that {}",
)  # fmt: skip
_CONSENT = re.compile(
    r"^(?P<who>.{3,60}?) (?:shall|may|will) not (?P<what>[^.;]+?),? without (?P<how>[^.;]*?consent[^.;]*)\.$"
)
_UNLESS = re.compile(
    r"^(?P<head>[A-Z][^;]{20,}?),? (?P<when>(?:if|unless|until|after|upon|before|provided that) [^;]{12,})\.$"
)
_BEFORE = re.compile(r"^(?P<when>(?:If|Unless|Until|After|Upon|Before) [^,;]{12,}), (?P<head>[^;]{20,})\.$")
_TAILS = re.compile(r";|, including|, which|, such as|, and (?=[a-z ]{3,40} (?:shall|will|must|may) )|, in each case")
_LIMITING = re.compile(
    r"(?i)\b(?:not|no|never|neither|nor|unless|except|without|provided|but|only|if|until|subject|limited|however|exceed)\b"
)
_DEFINED = re.compile(r"\s*\((?:the |each,? an? |collectively,? |together,? )?[“\"][^”\"]{1,60}[”\"]\)")
_ACTIVE = re.compile(
    r"^(?P<who>(?:The |Each |Such )?[A-Z][\w’']*(?: [A-Z][\w’']*)?) (?P<aux>shall|must|may|will) (?P<verb>pay|deliver"
    r"|provide|furnish|return|maintain|reimburse|indemnify|notify|approve|obtain|perform|protect|disclose|terminate|record"
    r"|repair) "
    r"(?P<what>(?:the |a |an |all |any |its |this )?[^,;.]{3,60})\.$"
)
_PARTICIPLE = {
    "pay": "paid", "maintain": "maintained", "approve": "approved", "notify": "notified", "provide": "provided",
    "reimburse": "reimbursed", "indemnify": "indemnified", "disclose": "disclosed", "terminate": "terminated",
}  # fmt: skip


def reworded(sentence: str, chosen: random.Random) -> str:
    """The same in other words: some of the synonyms, numbers in words or figures alone, clauses in another order."""
    text = _DEFINED.sub("", sentence)
    if chosen.random() < 0.8:
        words = chosen.random() < 0.4
        text = _BOTH.sub(lambda m: _one_way(m, words=words), text)
    for old, new in chosen.sample(_SAME, len(_SAME)):
        if chosen.random() < 0.5 and re.search(rf"(?<![-\w]){re.escape(old)}(?! not\b)(?![-\w])", text):
            if new.startswith("is ") and re.search(r"\b(?:they|we|parties|\w+s) " + old, text):
                continue
            text = re.sub(rf"(?<![-\w]){re.escape(old)}(?! not\b)(?![-\w])", new, text, count=1)
    if chosen.random() < 0.6:
        text = _turned(text)
    if chosen.random() < 0.12:
        text = chosen.choice(_FRAMES).format(_lowered(text))
    return text


def shortened(sentence: str) -> str:
    """The sentence without its tail (an example, a relative clause, a second half), where the tail limits nothing; ""
    where it has none.
    """
    for tail in _TAILS.finditer(sentence):
        kept, cut = sentence[: tail.start()], sentence[tail.start() :]
        if len(kept.split()) >= 7 and not _LIMITING.search(cut) and kept.count("(") == kept.count(")"):
            return kept + "."
    return ""


def _one_way(match: re.Match[str], *, words: bool) -> str:
    """ "thirty (30)" as "thirty" or "30"; left alone where the words before it are no number."""
    kept = match["word"].split()
    numeral = [word for word in kept if word.lower().split("-")[0] in _VALUE_OF]
    if not numeral or kept[-1] not in numeral:
        return match.group()
    lead = " ".join(kept[: len(kept) - len(numeral)])
    said = " ".join(numeral) if words and not match["unit"] else match["digits"] + (match["unit"] or "")
    return f"{lead} {said}".strip()


def _lowered(text: str) -> str:
    """The text as it stands behind other words: without the capital of an article or the like."""
    return text[0].lower() + text[1:] if _OPENING.match(text) else text


def _turned(text: str) -> str:
    """A condition moved to the other end, a ban with an exception told as a permission, active told as passive."""
    if found := _CONSENT.match(text):
        return f"{found['who']} may {found['what']} only with {found['how']}."
    if found := _ACTIVE.match(text):
        done = _PARTICIPLE.get(found["verb"], found["verb"] + "ed")
        what = found["what"][0].upper() + found["what"][1:]
        return f"{what} {found['aux']} be {done} by {_lowered(found['who'])}."
    if found := _BEFORE.match(text):
        return f"{found['head'][0].upper()}{found['head'][1:]} {found['when'][0].lower()}{found['when'][1:]}."
    if found := _UNLESS.match(text):
        head = _lowered(found["head"])
        return f"{found['when'][0].upper()}{found['when'][1:]}, {head}."
    return text
