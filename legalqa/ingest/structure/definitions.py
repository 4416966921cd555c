"""Defined terms: "“Base Rent” means …", (the “Agreement”), (collectively, the “Parties”), "Rent: shall mean …".

The span of a definition is its sentence; that of a term in brackets is the sentence up to the bracket, which says what
is named so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from legalqa.values.document import FURNITURE, Definition, Region

_MOST = 3_000
_LONGEST = 1_500  # characters of a definition; a longer one ends at its first full stop, semicolon or blank line
_OPEN, _CLOSE = r"[“\"„«]|(?<![\w’'])(?:‘‘|''|``|[‘'])", r"[”\"»“]|’’|''|[’'](?!\w)"
_TERM = r"(?P<term>[A-Za-z0-9$][^“”\"„«»\r\n()]{0,78}?(?:\([^“”\"()]{1,20}\)[^“”\"()\r\n]{0,20})?)"
_OTHERS = (
    rf"(?:\s{{0,30}},?\s{{0,30}}(?:,|or|and|and/or)\s{{1,30}}(?:the\s{{1,30}})?(?:{_OPEN})[^“”\"\r\n()]{{1,80}}?"
    rf"(?:{_CLOSE})){{0,3}}"
)
_MEANS = (
    r"(?:(?:,?\s{1,30}as\s{1,30}used\s{1,30}(?:herein|in\s{1,30}this\s{1,30}\w+),?|,?\s{1,30}(?:when"
    r"|with\s{1,30}respect\s{1,30}to|for\s{1,30}(?:any|purposes)"
    r"|in\s{1,30}relation\s{1,30}to|of\s{1,30}(?:any|a|an)|as\s{1,30}to|at\s{1,30}any)\s[^“”\"]{1,120}?,?)?)"
    r"[,:]?\s{0,30}(?:\s(?:shall|will|as\s{1,30}used\s{1,30}\w+|each|collectively|also|only|either)){0,3}"
    r"\s{0,30}(?:\b(?:means?|meaning|(?:has|have)\s{1,30}the\s{1,30}(?:respective\s{1,30})?meanings?|includes?"
    r"|refers?\s{1,30}to|denotes?"
    r"|(?:is|are)\s{1,30}defined"
    r"|is\s{1,30}used|be\s{1,30}defined|(?:be\s{1,30})?deemed\s{1,30}to\s{1,30}mean|mean\s{1,30}and\s{1,30}include"
    r"|(?:have|has)\s{1,30}the\s{1,30}same\s{1,30}meaning))\b"
)
_QUOTED = re.compile(rf"(?:{_OPEN})\s?{_TERM}[,.]?\s?(?:{_CLOSE})(?P<others>{_OTHERS})(?P<means>{_MEANS})", re.I)
_BRACKET = re.compile(
    rf"\((?P<lead>[^()“”\"]{{0,120}}?)(?:{_OPEN})\s?{_TERM}[,.]?\s?(?:{_CLOSE})(?P<rest>[^()]{{0,200}})\)", re.I
)
_LEAD = re.compile(
    r"\s{0,30}(?:(?:and|or|each|all|any|both|such|these|those|this|that|the|an?|as|is|are|together|collectively"
    r"|individually|jointly|severally|herein|hereinafter|hereafter"
    r"|hereunder|sometimes|singly|referred|to|called|defined|known|being|respectively|in|with|its|their|of|which"
    r"|foregoing|also|may|be|shall|will|party|parties|plus|aggregate|successors|assigns|permitted"
    r"|either|one|for|purposes|following|date|agreement|solely|section|affiliates|subsidiaries|initially|throughout"
    r"|and/or|by|us|we|our)\b[\s,:;/-]*)*",
    re.I,
)
_HEREIN = re.compile(
    rf"\b(?:hereinafter|hereafter|herein|sometimes|collectively|together|individually|jointly"
    rf"|referred\s{{1,30}}to)\s{{1,30}}(?:(?:\w+,?\s{{1,30}}){{0,6}}?)(?:called"
    rf"|referred\s{{1,30}}to(?:\s{{1,30}}\w+){{0,4}}?\s{{1,30}}as|known\s{{1,30}}as|as"
    rf"|(?:the\s{{1,30}})?(?={_OPEN}))\s{{0,30}}(?:an?\s{{1,30}}|the\s{{1,30}})?"
    rf"(?:{_OPEN})\s?{_TERM}[,.]?\s?(?:{_CLOSE})",
    re.I,
)
_UNQUOTED = re.compile(
    r"^[ \t]*(?:\d{1,3}(?:\.\d{1,3}){0,3}\.?[ \t]+"
    r"|\([a-z0-9]{1,4}\)[ \t]+)?(?P<term>[A-Z][\w&’'/-]*(?:[ \t](?:[A-Z][\w&’'/-]*|of|and|or|the|to)){0,6}?)[ \t]*"
    r"(?:[:–—-][ \t]*(?:shall[ \t]+)?means?\b|[ \t](?:shall[ \t]+mean|means|has[ \t]+the[ \t]+meaning)\b"
    r"|[:–—][ \t]*has[ \t]+the[ \t]+meaning\b)",
    re.M,
)
_NO_TERM = re.compile(r"^(?:the|a|an|and|or|of|to|as is|it|this|that|which|as|by|if)$|^\W*$|^\d{1,4}$|^X+$|^\[", re.I)
_SENTENCE = re.compile(r"(?<=[a-z0-9)”\"’\]])(?:\.[”\"’]?|;)(?:\s|$)|\r?\n[ \t]*\r?\n|\f")
_BLANK = re.compile(r"\n[ \t\r]*\n")
_ITSELF = re.compile(  # below a title that has no full stop: "INDUSTRIAL LEASE / THIS INDUSTRIAL LEASE is made …"
    r"(?:^|\n)[^a-z\n]{4,120}\n[ \t]*(?P<this>(?:THIS|This)\s)"
)
_CONSTRUED = (  # words that a rule of construction explains, which define nothing
    "including includes include included excluding excludes without or and and/or shall will may must can hereof herein"
    " hereby hereto hereunder herewith hereinafter thereof therein thereto thereunder any all each every either such"
    " other otherwise from to until through extent but only if than"
)
_NO_RULE = frozenset(_CONSTRUED.split())
_NEXT_TERM = re.compile(
    rf"\s{{0,30}}(?:and\s{{1,30}})?(?:\(?\w{{1,4}}[.)]\s{{0,30}})?(?:{_OPEN})"
)  # after a semicolon: the list's next term
_ABBREVIATED = re.compile(
    r"\b(?:Inc|Corp|Ltd|Co|No|Nos|Mr|Ms|Mrs|Dr|St|Sec|Art|vs?|e\.g|i\.e|U\.S|L\.L\.C|L\.P|N\.A|Jr|Sr|approx|et al"
    r"|viz)\.$"
)


def definitions_of(text: str, regions: Sequence[Region] = ()) -> tuple[Definition, ...]:
    """Every definition, in the order of the text. None begins in a running head, as `regions` tell where these are."""
    found: dict[tuple[str, int], Definition] = {}
    furniture = {region.start: region.end for region in regions if region.kind in FURNITURE}
    for term, at, start, end in sorted(_all(text), key=lambda entry: entry[1]):
        start = _past(text, start, at, furniture)
        if len(found) >= _MOST:
            break
        found.setdefault((term, at), Definition(term, start, end))
    return tuple(sorted(found.values(), key=lambda definition: (definition.start, definition.end)))


def _all(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Term, where it stands, and the span that defines it."""
    for match in _QUOTED.finditer(text):
        if _mentioned(text, match):
            continue
        end = _end(text, match.end())
        for term, at in _terms(match):
            yield term, at, match.start(), end
    for match in _UNQUOTED.finditer(text):
        term = match["term"].strip()
        if (
            not _NO_TERM.match(term)
            and len(term) > 2
            and term.split()[0] not in ("This", "Nothing", "It", "The", "Which", "That")
        ):
            yield term, match.start("term"), match.start("term"), _end(text, match.end())
    for pattern in (_BRACKET, _HEREIN):
        for match in pattern.finditer(text):
            lead = match.groupdict().get("lead") or ""
            if (
                pattern is _BRACKET
                and not _LEAD.fullmatch(lead)
                and not re.search(
                    r"\b(?:collectively|together|hereinafter|each|individually|referred|called|including"
                    r"|as\s{1,30}amended"
                    r"|jointly|such|an?|the)\b[^()]*$",
                    lead,
                    re.I,
                )
            ):
                continue
            begin = _begin(text, match.start())
            for term, at in _terms(match):
                yield term, at, begin, match.end()


