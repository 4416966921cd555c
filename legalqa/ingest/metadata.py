"""Title, kind, date and parties of a document, and Bates numbers of its pages, by rules that can be explained.

Every rule looks at the beginning of the text and says nothing where it cannot tell: a wrong date filters a document
out of a search, a missing one does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from legalqa.ingest.items import Outline

_FRONT = 6000  # characters of a document that say what it is
_TITLE_FRONT = 2500
_TYPES: tuple[tuple[str, str], ...] = (
    ("amendment", r"\bAMENDMENT\b|\bADDENDUM\b"),
    ("nda", r"\bNON-?\s?DISCLOSURE\b|\bCONFIDENTIALITY AGREEMENT\b|\bMUTUAL CONFIDENTIALITY\b"),
    ("lease", r"\b(?:SUB)?LEASE\b"),
    ("transcript", r"\bDEPOSITION OF\b|\bTRANSCRIPT OF\b|\bREPORTER'?S TRANSCRIPT\b"),
    ("order", r"\b(?:ORDER|JUDGMENT|OPINION|MEMORANDUM AND ORDER)\b"),
    ("complaint", r"\b(?:COUNTER)?COMPLAINT\b|\bPETITION\b"),
    ("pleading", r"\bMOTION\b|\bANSWER\b|\bMEMORANDUM OF LAW\b|\bBRIEF\b|\bDECLARATION OF\b|\bAFFIDAVIT\b"),
    ("invoice", r"\bINVOICE\b|\bSTATEMENT OF ACCOUNT\b"),
    ("notes", r"\bNOTES?\s+(?:OF|TO FILE|FROM)\b|\bMEETING NOTES\b|\bMINUTES OF\b"),
    ("agreement", r"\bAGREEMENT\b|\bCONTRACT\b|\bPLAN OF MERGER\b|\bINDENTURE\b"),
    ("letter", r"\bLETTER OF INTENT\b"),
)
_COURT = re.compile(r"\bCOURT\b.{0,400}?\b(?:Plaintiffs?|Petitioners?|Defendants?|Appell(?:ant|ee)s?)\b", re.S | re.I)
_LETTER = re.compile(r"^\s*(?:Dear|DEAR|Re:|RE:)\s+\S", re.M)
_FILING = re.compile(r"^(?:EXHIBIT\s+[\d.()-]+\s+)?(?:Execution\s+(?:Version|Copy)\s+)?(?=\S)", re.I)
_PAGE_OF = re.compile(r"\W*\bPage\s+\d+\s+of\s+\d+$", re.I)
_SELF = re.compile(r"\bTHIS\s+(?:[\w,&'’-]+\s+){0,7}?(SUBLEASE|LEASE|AMENDMENT|AGREEMENT|ADDENDUM|CONTRACT)\b")
_NO_TITLE = re.compile(r"\bis\b|\b(?:THIS|This)\b|[.;,]$|\.{3,}|^(?:IN THE|UNITED STATES)\b")
_TITLE_WORDS = re.compile(
    r"\b(?:AGREEMENT|LEASE|AMENDMENT|ADDENDUM|CONTRACT|ORDER|OPINION|JUDGMENT|COMPLAINT|MOTION|BRIEF|DEPOSITION"
    r"|TRANSCRIPT|INVOICE|MEMORANDUM|INDENTURE|PLAN OF MERGER|NOTES|DECLARATION|AFFIDAVIT|PETITION|POLICY|NOTICE"
    r"|LICENSE|STATEMENT|MINUTES)\b"
)
_MONTH_NAMES = (
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep"
    "|october oct|november nov|december dec"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        _MONTH_NAMES.split("|"),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?P<m1>{_MONTH})\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<y1>(?:19|20)\d\d)\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:day\s+of\s+)?(?P<m2>{_MONTH})\.?\s*,?\s+(?P<y2>(?:19|20)\d\d)\b"
    r"|\b(?P<m3>\d{1,2})/(?P<d3>\d{1,2})/(?P<y3>(?:19|20)\d\d)\b"
    r"|\b(?P<y4>(?:19|20)\d\d)-(?P<m4>\d\d)-(?P<d4>\d\d)\b",
    re.I,
)
_DATED = re.compile(  # what stands right before the date that a document bears
    r"(?:\b(?:dated|made|entered\s+into|effective|executed|signed|filed|issued)(?:\s+\w+){0,6}?|\bas\s+of|\bdate)"
    r":?(?:\s+(?:as|of|on|this|the))*\s*$",
    re.I,
)
_COURT_KINDS = ("order", "complaint", "pleading")
_STAMP = re.compile(r"\bDocument\s+\d+(?:-\d+)?\s+Filed\s+(\d\d)/(\d\d)/(\d\d(?:\d\d)?)\b")
_SIGNED = re.compile(
    r"\s*(?:\d{1,2}\s+)?(?:(?:dated|date|filed|entered|so ordered|signed)\b[:,]?(?:\s+(?:this|on|the))*)?\s*", re.I
)
_BETWEEN = re.compile(r"\b(?:by\s+and\s+)?(?:between|among|BETWEEN|AMONG|Between|Among)\b:?")
_ROLE = re.compile(
    r"\(\s*(?:[^()\"“”]{0,60}?)[\"“”](?P<role>[^\"“”()]{2,40})[\"“”][^()]{0,60}\)"
    r"|,?\s+as\s+(?:Landlord|Tenant|Lessor|Lessee|Buyer|Seller|Purchaser|Borrower|Lender|Licensor|Licensee|Owner|Contractor)\b"
)
_PREAMBLE_END = re.compile(
    r"\b(?:WHEREAS|RECITALS|BACKGROUND|WITNESSETH|W I T N E S S E T H|NOW,? THEREFORE|Whereas)\b"
)
_NOT_A_PARTY = re.compile(r"\b(?:agreement|date|lease|contract|premises|property|parties|party|amendment|act)\b", re.I)
_DESCRIPTION = re.compile(
    r",?\s+(?:an?|the)\s+(?:\w+\s+){0,4}?(?:corporation|company|limited|partnership|individual|trust|bank|municipal|resident"
    r"|association|organi[sz]ed|body|professional|person)\b.*|,?\s+(?:having|with)\s+(?:its|an?|offices?|their|principal|registered)\b.*"
    r"|,?\s+(?:whose|located|organi[sz]ed|residing|acting|as\s+(?:landlord|tenant|lessor|lessee)\b).*",
    re.S | re.I,
)
_VERSUS = re.compile(
    r"(?P<one>[A-Z][^\n]{2,80}(?:\n[^\n]{2,60})?),?\s*\n?\s*(?:Plaintiffs?|Petitioners?|Appellants?)\b.{0,80}?"
    r"\b(?:v\.|vs\.|V\.|VS\.|against)\s+(?P<two>[A-Z].{2,120}?),?\s*\n?\s*(?:Defendants?|Respondents?|Appellees?)\b",
    re.S,
)
_BATES = re.compile(
    r"(?P<prefix>[A-Z][A-Z0-9&.]{0,14}(?:[ _-][A-Z][A-Z0-9&.]{0,14}){0,2})(?P<gap>[ _-]{0,3})(?P<digits>\d{4,10})"
)

_LEGEND = re.compile(  # what protective orders have stamped beside a Bates number
    r"\b(?:(?:HIGHLY\s+)?CONFIDENTIAL|ATTORNEYS?['’]?S?['’]?\s+EYES\s+ONLY|SUBJECT\s+TO\s+PROTECTIVE\s+ORDER)\b\s*[-–—:|]*"
)


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of itself."""

    title: str
    type: str
    date: str | None
    parties: tuple[str, ...]


