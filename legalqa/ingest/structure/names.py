"""A name as it is printed, with its span: of a person or a body, read from where it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from legalqa.ingest.structure import places

_SUFFIX = (
    r"(?:Inc(?:orporated)?|INC(?:ORPORATED)?|L\.?\s?L\.?\s?C|L\.?L\.?P|L\.?\s?P|Ltd|LTD|Limited|LIMITED|Corp|CORP"
    r"|Corporation"
    r"|CORPORATION|Co|CO|Company|COMPANY|N\.\s?A|P\.\s?C|PLC|plc|P\.?L\.?C|GmbH|GMBH|A\.?G|S\.\s?A(?:\.\s?(?:S|R\.?L"
    r"|B|de\s{1,30}C\.V))?|SAS?|G\.I\.E"
    r"|B\.\s?V|BV|N\.\s?V|NV"
    r"|S\.?p\.?A|Pte|PTE|Pty|PTY|KG|A/S|AB|ASA|Oy|S\.?\s?r\.?l|LLLP|S\.\s?L|K\.\s?K|d\.o\.o|Partnership|PARTNERSHIP"
    r"|Incorporation)"
)
_ENDS_NAME = re.compile(rf"{_SUFFIX}(?![\w&])\.?")
BODY = re.compile(
    r"(?i:\b(?:trust|bank|foundation|association|fund|university|institute|college|authority|society|hospital|church"
    r"|district|department)\b)"
)
_TAIL = re.compile(rf"[ \t]*,?\s{{1,3}}(?:{_SUFFIX}|Ph\.?\s?D|M\.?D|Esq|Jr|Sr|CPA)(?![\w&])\.?(?=[\s,;:.()“\"]|$)")
_IN_NAME = re.compile(
    rf"[ ]?\([A-Z][\w .]{{1,30}}\)(?=[ ]+(?:[A-Z][\w&]*,?[ ]+){{0,4}}{_SUFFIX}\b)"
)  # "Acme (Hong Kong) Ltd."
_WORD = re.compile(
    r"[“\"]?(?:[A-Z0-9][\w&.'’/@*+!-]*|[a-z]{1,3}[A-Z][\w.-]*|[a-z]-[a-z]\w+(?=,?\s{1,30}Inc)|[a-z][\w-]*\.com)[”\"]?"
)
_LINK = re.compile(r"(?:of|the|de|del|van|von|for|on|in|at|&|la|der|d/b/a|dba|f/k/a|a/k/a|und)\b|&|-(?=\s)")
_LEAD = re.compile(
    r"(?:[\s,;:.–—-]|\b(?:and|AND|And|by|between|BETWEEN|among|both|either|to|on\s{1,30}(?:the\s{1,30})?(?:one"
    r"|other)\s{1,30}hand"
    r"|of\s{1,30}the\s{1,30}(?:first|one|other)\s{1,30}part|Messrs"
    r"|the\s{1,30}(?:undersigned|company|parties)|OF\s{1,30}THE\s{1,30}(?:FIRST|SECOND|ONE|OTHER)\s{1,30}PART"
    r"|each\s{1,30}of)\b"
    r"|\(?(?:[0-9]{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]\s|[•·*]"
    r"|\(?[-–—]+\s{0,30}(?:and|AND|And)\s{0,30}[-–—]+\)?|(?:Party\s{1,30})?[AB]\s{0,30}:"
    r"|Party\s{1,30}[AB12]\s{0,30}[:,])*(?:[Tt]he\s{1,30}(?=[A-Z]))?"
)
_NO_NAME = re.compile(
    r"(?i)^(?:the\s{1,30})?(?:part(?:y|ies)|agreement|landlord|tenant|lessor|lessee|seller|buyer|purchaser|company"
    r"|licensor|licensee|customer"
    r"|supplier|vendor|client|contractor|consultant|distributor|recipient|discloser|employer|employee|lender|borrower"
    r"|owner"
    r"|whereas|page|contents|exhibit|effective|section|article|insert|each|such|this|that|these|confidential\w*|january"
    r"|february|march|april|june|july|august|september|october|november|december|source|date|address|name|between|no)\b"
    r"(?:\W|\s|$|and\b)*(?:\w+\s{0,30}){0,1}$|^(?:article|section|exhibit|this|insert|page|whereas)\b|^(?:january"
    r"|february"
    r"|march|april|may|june|july|august|september|october|november|december)\s\d|\bagree\b|(?i:\bhereto\b|\blenders\b)"
    r"|\[|_{2,}|\b(?:agreement|hereinafter|contents)\b"
)
_PLACE = re.compile(
    r"(?i)^(?:(?:state|commonwealth|republic|province|city|county|people['’]s)\s{1,30}of\b.*|delaware|new\s{1,30}york"
    r"|california|nevada|united\s{1,30}states.*|u\.?s\.?a?\.?"
    r"|p\.?\s?o\.?\s{1,30}box.*|suite\b.*|building\b.*|attention\b.*|\d[\d\s,.-]*|\d+\s[A-Z]\w+)$"
)
_ADDRESS = re.compile(
    r"(?i)\b(?:street|avenue|road|suite|floor|drive|boulevard|blvd|rd|ave|parkway|lane|highway|building|plaza|way)\.?$"
)
_PLACES = frozenset(place.casefold() for place in places.ALL)
_STATUTE = re.compile(r"\s{1,30}(?:Law|Act|Code|Statutes?)\b")  # "Delaware General Corporation Law"


@dataclass(frozen=True, slots=True)
class Name:
    """A party as it is named: its name in one line, and the span of what is printed."""

    value: str
    start: int
    end: int


def suffixed(value: str) -> bool:
    return bool(re.search(rf"(?:^|[\s,.]){_SUFFIX}\.?$", value))


def name_at(text: str, start: int, end: int) -> Name | None:
    """The name that begins at `start`, after "and", numbers and the like; None if no name does."""
    lead = _LEAD.match(text, start, end)
    begin = position = lead.end() if lead else start
    last = begin
    suffixed = False
    for _ in range(16):
        word = _WORD.match(text, position, end) if not suffixed else None
        if word and not (last > begin and _opens_description(word)):
            last = word.end()
            suffixed = bool(_ENDS_NAME.fullmatch(word.group().strip('“”"')) and last > begin and position > begin)
        elif (link := _LINK.match(text, position, end)) and last > begin and not suffixed:
            position = _spaces(text, link.end(), end)
            if not _WORD.match(text, position, end) and not _LINK.match(text, position, end):
                break
            continue
        elif last > begin and not suffixed and (place := _IN_NAME.match(text, last, end)):
            position = _spaces(text, place.end(), end)
            last = place.end()
            continue
        else:
            break
        if tail := _TAIL.match(text, last, end):
            last, suffixed = tail.end(), True
        position = _spaces(text, last, end)
        if position == last:
            break
    while suffixed and (tail := _TAIL.match(text, last, end)):
        last = tail.end()
    return _checked(text, begin, last)


def _spaces(text: str, position: int, end: int) -> int:
    """After the white space at `position`, unless it is a blank line."""
    match = re.compile(r"[ \t\xa0]{0,12}(?:\r?\n[ \t\xa0]{0,40})?").match(text, position, end)
    return match.end() if match else position


def _opens_description(word: re.Match[str]) -> bool:
    """ "Acme A Delaware corporation", or a sentence's next word in capitals."""
    return word.group() in ("A", "An", "AND", "And", "BY", "BETWEEN", "WITH", "Whose", "Having", "Hereinafter", "OF")