def _mentioned(text: str, match: re.Match[str]) -> bool:
    """A quotation in the middle of a sentence of another: "the statement that “the roof” includes …"."""
    return (
        match["term"][:1].islower()
        and "includ" in match["means"].lower()
        and not re.search(
            r"\b(?:words?|terms?|phrases?|expressions?)\s{0,30}$",
            text[max(match.start() - 30, 0) : match.start()],
            re.I,
        )
    )


def _terms(match: re.Match[str]) -> Iterator[tuple[str, int]]:
    """The term, and others named with it: (“Landlord” or “Lessor”)."""
    dotted = match.string[match.end("term") : match.end("term") + 1] == "." and re.search(r"\.[A-Z]$", match["term"])
    first = _plain(match["term"] + ("." if dotted else ""))
    if _is_term(first):
        yield first, match.start("term")
    for group in ("others", "rest"):
        if match.groupdict().get(group):
            for other in re.finditer(rf"(?:{_OPEN})\s?([^“”\"\r\n()]{{1,80}}?)[,.]?\s?(?:{_CLOSE})", match[group]):
                term = _plain(other[1])
                if _is_term(term):
                    yield term, match.start(group) + other.start(1)


def _is_term(term: str) -> bool:
    """Whether a term is one, and not a word that a rule of construction explains: “including” means …"""
    words = re.findall(r"[\w/]+", term.casefold())
    return bool(term) and not _NO_TERM.match(term) and not all(word in _NO_RULE for word in words)


