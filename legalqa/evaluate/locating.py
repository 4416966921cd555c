"""Where a gold quotation stands in a text that was read, which may have been read a little differently.

A suite's quotation is trusted, so that nothing is verified here: a table's cells may be set apart by other marks than
the quotation has, and OCR may have misread a letter. The verifier accepts none of that.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from legalqa.evaluate.suite import Span

LIKENESS = 80.0  # of rapidfuzz's partial ratio, 0 to 100: below it the place is not taken for the quotation's


def nearest(quote: str, text: str, start: int, end: int) -> Span | None:
    """The place of ``text[start:end]`` that has the quotation's words, else the one most like it; None without one.

    The second is as long as the quotation, so that its ends may be off by a few characters.
    """
    words = " ".join(quote.split())
    if not words or end - start < len(words) // 2:
        return None
    same = re.compile(r"\W+".join(map(re.escape, re.findall(r"\w+", words)))).search(text, start, end)
    if same and same.end() > same.start():
        return same.span()
    found = fuzz.partial_ratio_alignment(_level(words), _level(text[start:end]), score_cutoff=LIKENESS)
    if found is None or found.dest_end <= found.dest_start:
        return None
    return start + found.dest_start, start + found.dest_end


def _level(text: str) -> str:
    """White space as spaces and letters in lower case, character by character: offsets stay."""
    return "".join(" " if mark.isspace() else low if len(low := mark.lower()) == 1 else mark for mark in text)
