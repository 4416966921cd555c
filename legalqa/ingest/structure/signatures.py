"""Signature blocks: "IN WITNESS WHEREOF …" to the last line that is signed, "By: ___ Name: … Title: …", "/s/ Name",
and the close of a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from legalqa.values.document import Metadatum, Region

_LABEL = re.compile(
    r"(?P<by>\b(?:By|BY)[ \t]*:|/s/|(?:^|[ \t])[_]{8,}|\bSignature(?:[ \t]+of[ \t]\w+)?[ \t]*:|\bSIGNATURE[ \t]*:)"
    r"|(?P<who>\b(?:Print(?:ed)?[ \t]+)?(?:Name|NAME)(?:[ \t]*\([Pp]rint\w*\))?[ \t]*:|\b(?:Title|TITLE|Its"
    r"|ITS)[ \t]*:)"
    r"|(?P<when>\b(?:Date|DATE|Dated)[ \t]*:)",
    re.M,
)
_WITNESS = re.compile(
    r"\bIN\s{1,30}(?:WITNESS|EVIDENCE|TESTIMONY)\s{1,30}(?:WHEREOF|THEREOF|OF)\b"
    r"|\b[Ii]n\s{1,30}[Ww]itness\s{1,30}[Ww]hereof\b"
)
_CLOSE = re.compile(
    r"^[ \t]*(?:Very\s{1,30}truly\s{1,30}yours|Sincerely(?:\s{1,30}yours)?|Respectfully(?:\s{1,30}submitted)?"
    r"|Yours\s{1,30}(?:truly|sincerely"
    r"|faithfully)"
    r"|(?:Best|Kind)\s{1,30}regards|Cordially)[ \t]*[,.]",
    re.M | re.I,
)
_NO_CLOSE = re.compile(r"\||^(?:SCHEDULE|EXHIBIT|ATTACHMENT|APPENDIX|ANNEX|Schedule|Exhibit)\b")
_FURNITURE = re.compile(r"[\W\d]*(?:page[\s\d]*)?(?:of[\s\d]*)?|Case\s.*\bDocument\b.*", re.I)
_NEAR = 260  # characters between two labels of one block
_REACH = 1_500  # characters from "IN WITNESS WHEREOF" to the first signature
_NAME = re.compile(
    r"(?:(?:Mr|Ms|Mrs|Dr|Hon)\.\s{1,30})?[A-Z](?:[\w'’-]+|\.)(?:[ \t]+(?:[A-Z](?:[\w'’-]+|\.)|de|van|von|der"
    r"|la)){1,4}(?:,?[ \t]+(?:Jr|Sr|III?|IV|Esq)\.?)?"
)
_NAMED = re.compile(
    r"(?:/s/|\b(?:Print(?:ed)?[ \t]+)?(?:Name"
    r"|NAME)(?:[ \t]*\([Pp]rint\w*\))?[ \t]*:)[ \t]*(?:/s/[ \t]*)?(?:\r?\n[ \t]*)?"
)
_NO_PERSON = re.compile(
    r"\b(?:Title|Name|Date|By|Its|Chief|Officer|President|Director|Manager|Secretary|Partner|Vice|General|Inc|LLC|Ltd"
    r"|Corp"
    r"|Corporation|Company|Agreement|Signature|Authorized|Executive|Financial|Managing|Chairman|Attorney|Counsel"
    r"|Page)\b",
    re.I,
)
_MOST = 24


def signature_regions(text: str) -> tuple[Region, ...]:
    """Every signature block, in the order of the text, none overlapping another."""
    blocks = sorted([*_signed(text), *_closed(text)])
    regions: list[Region] = []
    for start, end in blocks:
        if regions and start < regions[-1].end:
            last = regions.pop()
            start, end = last.start, max(end, last.end)
        regions.append(Region("signature", start, end))
    return tuple(regions)


def signatories(text: str, blocks: Sequence[Region]) -> tuple[Metadatum, ...]:
    """The persons who signed or are to sign, where a block of `signature_regions` prints their names."""
    found: dict[str, Metadatum] = {}
    for region in blocks:
        for match in _NAMED.finditer(text, region.start, region.end):
            name = _person(text, match.end(), region.end)
            if name:
                found.setdefault(name.value.casefold(), name)
    return tuple(found.values())[:_MOST]


def _person(text: str, start: int, end: int) -> Metadatum | None:
    """The name at `start`, up to the next label, the end of the line or a wide gap; None where it is not clear."""
    stop = min(end, start + 80)
    for limit in re.finditer(r"\r?\n|\f|\t|[ ]{3,}|_{2,}|\||/s/", text[start:stop]):
        stop = start + limit.start()
        break
    if label := _LABEL.search(text, start, stop):
        stop = label.start()
    match = _NAME.match(text, start, stop)
    if not match:
        return None
    rest = text[match.end() : stop].strip(" ,.")
    if rest and not _NO_PERSON.match(rest):  # more words follow of which none can tell whether they belong to the name
        return None
    cut = _NO_PERSON.search(match.group())
    span_end = match.start() + cut.start() if cut else match.end()
    value = text[match.start() : span_end].rstrip(" \t,")
    repeated = re.match(r"(.{5,40}?)[ \t]+\1", value)  # "/s/ Ann Lee Ann Lee": script and print
    value = repeated[1] if repeated else value
    words = value.split()
    if len(words) < 2 or sum(len(word.strip(".")) > 1 for word in words) > 3:  # four full words: two names, perhaps
        return None
    return Metadatum("signatory", " ".join(value.split()), match.start(), match.start() + len(value))


def _signed(text: str) -> Iterator[tuple[int, int]]:
    """Runs of labels that stand near each other and are a signature together."""
    run: list[re.Match[str]] = []
    for match in _LABEL.finditer(text):
        if run and match.start() - run[-1].end() > _NEAR:
            yield from _block(text, run)
            run = []
        run.append(match)
    if run:
        yield from _block(text, run)


def _block(text: str, run: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    kinds = {match.lastgroup for match in run}
    witness = _last(_WITNESS, text, max(run[0].start() - _REACH, 0), run[0].start())
    script = any(match.group() == "/s/" for match in run)
    if "by" not in kinds or not ("who" in kinds or witness or script):
        return
    last = run[-1].end()
    line_end = text.find("\n", last)
    end = min(line_end if line_end >= 0 else len(text), last + 120)
    yield witness.start() if witness else _head(text, run[0].start()), _tail(text, end)


def _head(text: str, start: int) -> int:
    """Before the first label: its own line and up to two short lines above it, which name who signs."""
    begin = max(text.rfind("\n", 0, start) + 1, start - 120)
    for _ in range(2):
        above_end = begin
        while above_end > 0 and text[above_end - 1].isspace():
            above_end -= 1
        above_start = text.rfind("\n", 0, above_end) + 1
        above = text[above_start:above_end].strip()
        if (
            not above
            or _FURNITURE.fullmatch(above)
            or len(above) > 90
            or above.endswith((".", ";"))
            or text.count("\n", above_end, begin) > 3
        ):
            break
        begin = above_start
        if _CLOSE.match(text, above_start):
            break
    while begin < start and text[begin].isspace():
        begin += 1
    return begin


def _closed(text: str) -> Iterator[tuple[int, int]]:
    """The close of a letter and the short lines after it."""
    for match in _CLOSE.finditer(text):
        end = match.end()
        lines = 0
        for line in re.finditer(r"[^\r\n]*\r?\n|[^\r\n]+$", text[match.end() : match.end() + 600]):
            words = line.group().strip()
            if (
                _NO_CLOSE.search(words)
                or (words and _FURNITURE.fullmatch(words))
                or len(words) > 70
                or (words.endswith(".") and len(words.split()) > 6)
                or lines == 7
            ):
                break
            if words:
                end = match.end() + line.end()
                lines += 1
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        if lines:
            yield start, _tail(text, end)


def _tail(text: str, end: int) -> int:
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return end


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text, start, end):
        found = match
    return found