def about(outline: Outline) -> About:
    """Title, type, date and parties; what the format itself told goes before what the text seems to say."""
    front = outline.text[:_FRONT]
    heading = _heading(front)
    title = outline.title or heading or _stem(outline.name)
    kind = outline.type or _type(f"{title} {_stem(outline.name)}", front)
    day = outline.date or (_filed(outline.text) if kind in _COURT_KINDS else _date(front, kind))
    return About(title, kind, day, outline.parties or _parties(front))


def bates_of(text: str, pages: Sequence[tuple[int, int]]) -> tuple[str | None, ...]:
    """The Bates number of each page: prefix and digits alone in a line at its edge, the prefix the same throughout."""
    found: list[dict[str, tuple[str, int]]] = []
    for start, end in pages:
        lines = [line.strip() for line in text[start:end].splitlines() if line.strip()]
        edge: dict[str, tuple[str, int]] = {}
        for line in [*lines[:2], *lines[-3:]]:
            stamp = " ".join(_LEGEND.sub(" ", line).split())
            if match := _BATES.fullmatch(stamp):
                edge[match["prefix"]] = (stamp, int(match["digits"]))
        found.append(edge)
    counts = Counter(prefix for edge in found for prefix in edge)
    if not counts:
        return (None,) * len(pages)
    prefix, count = counts.most_common(1)[0]
    numbers = [edge[prefix][1] for edge in found if prefix in edge]
    rising = all(later > former for former, later in pairwise(numbers))
    if not rising or count < (len(pages) + 1) // 2:
        return (None,) * len(pages)
    return tuple(edge[prefix][0] if prefix in edge else None for edge in found)


