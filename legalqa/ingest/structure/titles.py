"""The title that a document prints above itself, with its span; None where nothing looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from legalqa.ingest.structure import opening
from legalqa.ingest.structure.names import Name

_FRONT = 5_000
_LINES = 60
_NOUNS = (
    r"AGREEMENTS?|LEASE|SUBLEASE|AMENDMENT|ADDENDUM|CONTRACT|ORDER|OPINION|JUDGMENT|COMPLAINT|COUNTERCLAIMS?|ANSWER"
    r"|MOTION"
    r"|BRIEF|DEPOSITION|TRANSCRIPT|INVOICE|MEMORANDUM|INDENTURE|PLAN OF MERGER|NOTES|DECLARATION|AFFIDAVIT|PETITION"
    r"|POLICY"
    r"|NOTICE|LICEN[SC]E|STATEMENT|MINUTES|GUARANTY|DEED|BYLAWS|CERTIFICATE|SUBPOENA|INTERROGATORIES"
    r"|REQUESTS? FOR (?:PRODUCTION|ADMISSIONS?|INSPECTION)"
    r"|PROMISSORY NOTE|RESUME|CURRICULUM VITAE|STIPULATION|RESOLUTIONS?|SCHEDULE OF|MAINTENANCE LOG|PROPOSAL"
    r"|PURCHASE ORDER"
    r"|WORK ORDER|REPORT|TERMS AND CONDITIONS|NDA|LETTER OF INTENT|STATEMENT OF WORK|CERTIFICATION|RELEASE"
)
_NOUN = re.compile(rf"\b(?:{_NOUNS})\b")
_ONLY_NOUN = re.compile(rf"(?:{_NOUNS})")
_LINE = re.compile(r"(?:(?![\r\n\f]|[ \t\xa0]{4}).)+")
_BEFORE = re.compile(
    r"(?:\d{1,2}\s{1,30}(?=[A-Z])|(?:EXHIBIT|Exhibit)\s{1,30}[\w.()-]*\d[\w.()-]*\s{0,30}[-–—:]?\s{0,30}|(?:EXHIBIT"
    r"|Exhibit)\s{1,30}[A-Z]\s{1,30}"
    r"|Execution\s{1,30}(?:Version|Copy)\s{1,30}"
    r"|EXECUTION\s{1,30}(?:VERSION|COPY)\s{1,30}"
    r"|CONFIDENTIAL(?:\s{1,30}TREATMENT\s{1,30}REQUESTED)?\s{1,30}(?!(?:INFO|DISCLO|\w+\s{1,30}AGREE"
    r"|AGREE))|\[?(?:Form|FORM)\]?\s{1,30}of\s{1,30}(?=\Z)|[*_\W]+)+"
)
_AFTER = re.compile(
    r"\s(?:This|THIS)\s|\s{1,30}\(?(?:the|this|hereinafter)?\s{0,30}[“\"(]\s{0,30}(?:the|this|hereinafter|[“\"])"
    r"|\b(?:[Dd]ated"
    r"|DATED)\b|\b(?:by\s{1,30}and\s{1,30})?(?:between|among)\b"
    r"|\b(?:BY\s{1,30}AND|By\s{1,30}and|BETWEEN|AMONG|Between|Among)\b|\b(?:is|are)\s{1,30}(?:made|entered|effective)\b"
    r"|\bThe\s{1,30}following\b"
    r"|\s(?:January|February|March|April|May|June|July|August|September|October|November|December|JANUARY|FEBRUARY"
    r"|MARCH"
    r"|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER)\s{1,30}\d|\W*\b[Pp](?:age|AGE)\s{1,30}\d+"
    r"|\s[“\"]|\s\[\*"
    r"|\s\)"
)
_SENTENCE = re.compile(r"[.\]”\"]\s{1,30}(?=[A-Z])")
_NO_TITLE = re.compile(
    r"\b(?:is|are|was|shall|will|has|have|been|may|which|hereby|pursuant|this)\b|[;,:]$|\.{3,}|^(?:This|THIS|IN THE"
    r"|UNITED STATES|Source:|TABLE OF)\b"
    r"|^(?i:plaintiff|defendant|petitioner|respondent|appell(?:ant|ee))s?(?:[ ]and[ ][\w-]+(?:[ ][\w-]+)?)?\W*$"
    r"|\bOMITTED\b|\bREDACTED\b|\bCONFIDENTIAL TREATMENT\b|\bCOMPETITIVE HARM\b|\bSECURITIES\b|^(?:Re|RE|From|To"
    r"|Subject|Cc|cc|Date|Sent|Enclosures?|Encl\.?|Attachments?|Attention|Bill to):|\?$|^(?:ARTICLE|Article|Section"
    r"|SECTION)\b"
)
_OPEN = re.compile(r"(?:\b(?:OF|TO|FOR|AND|THE|ON|IN|of|to|for|and|the|on|in|No\.|NO\.)|&|[-–—])$")
_GOES_ON = re.compile(r"(?:OF|TO|FOR|AND|&|of|to|for|and)\b")
_AMENDS = re.compile(
    rf"\bAMENDMENT\b[^\n]{{0,30}}? (?:TO|OF)\b(?:(?!\b(?:{_NOUNS})\b)[^\n])*$"
)  # what it amends comes yet
_SELF = re.compile(
    r"(?:This|THIS)\s{1,30}(?P<title>(?:[A-Z(&-][\w,&'’)-]*\s{1,30}|(?:and|of|to|for|the"
    r"|-)\s{1,30}){1,10}?(?:Agreement|AGREEMENT"
    r"|Lease|LEASE"
    r"|Amendment|AMENDMENT|Addendum|Contract|Guaranty|Indenture)(?:\s{1,30}(?:to|TO|of)\s{1,30}(?:(?:the"
    r"|[A-Z][\w&-]*)\s{1,30}){0,5}?(?:Agreement|Lease|LEASE|AGREEMENT))?)"
    r"(?=[\s,]*(?:\(|is\b|dated|made|entered|by\b|between|among|,))"
)


_INITIAL = re.compile(  # "DEPOSITION OF CRYSTAL M. LONG"
    r"\b(?:(?:OF|of)(?:\s{1,30}[A-Z][\w'’.-]{0,40}){0,3}\s{1,30}[A-Z]|DR|MR|MS|MRS|Dr|Mr|Ms|Mrs)$"
)
_REFERENCE = re.compile(r"^[ \t]*(?:Re|RE)[ \t]*:[ \t]*(?P<title>[^\s:][^\r\n\f]{2,300})", re.M)
_NEXT_LINE = re.compile(r"[ \t]*\r?\n[ \t]*[^\s][^\r\n\f]{0,120}")
_DEAR = re.compile(r"^[ \t]*(?:Dear|DEAR|To\s+[Ww]hom|Gentlemen|Ladies\s+and)\b", re.M)
_REFERENCE_ENDS = re.compile(
    r"[ \t]*(?:\(|,?\s(?:as\s+amended|between|by\s+and|dated\s+as\s+of\s+even)\b|,?\s+as\s*$|[,;]?\s*$)"
)


def reference_of(text: str) -> Name | None:
    """What a letter's "Re:" line says that it is about; None if the text is no letter."""
    reference = _REFERENCE.search(text, 0, _FRONT)
    if reference is None or not _DEAR.search(text, reference.end(), reference.end() + 1_000):
        return None
    start, end = reference.span("title")
    if _OPEN.search(text[start:end].rstrip()) and (below := _NEXT_LINE.match(text, end)):
        end = below.end()
    cut = _REFERENCE_ENDS.search(text, start, end)
    return _name(text, start, cut.start() if cut else end)


