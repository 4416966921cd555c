"""The law that governs a document, as its own clause names it: "governed by the laws of the State of Delaware".

Two clauses that name different laws cancel each other, unless one of them only adds a second law to the first.
"""

from __future__ import annotations

import re

from legalqa.ingest.structure.names import Name
from legalqa.ingest.structure.places import ALL

_PLACES = {place.casefold(): place for place in ALL}
_PLACE = "|".join(re.sub(r"(?<!\\)\s", r"\\s+", place) for place in sorted(ALL, key=len, reverse=True))
_WORD = re.compile(r"\b(?:laws?|legislation)\b", re.I)
_OF = re.compile(
    r"\w+\)?(?:\s{1,30}(?:and|or)\s{1,30}\w+)?(?:,?\s{1,30}(?:excluding|without)[^,.;]{0,120},)?"
    r"\s{1,30}(?:in\s{1,30}(?:force|effect)\s{1,30}in\s{1,30}|(?:of"
    r"|in)\s{1,30}(?:and\s{1,30}in\s{1,30})?)?(?:the\s{1,30})?"
    r"(?:(?:internal|substantive|domestic|local)\s{1,30}laws?\s{1,30}of\s{1,30})?(?:U\.?S\.?\s{1,30})?"
    r"(?:(?:(?:state|commonwealth|province|country|kingdom)s?"
    r"|federal\s{1,30}republic)\s{1,30}(?:or\s{1,30}commonwealth\s{1,30})?of\s{1,30}(?:the\s{1,30})?)?"
    rf"(?P<place>{_PLACE})\b",
    re.I,
)
_ADJECTIVE = re.compile(
    rf"\b(?P<place>{_PLACE}|English|German|French|Swiss|Israeli|Dutch|Swedish|Danish|Norwegian|Belgian|Italian"
    rf"|Spanish|Irish"
    r"|Scottish|Japanese|Chinese|Indian|Canadian|Australian)(?:\s{1,30}state)?\s{1,30}(?:substantive\s{1,30}"
    r"|internal\s{1,30}|state\s{1,30})?\Z",
    re.I,
)
_ADJECTIVES = {
    "english": "England",
    "german": "Germany",
    "french": "France",
    "swiss": "Switzerland",
    "israeli": "Israel",
    "dutch": "Netherlands",
    "swedish": "Sweden",
    "danish": "Denmark",
    "norwegian": "Norway",
    "belgian": "Belgium",
    "italian": "Italy",
    "spanish": "Spain",
    "irish": "Ireland",
    "scottish": "Scotland",
    "japanese": "Japan",
    "chinese": "China",
    "indian": "India",
    "canadian": "Canada",
    "australian": "Australia",
    "prc": "China",
    "people's republic of china": "China",
    "people’s republic of china": "China",
    "england & wales": "England and Wales",
    "the netherlands": "Netherlands",
    "united states of america": "United States",
}
_RULES = re.compile(
    r"\b(?:govern(?:ed|s|ing)?|construed?|interpreted|enforced|accordance\s{1,30}with|subject\s{1,30}to|determined"
    r"|shall\s{1,30}apply"
    r"|applicable\s{1,30}law)\b",
    re.I,
)
_RULES_AFTER = re.compile(  # "The laws of New York (…) govern all matters arising out of this Agreement"
    r"\s{0,30}(?:\([^()]{0,200}\)|,[^,;.]{0,160},)?\s{0,30}(?:shall\s{1,30}|will\s{1,30})?(?:governs?|appl(?:y"
    r"|ies)\s{1,30}to)\b[^.;]{0,200}",
    re.I,
)
_SUBJECT = re.compile(
    r"\b(?:agreement|lease|contract|amendment|guaranty|note|nda|plan|addendum|letter|instrument|document|terms|deed"
    r"|warrant"
    r"|part(?:y|ies)|construction|interpretation|validity|controvers\w+|disputes?|matters?|governing\s{1,30}law"
    r"|law\s{1,30}governing|policy|claims?|warranty|license)\b",
    re.I,
)
_ASIDE = re.compile(
    r"\b(?:organi[sz]ed|incorporated|existing|formed|qualified|good\s{1,30}standing|registered|duly|corporation|company"
    r"|licensed"
    r"|comply|compliance|regardless|other\s{1,30}than|conflict|arbitrat\w+|arbitrator|permitted\s{1,30}by"
    r"|required\s{1,30}by"
    r"|violat\w+|extent\s{1,30}permitted"
    r"|usury|export|holiday|federal|jurisdiction\s{1,30}other)\b[^.;]{0,90}$",
    re.I,
)


def governing_law_of(text: str) -> Name | None:
    """The place whose law governs: ("New York", start, end), None if no clause says so or two disagree."""
    clauses = [clause for word in _WORD.finditer(text) if (clause := _clause(text, word))]
    governed = [name for governs, name in clauses if governs] or [name for _, name in clauses]
    return governed[0] if len({name.value for name in governed}) == 1 else None


def _clause(text: str, word: re.Match[str]) -> tuple[bool, Name] | None:
    """The place that is named at the word "law", and whether the clause says "govern", if it chooses the law."""
    if not _RULES.search(text, max(word.start() - 300, 0), word.end() + 260):
        return None
    begin = max(word.start() - 45, 0)
    place = _OF.match(text, word.start()) or _ADJECTIVE.search(text[begin : word.start()])
    if place is None:
        return None
    offset = 0 if place.re is _OF else begin
    end = max(offset + place.end(), word.end())
    before = text[_sentence(text, word.start()) : word.start()]
    after = _RULES_AFTER.match(text, end)
    if _ASIDE.search(before) or not _SUBJECT.search(after.group() if after else before):
        return None
    if not after and not _RULES.search(before):
        return None
    printed = " ".join(place["place"].split())
    value = _ADJECTIVES.get(printed.casefold()) or _PLACES.get(printed.casefold(), printed)
    governs = bool(re.search(r"\bgovern", f"{before} {after.group() if after else ''}", re.I))
    return governs, Name(value, offset + place.start("place"), offset + place.end("place"))


def _sentence(text: str, position: int) -> int:
    """Where the sentence around `position` begins, at most 500 characters before it."""
    window = text[max(position - 500, 0) : position]
    cut = max((match.end() for match in re.finditer(r"[a-z)]\.\s{1,30}(?=[A-Z])|\n[ \t\r]*\n", window)), default=0)
    return position - len(window) + cut