def _checked(text: str, start: int, end: int) -> Name | None:
    """The span as a name, without quotation marks and the full stop of a sentence; None for what is none."""
    while end > start and (
        text[end - 1] in ' ,;:“”"\n\r\t-' or (text[end - 1] == "." and not _dotted(text, start, end))
    ):
        end -= 1
    while start < end and text[start] in '“”" ':
        start += 1
    value = " ".join(text[start:end].split())
    if not 3 <= len(value) <= 120 or not re.search(r"[^\W\d_]{2}", value):
        return None
    if (not suffixed(value) and value[0].isdigit()) or re.fullmatch(rf"(?:{_SUFFIX}|{BODY.pattern})\.?", value):
        return None
    if _NO_NAME.search(value) or _PLACE.match(value) or _ADDRESS.search(value):
        return None
    if value.casefold() in _PLACES or _STATUTE.match(text, end):
        return None
    if not suffixed(value) and text[max(start - 1, 0) : start] in (
        "(",
        "“",
        '"',
    ):  # (“Acme”): what it is called, not named
        return None
    return None if " " not in value and value.islower() else Name(value, start, end)


def _dotted(text: str, start: int, end: int) -> bool:
    """Whether the full stop belongs to the name: "Inc.", "N.A.", "Jr."."""
    word = text[start:end].split()[-1] if text[start:end].split() else ""
    return bool(re.search(rf"(?:{_SUFFIX}|Jr|Sr|Esq|\b[A-Z])\.$", word))