def title_of(text: str) -> Name | None:
    """The first line at the front that names a kind of document, with the lines that belong to it."""
    lines = list(_lines(text))
    for number, (start, end) in enumerate(lines):
        for begin, stop in _candidates(text, start, end):
            if _titles(" ".join(text[begin:stop].split())):
                whole = stop == end
                return _name(text, _from(text, lines, number, begin), _to(text, lines, number, stop) if whole else stop)
    match = _SELF.match(text, opening.preamble(text))
    return _name(text, match.start("title"), match.end("title")) if match else None


def _lines(text: str) -> Iterator[tuple[int, int]]:
    count = 0
    for match in _LINE.finditer(text, 0, _FRONT):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if end > start:
            yield start, end
            count += 1
        if count == _LINES:
            return


def _candidates(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The line, or the parts of it between its sentences, without what stands before and after a title."""
    begins = [
        start,
        *(m.end() for m in _SENTENCE.finditer(text, start, end) if not _INITIAL.search(text, start, m.start())),
    ]
    for begin, stop in zip(begins, [*begins[1:], end], strict=True):
        while before := _BEFORE.match(text, begin, stop):
            begin = before.end()
        if after := _AFTER.search(text, begin, stop):
            stop = after.start()
        while stop > begin and (text[stop - 1].isspace() or text[stop - 1] in "-–—*_:"):
            stop -= 1
        if stop > begin:
            yield begin, stop


def _titles(line: str) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", line)
    capital = sum(word[0].isupper() or word in ("of", "and", "to", "for", "the", "on", "in") for word in words)
    named = 4 <= len(line) <= 180 and bool(words) and _NOUN.search(line.upper())
    lower = line[:1].isupper() and len(words) <= 3  # "Distributorship agreement", alone in its line
    return bool(named and (capital >= 0.7 * len(words) or lower) and not _NO_TITLE.search(line))


def _from(text: str, lines: list[tuple[int, int]], number: int, begin: int) -> int:
    """Where the title begins: a line that is only "AGREEMENT" belongs to the one above it."""
    if number == 0 or not _ONLY_NOUN.fullmatch(text[begin : lines[number][1]].strip(" .").upper()):
        return begin
    start, end = lines[number - 1]
    above = text[start:end]
    plain = (
        above.isupper()
        and len(above) < 80
        and not re.search(r"\d|[,.:;]$|\b(?:EXHIBIT|CONFIDENTIAL|VERSION|COPY)\b", above)
    )
    return start if plain and text[end:begin].count("\n") == 1 else begin


def _to(text: str, lines: list[tuple[int, int]], number: int, stop: int) -> int:
    """Where the title ends: one that ends with "TO" or is followed by "OF" goes on in the next lines."""
    for start, end in lines[number + 1 : number + 4]:
        capitals = text[start:end].isupper() and text[stop:start].count("\n") < 4
        unnamed = _AMENDS.search(text[max(stop - 120, 0) : stop]) and _NOUN.search(text[start:end])
        goes_on = _OPEN.search(text[max(stop - 8, 0) : stop]) or (capitals and (_GOES_ON.match(text, start) or unnamed))
        if not goes_on or end - start > 120 or _NO_TITLE.search(text[start:end]):
            break
        cut = _AFTER.search(text, start, end)
        stop = cut.start() if cut else end
        if cut:
            break
    return stop


def _name(text: str, start: int, end: int) -> Name | None:
    while end > start and (text[end - 1].isspace() or text[end - 1] in "-–—*_,"):
        end -= 1
    value = " ".join(text[start:end].split())
    return Name(value, start, end) if len(value) > 2 else None
