"""The parties of a document, each with the characters in which it is named.

An agreement names them in its first sentence ("between X, a Delaware corporation (“Tenant”), and Y …"), on its cover or
in a numbered list; a court paper in its caption. Fewer than two readable names are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from legalqa.ingest import opening, places

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
_BODY = re.compile(
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
_VERSUS = re.compile(r"\b(?:v|vs|V|VS)\.(?=\s)|\bagainst\b")
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
_PLACES = frozenset(place.casefold() for place in places.ALL)
_STATUTE = re.compile(r"\s{1,30}(?:Law|Act|Code|Statutes?)\b")  # "Delaware General Corporation Law"
_CAPTION = 3_500
_AGAINST = re.compile(r"(?:v|vs|V|VS)\.?|[-–—\s]*(?:against|AGAINST)[-–—\s]*")
_FIRST_ROLE = re.compile(r"\b(?:Plaintiff|Petitioner|Appellant|Claimant|PLAINTIFF|PETITIONER|APPELLANT|CLAIMANT)")
_SECOND_ROLE = re.compile(r"\b(?:Defendant|Respondent|Appellee|DEFENDANT|RESPONDENT|APPELLEE)")
_COURT_LINE = re.compile(r"\b(?:COURT|DISTRICT OF|COUNTY OF|DIVISION|STATE OF|Court|Division)\b")


@dataclass(frozen=True, slots=True)
class Name:
    """A party as it is named: its name in one line, and the span of what is printed."""

    value: str
    start: int
    end: int


def parties_of(text: str) -> tuple[Name, ...]:
    """The parties in the order in which they are named, () unless at least two can be read."""
    if caption := _caption(text):
        return caption
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


def _caption(text: str) -> tuple[Name, ...]:
    """ "HARBOR LLC, Plaintiff, v. BRIGHT INC., Defendant" at the head of a court paper, in one column or two."""
    return _columns(text) or _running_caption(text)


def _running_caption(text: str) -> tuple[Name, ...]:
    for against in _VERSUS.finditer(text, 0, min(_CAPTION, len(text))):
        floor = max(against.start() - 300, 0)
        first = list(_FIRST_ROLE.finditer(text, floor, against.start()))
        second = _SECOND_ROLE.search(text, against.end(), against.end() + 240)
        if not first or not second or against.start() - first[-1].end() > 120:
            continue
        line = max(
            text.rfind("\n\n", floor, first[-1].start()) + 2, text.rfind("\f", floor, first[-1].start()) + 1, floor
        )
        names = (name_at(text, line, first[-1].start()), name_at(text, against.end(), second.start()))
        return (names[0], names[1]) if names[0] and names[1] else ()
    return ()


def _columns(text: str) -> tuple[Name, ...]:
    """The left column of a caption: what stands above the first role, and between "v." and the second."""
    lines = [match.span() for match in re.finditer(r"[^\r\n\f]+", text[:_CAPTION])]
    left = [_left(text, start, end) for start, end in lines]
    for number, (start, end) in enumerate(left):
        if _AGAINST.fullmatch(text, start, end):
            first = _party_above(text, left[:number])
            second = _party_below(text, left[number + 1 :])
            return (first, second) if first and second else ()
    return ()


def _left(text: str, start: int, end: int) -> tuple[int, int]:
    """A line without its pleading line number and what stands right of the bracket."""
    if number := re.compile(r"(?m)[ \t]*\d{1,2}(?:[ \t]{2,}|[ \t]+(?=[A-Zv])|[ \t]*$)").match(text, start, end):
        start = number.end()
    if bracket := re.compile(r"(?:^|(?<=\s))[)|:§](?=\s|$)|[ \t]{6,}(?=\S)").search(text, start, end):
        end = bracket.start() if text[start : bracket.start()].strip() or bracket.group() in ")|:§" else end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _party_above(text: str, lines: list[tuple[int, int]]) -> Name | None:
    """The name over the line that says "Plaintiff"."""
    role = False
    block: list[tuple[int, int]] = []
    for start, end in reversed(lines[-12:]):
        words = text[start:end]
        if not role:
            if match := _FIRST_ROLE.search(words):
                role = True
                if words[: match.start()].strip(" ,"):
                    block.append((start, start + match.start()))
        elif words and not _COURT_LINE.search(words):
            block.append((start, end))
        elif block:
            break
    return name_at(text, block[-1][0], block[0][1]) if block else None


def _party_below(text: str, lines: list[tuple[int, int]]) -> Name | None:
    """The name between "v." and the line that says "Defendant"."""
    begin = None
    for start, end in lines[:12]:
        match = _SECOND_ROLE.search(text, start, end)
        if match:
            return name_at(text, start if begin is None else begin, match.start())
        if end > start and begin is None:
            begin = start
    return None


def _introduced(text: str, start: int) -> tuple[Name, ...]:
    """ "X, Inc. (“Seller”) and Y LLC (“Buyer”) agree …": two named roles near the beginning, no "between"."""
    found: dict[str, Name] = {}
    for begin in {start, 0}:
        sentence = _SENTENCE_ENDS.search(text, begin, begin + 1_200)
        for name in _roles(text, begin, sentence.end() if sentence else begin + 600):
            if _suffixed(name.value) or _BODY.search(name.value):
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
        if name and name.end >= end - 1 and _suffixed(name.value) and len(found) < _MOST:
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
    if last is None or _suffixed(name.value):
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
    return not role_owed or bool(_BODY.search(name.value))


def _suffixed(value: str) -> bool:
    return bool(re.search(rf"(?:^|[\s,.]){_SUFFIX}\.?$", value))


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
    if (not _suffixed(value) and value[0].isdigit()) or re.fullmatch(rf"(?:{_SUFFIX}|{_BODY.pattern})\.?", value):
        return None
    if _NO_NAME.search(value) or _PLACE.match(value) or _ADDRESS.search(value):
        return None
    if value.casefold() in _PLACES or _STATUTE.match(text, end):
        return None
    if not _suffixed(value) and text[max(start - 1, 0) : start] in (
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
