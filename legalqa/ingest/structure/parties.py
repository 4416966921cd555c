"""The parties of a document, each with the characters in which it is named.

An agreement names them in its first sentence ("between X, a Delaware corporation (“Tenant”), and Y …"), on its cover or
in a numbered list; a court paper in its caption. Fewer than two readable names are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from legalqa.ingest.structure import opening
from legalqa.ingest.structure.captions import caption
from legalqa.ingest.structure.names import BODY, Name, name_at, suffixed

_WINDOW = 4_000  # characters after "between" in which the parties are named
_MOST = 12
_ANCHOR = re.compile(
    r"\b(?:[Bb]y\s{1,30}and\s{1,30}(?:between|among(?:st)?)|BY\s{1,30}AND\s{1,30}(?:BETWEEN|AMONG(?:ST)?)"
    r"|(?:[Bb]etween|BETWEEN"
    r"|[Aa]mong(?:st)?"
    r"|AMONG(?:ST)?)(?:\s{1,30}and\s{1,30}(?:among|between))?|P(?:ARTIES|arties)\s{0,30}:?(?=\s{0,30}\n)|(?:^"
    r"|(?<=\s))(?=P(?:arty"
    r"|ARTY)\s{1,30}A\s{0,30}:)|(?:entered\s{1,30}into|made"
    r"|executed)\s{1,30}by(?!\s{1,30}and\b))"
    r"(?:\s{1,30}(?:the\s{1,30})?following(?:\s{1,30}\w+){0,4}?\s{0,30}:"
    r"|\s{1,30}to\s{1,30}this\s{1,30}[Aa]greement)?\s{0,30}:?"
)
_ROLE = re.compile(
    r"\(\s{0,30}(?:[^()\"“”'‘’]{0,90}?)[\"“”'‘](?P<role>[^\"“”()]{1,60})[\"”“'’][^()]{0,200}\)"
    r"|(?:hereinafter|referred\s{1,30}to\s{1,30}as|herein\s{1,30}called"
    r"|called)[^\"“”.;()]{0,60}[\"“](?P<named>[^\"“”()]{1,60})[\"”]"
    r"|\((?P<bare>[A-Z][\w.&-]+)\)"
    r"|,?\s{1,30}as\s{1,30}(?:the\s{1,30})?(?P<plain>[A-Z][a-z]+(?:\s{1,30}[A-Z][a-z]+)?|LANDLORD|TENANT|BORROWER"
    r"|LENDER|BUYER|SELLER)\b"
)
_COLLECTIVE = re.compile(
    r"(?i)\b(?:agreement|contract|date|lease|premises|property|parties|party|amendment|act|closing|transaction|plan|nda"
    r"|code|commission|services|products?|msa|law)\b"
)
_STOP = re.compile(
    r"\b(?:WHEREAS|Whereas|RECITALS?|Recitals|BACKGROUND|Background|WITNESSETH|WITNESSES"
    r"|W\s?I\s?T\s?N\s?E\s?S\s?S\s?E\s?T\s?H|NOW,?\s{1,30}THEREFORE"
    r"|TABLE\s{1,30}OF\s{1,30}CONTENTS|Table\s{1,30}of\s{1,30}Contents|ARTICLE|Article|Section|SECTION|PRELIMINARY"
    r"|IN\s{1,30}CONSIDERATION"
    r"|In\s{1,30}consideration|Source:|THIS\s{1,30}\w+|This\s{1,30}\w+"
    r"|(?:Dated|DATED|Date)\b|EXHIBIT|Exhibit)"
)
_DEFINES = re.compile(
    r"\b(?:is|are|shall\s{1,30}be|may\s{1,30}be|will\s{1,30}be)\s{1,30}(?:\w+\s{1,30}){0,3}?(?:individually"
    r"|collectively|referred)\b"
)
_SENTENCE_ENDS = re.compile(
    r"[)\"”]\s{0,2}\.(?=\s)|\.[\"”](?=\s)|\)\s{0,30}\n[ \t\r]*\n(?!\s{0,30}(?:[Aa]nd|AND|\(|\d|-))"
)
_JOINED = re.compile(
    r"\s{0,30}[,;]?\s{0,30}(?:[-–—(]*\s{0,30}(?:and|AND|And|&)\s{0,30}[-–—):]*\s{0,30})?(?:(?:the|The)\s{1,30})?"
    r"|[\s,;]*(?:and\s{1,30})?\(?[0-9a-z]{1,2}[.)]\s{1,30}"
)
_DESCRIBED = re.compile(
    r"\s{0,30},?\s{0,30}(?=\(\s{0,30}(?:as\s{1,30}[A-Z]|(?:the\s{1,30}|collectively,?\s{1,30}"
    r"|hereinafter[^\"“”()]{0,40}"
    r"|together[^\"“”()]{0,80})?[\"“‘'])|\([A-Z]{2,}[\w .&-]{0,30}\)"
    r"|,?\s{0,30}\(?\s{0,30}[Aa]n?\s{1,30}(?:\w+\s{1,30}){0,4}?"
    r"(?i:individual|corporation|company|limited|partnership|resident|citizen|person|trust|bank|association|agency"
    r"|non|public|private|body)"
    r"|,?\s{0,30}as\s{1,30}[A-Z]|,?\s{0,30}(?:located|whose|having|with\s{1,30}(?:its|an?|offices?)|residing"
    r"|organi[sz]ed|incorporated"
    r"|established|hereinafter|herein)\b)"
)
_BY = re.compile(r"\b(?:By|BY)[ \t]*:")
_BOUNDARY = re.compile(
    r"(?P<role>\(\s{0,30}[^()\"“”'‘’]{0,90}?[\"“”'‘][^()]{1,240}\)|[\"”]\s{0,30}(?=[;,]|[Aa]nd\b|AND\b|\n)"
    r"|\([A-Z][\w.&-]+\))[\s,;.]*(?:and\b|AND\b|And\b|,|;|\n|(?=\(?\d[.)]))"
    r"|;\s{0,30}(?:and\b|AND\b)?|\n[ \t\r]*\n\s{0,30}|\n\s{0,30}[-–—(]*\s{0,30}(?:and|AND|And|&)\b\s{0,30}[-–—):]*"
    r"|\s(?:AND"
    r"|--?\s{0,30}AND\s{0,30}--?)[:\s]"
    r"|[,.]\s{1,30}(?:and|And)\s{1,30}(?=(?:the\s{1,30})?[A-Z])|\s(?:and|And)\s{1,30}(?=(?:the\s{1,30})?(?:[A-Z]|\d\."
    r"|\([a-z1-9]\)))|(?:^"
    r"|[\s,;])\(?(?:\d|[a-z]|ii?i?)[.)]\s{1,30}(?=[A-Z])"
)


def parties_of(text: str) -> tuple[Name, ...]:
    """The parties in the order in which they are named, () unless at least two can be read."""
    if captioned := caption(text):
        return captioned
    best: tuple[Name, ...] = ()
    start = opening.preamble(text)
    for begin, end in ((start, start + 1_500), (0, 3_000)):
        for anchor in list(_ANCHOR.finditer(text, begin, min(end, len(text))))[:8]:
            found = _listed(text, anchor.end())
            if len(found) >= 2 and len(found) > len(best):
                best = found
                break
        if best:
            return best
    return _introduced(text, start) or _signing(text)


def _introduced(text: str, start: int) -> tuple[Name, ...]:
    """ "X, Inc. (“Seller”) and Y LLC (“Buyer”) agree …": two named roles near the beginning, no "between"."""
    found: dict[str, Name] = {}
    for begin in {start, 0}:
        sentence = _SENTENCE_ENDS.search(text, begin, begin + 1_200)
        for name in _roles(text, begin, sentence.end() if sentence else begin + 600):
            if suffixed(name.value) or BODY.search(name.value):
                found.setdefault(name.value.casefold(), name)
    names = sorted(found.values(), key=lambda name: name.start)[:_MOST]
    return tuple(names) if len(names) >= 2 else ()


def _signing(text: str) -> tuple[Name, ...]:
    """The companies over the signatures of what names no parties at its beginning: "ACME, INC.", next line "By:"."""
    found: dict[str, Name] = {}
    for by in _BY.finditer(text, max(len(text) - 30_000, 0)):
        end = by.start()
        while end > 0 and text[end - 1].isspace():
            end -= 1
        begin = max(text.rfind("\n", 0, end) + 1, end - 120)
        name = name_at(text, begin, end)
        if name and name.end >= end - 1 and suffixed(name.value) and len(found) < _MOST:
            found.setdefault(name.value.casefold(), name)
    return tuple(found.values()) if len(found) >= 2 else ()


def _listed(text: str, start: int) -> tuple[Name, ...]:
    """The names from `start` to the end of the sentence, cover or list."""
    end = _end(text, start)
    found: dict[str, Name] = {}
    position = start
    last: Name | None = None
    while position < end and len(found) < _MOST:
        name = name_at(text, position, end)
        if not found and (name is None or len(text[start : name.start].strip()) > 60):
            return ()  # what follows "between" must be a name
        if name and _is_party(text, name, last):
            found.setdefault(name.value.casefold(), name)
            last = name
        following = _next(text, name.end if name else position, end)
        if len(found) >= 2 and last and _SENTENCE_ENDS.search(text, last.end, following):
            break
        position = following
    return tuple(found.values()) if len(found) >= 2 else ()


def _is_party(text: str, name: Name, last: Name | None) -> bool:
    """Whether a name in the list is one of a party, not of a street, an affiliate or a sentence."""
    if last is None or suffixed(name.value):
        return True
    between = text[last.end : name.start]
    if _JOINED.fullmatch(between):
        return True
    follows = _DESCRIBED.match(text, name.end)
    if not follows:
        return False
    if not _ROLE.search(between) and not re.match(
        r"\s{0,30},?\s{0,30}(?:\(|,?\s{0,30}[Aa]n?\s)", text[name.end : name.end + 8]
    ):
        return False  # "… of England and Wales with offices in …"
    role_owed = not _ROLE.search(between) and len(between) > 12 and bool(_ROLE.match(text, follows.start()))
    return not role_owed or bool(BODY.search(name.value))


def _end(text: str, start: int) -> int:
    limit = min(start + _WINDOW, len(text))
    for stop in _STOP.finditer(text, start, limit):
        if stop.start() > start + 8:
            limit = stop.start()
            break
    match = _DEFINES.search(text, start, limit)
    if match and text.count("(", start, match.start()) <= text.count(")", start, match.start()):
        limit = text.rfind("\n", start, match.start()) if "\n" in text[start : match.start()] else match.start()
        limit = max(limit, start)
    return limit


def _next(text: str, position: int, end: int) -> int:
    """Where the next party may begin, after what is said of the last one."""
    depth_end = position
    while match := _BOUNDARY.search(text, depth_end, end):
        inside = text.count("(", position, match.start()) > text.count(")", position, match.start())
        if not inside or match["role"]:
            return max(match.end(), position + 1)
        depth_end = max(match.end(), depth_end + 1)
    return end


def _roles(text: str, start: int, end: int) -> Iterator[Name]:
    """The names right before a role in brackets, in the running text."""
    for role in _ROLE.finditer(text, start, min(end, len(text))):
        called = role["role"] or role["named"] or ""
        if not called or _COLLECTIVE.search(called):
            continue
        before = text[max(role.start() - 200, start) : role.start()]
        for match in re.finditer(r"(?<![\w-])(?=[A-Z])", before):
            name = name_at(text, role.start() - len(before) + match.start(), role.start())
            if name and re.fullmatch(r"[\s,]*(?:an?\s[^.;]{0,120})?", text[name.end : role.start()]):
                yield name
                break