def _plain(term: str) -> str:
    """The term in one line, without the punctuation that American usage puts inside the quotation marks."""
    term = " ".join(term.split())
    return term if re.search(r"\.[A-Z]\.$", term) else term.rstrip(" ,.;:")


def _begin(text: str, position: int) -> int:
    """The beginning of the sentence or paragraph around `position`."""
    floor = max(position - 900, 0)
    window = text[floor:position]
    cut = 0
    for match in _SENTENCE.finditer(window):
        if not _ABBREVIATED.search(window[: match.start() + 1]) or _BLANK.match(window, match.end() - 1):
            cut = match.end()
    if itself := list(_ITSELF.finditer(window, cut)):
        cut = itself[-1].start("this")
    begin = floor + cut
    while begin < position and text[begin].isspace():
        begin += 1
    return begin


def _past(text: str, start: int, at: int, furniture: dict[int, int]) -> int:
    """Where a span begins without the running heads and the white space at its beginning."""
    begin = start
    while begin < at and (text[begin].isspace() or begin in furniture):
        begin = furniture.get(begin, begin + 1)
    return begin if begin < at else start


def _end(text: str, position: int) -> int:
    """The end of the sentence that goes on at `position`."""
    limit = min(position + _LONGEST, len(text))
    for match in _SENTENCE.finditer(text, position, limit):
        stop = match.start() + len(match.group().rstrip())
        listed = text[position : match.start()].rstrip().endswith(":")  # "means the following:" goes on below
        goes_on = (match.group().strip() == ";" and not _NEXT_TERM.match(text, match.end())) or _ABBREVIATED.search(
            text[max(position, match.start() - 12) : match.start() + 1]
        )
        if not listed and not goes_on:
            return _trim(text, position, stop)
    nearest = _SENTENCE.search(text, position, limit)
    return _trim(text, position, nearest.start() if nearest and limit < len(text) else limit)


def _trim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
