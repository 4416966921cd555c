"""Indexes of defined terms: "Closing … 2.3", each with the section or page where the term is defined.

Their numbers are references. An index is found by its heading, and is as long as one entry follows the other.
"""

from __future__ import annotations

import re

from legalqa.values.document import Region

_HEAD = re.compile(
    r"\b(?:INDEX\s+OF\s+(?:[A-Z]+\s)?(?:TERMS|DEFINITIONS)|Index\s+of\s+(?:[A-Z][a-z]+\s)?(?:Terms|Definitions)"
    r"|(?:Defined\s+)?Terms?\s+(?:Section|Location|Page|Reference|Defined|Cross[- ]Reference)s?"
    r"(?:\s+(?:Reference|No\.?))?(?=\s{1,40}[A-Z“\"])"
    r"|following\s+(?:capitalized\s+)?terms\b[^.:]{0,120}\b(?:opposite|below|indicated|set\s+forth)\b[^.:]{0,80}[.:])"
)
_ENTRY = re.compile(
    r"(?P<term>[A-Z“\"][^.;:\r\n]{0,80}?)(?:[ \t\xa0\u2000-\u200a.…_]+|[ \t]*\r?\n[ \t]*)"
    r"(?:Sections?\s+|§\s*)?(?:\d{1,2}\.\d{1,3}(?:\([\da-zA-Z]{1,5}\))*|Preamble|Recitals?|(?:Article|Exhibit)\s+[IVXA-Z\d]+"
    r"|\d{1,3})(?=\s|$)"
)
_NEW = re.compile(r"\b(?:ARTICLE|SECTION|EXHIBIT|Article\s+[IVX\d]|Section\s+\d)")  # where the text goes on
_APART = 200  # characters in which the next entry ends: a running foot, a heading come again stand between
_LEAST = 4  # entries


def indexes(text: str) -> list[Region]:
    """The indexes of defined terms, as regions of the kind "contents"."""
    found: list[Region] = []
    for head in _HEAD.finditer(text):
        if found and head.start() < found[-1].end:
            continue
        count, end = 0, head.end()
        while (entry := _ENTRY.search(text, end, end + _APART)) and not _NEW.search(text, end, entry.end("term")):
            count, end = count + 1, entry.end()
        if count >= _LEAST:
            found.append(Region("contents", head.start(), end))
    return found