def _heading(front: str) -> str:
    """The first line that names a kind of document, with the lines that belong to it."""
    lines = [" ".join(line.split()) for line in re.split(r"[\r\n\f]+|\s{4,}", front[:_TITLE_FRONT])]
    lines = [re.sub(r"^\d{1,2}\s+(?=[A-Z])", "", line) for line in lines]  # a pleading's line numbers
    for number, line in enumerate(lines[:40]):
        words = re.findall(r"[^\W\d_]{2,}", line)
        capital = sum(word[0].isupper() for word in words)
        named = 4 <= len(line) <= 120 and words and capital >= 0.6 * len(words) and _TITLE_WORDS.search(line.upper())
        if named and not _NO_TITLE.search(line):
            unfinished = re.search(r"\b(?:OF|TO|FOR|AND|THE|ON)$", line.upper())
            whole = " ".join([line, *(lines[number + 1 : number + 2] if unfinished else ())])
            return _PAGE_OF.sub("", _FILING.sub("", whole)).strip(" -–—*_")
    return ""


def _stem(name: str) -> str:
    return re.sub(r"[_\s]+", " ", name.rsplit(".", 1)[0]).strip() or name


def _type(title: str, front: str) -> str:
    if re.match(r"RE:\s", title, re.I):
        return "letter"
    named = [(match.start(), kind) for kind, pattern in _TYPES if (match := re.search(pattern, title.upper()))]
    if named:  # "COMPLAINT FOR BREACH OF LEASE" is a complaint: the first word that names a kind decides
        return min(named, key=lambda found: found[0])[1]
    if match := _SELF.search(front[:_TITLE_FRONT].upper()):  # "This Lease is made …"
        return next(kind for kind, pattern in _TYPES if re.search(pattern, match.group()))
    if _COURT.search(front[:_TITLE_FRONT]):
        return "pleading"
    if _LETTER.search(front[:_TITLE_FRONT]):
        return "letter"
    return "other"


def _date(front: str, kind: str) -> str | None:
    """The date that the text is dated with; for letters, transcripts and the like the first one on the first page."""
    dates = [(match.start(), day) for match in _DATE.finditer(front) if (day := _iso(match))]
    if kind == "letter" and dates and dates[0][0] < 1000:  # what it writes about has dates of its own
        return dates[0][1]
    for start, day in dates:
        before = " ".join(front[max(start - 60, 0) : start].split())
        if _DATED.search(before):
            return day
    if dates and kind in ("letter", "transcript", "invoice", "email", "notes"):
        return dates[0][1] if dates[0][0] < _TITLE_FRONT else None
    return None


def _filed(text: str) -> str | None:
    """The date of a court paper: of filing, as the court stamps it on each page, else of its signature."""
    if stamp := _STAMP.search(text[:_FRONT]):
        month, day, year = (int(part) for part in stamp.groups())
        return _day(2000 + year if year < 100 else year, month, day)
    for region in (text[-_TITLE_FRONT:], text[:_TITLE_FRONT]):
        for match in _DATE.finditer(region):
            line = region[region.rfind("\n", 0, match.start()) + 1 : match.start()]
            if _SIGNED.fullmatch(line) and (found := _iso(match)):
                return found
    return None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _iso(match: re.Match[str]) -> str | None:
    for n in "1234":
        if match[f"y{n}"]:
            month = match[f"m{n}"].lower()
            return _day(int(match[f"y{n}"]), _MONTHS.get(month) or int(month), int(match[f"d{n}"]))
    return None


def _parties(front: str) -> tuple[str, ...]:
    if match := _VERSUS.search(front[:_TITLE_FRONT]):
        return tuple(_name(match[group].split("\n\n")[-1]) for group in ("one", "two"))
    between = _BETWEEN.search(front)
    if not between:
        return ()
    window = _PREAMBLE_END.split(front[between.end() : between.end() + 1500])[0]
    parties: list[str] = []
    position = 0
    for role in _ROLE.finditer(window):
        if role["role"] and _NOT_A_PARTY.search(role["role"]):
            continue
        name = _name(window[position : role.start()])
        position = role.end()
        if name and name not in parties:
            parties.append(name)
    return tuple(parties[:6]) if len(parties) > 1 else ()


def _name(text: str) -> str:
    """A party's name without what it is said to be; "" for what is no name."""
    text = " ".join(text.split())
    text = re.sub(r"(?i)^[\s,;:.)]*(?:and\s+|by\s+and\s+|between\s+)?(?:\(\w\)\s*|\d\.\s*)?", "", text)
    text = _DESCRIPTION.sub("", text).strip(" ,;:")
    named = 2 <= len(text) <= 100 and text[0].isupper() and not re.search(r"[.;]\s+[a-z]", text)
    return text if named else ""
