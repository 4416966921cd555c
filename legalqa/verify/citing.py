"""Finding references to the record where briefs write them: (Lease § 4.2), (Lease at 12), (Doe Dep. 45:12–46:3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MAX_WORDS = 6  # of a short title after its first
_WORD = r"[A-Z][\w'’&-]{0,60}\.?"  # bounded, as all below: a draft may be made to keep the search busy
_NAME = (
    rf"(?:{_WORD}|\d{{1,2}}(?:st|nd|rd|th))"
    rf"(?:\s+(?:of\s+|to\s+|the\s+|and\s+|&\s+)?(?:{_WORD}|\d{{1,2}}\b(?!:))){{0,{_MAX_WORDS}}}"
)
_PIN = r"\d[\w.]{0,40}(?:\([A-Za-z0-9]{1,4}\))*"
_RANGE = rf"{_PIN}(?:\s*[-–—]\s*{_PIN})?"
_LINES = r"\d{1,4}:\d{1,2}(?:\s*[-–—]\s*(?:\d{1,4}:)?\d{1,2})?"
_BATES = r"[A-Z][A-Z_]{1,15}[ _-]?\d{4,10}(?:\s*[-–—]\s*(?:[A-Z][A-Z_]{1,15}[ _-]?)?\d{1,10})?"
_FILE = r"[\w&-]{1,120}\.(?:pdf|docx|eml|txt|msg|xlsx)"
_SEE = r"(?:[Ss]ee|[Cc]f\.|[Aa]ccord)(?:\s+also)?,?\s*(?:e\.g\.,?\s*)?"

_REFERENCE = re.compile(
    rf"""(?<![\w$])(?:
      (?P<of>(?:[Ss]ections?|§§?|[Aa]rticle|[Pp]aragraph|¶)\s*(?P<pin>{_PIN})\s+of\s+(?:the\s+)?
         (?P<name>[A-Z][\w'’&-]*(?:\s+[A-Z][\w'’&-]*)*))
     |(?P<lines>(?:{_NAME}|Id\.)\s*(?:at\s+)?{_LINES})
     |(?P<mark>(?!(?:Under|In|Per|By|As|But|And|The|Of|To)\s+(?:[Ss]ections?|§))(?:{_NAME}|Id\.)[,]?\s*(?:at\s+)?(?:§§?|¶¶?|\bpp?\.|(?<=\s)[Ss]ections?\s)\s*{_RANGE})
     |(?P<bates>{_BATES})
     |(?P<file>{_FILE})
    )(?![\w])""",
    re.VERBOSE,
)
_INSIDE = re.compile(
    rf"^\s*(?:{_SEE})?(?P<ref>(?:{_NAME}|Id\.)(?:,?\s+(?:at\s+(?:{_LINES}|{_RANGE})|(?:Sched(?:ule|\.)|Ex(?:hibit|\.))\s+[A-Z0-9]{{1,3}}))?)"
    r"\s*\.?\s*$"
)
_AT = re.compile(rf"(?:{_NAME}|Id\.),?\s+at\s+(?:{_LINES}|{_RANGE})")
_EXHIBIT = re.compile(
    r"(?:\sDep|\sDecl|\sAff|\sTr|^Compl|^Answer|^Tr)\.?$|"
    r"^(?:Ex|Exh|Exhibit|Tab|App|Dkt|ECF|Doc)\b|\s(?:Ex\.|Exh\.|Exhibit|Sched\.|Schedule)\s[A-Z0-9-]{1,6}\b"
)
_SIGNAL = re.compile(
    r"^(?:(?:See|Cf\.|Accord|But see|Compare)(?:\s+also)?,?\s+(?:e\.g\.,?\s+)?|The\s+|In\s+|Under\s+)+"
)
_PARENTHESES = re.compile(r"[(\[]([^()\[\]]*(?:\([A-Za-z0-9]{1,4}\)[^()\[\]]*)*)[)\]]")
_EMPTY = re.compile(rf"[(\[]\s*+(?:{_SEE})?[\s;,.\x00]*\x00[\s;,.\x00]*[)\]]")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in a text: its offsets there, and its normal form as `Record.resolve` takes it."""

    start: int
    end: int
    text: str


def find(text: str, authorities: Iterable[tuple[int, int]] = ()) -> list[Reference]:
    """The references to the record in `text`, in order. `authorities` are spans that are citations of law."""
    taken = list(authorities)
    found: list[Reference] = []

    def take(start: int, end: int, reference: str) -> None:
        if not any(start < last and first < end for first, last in taken):
            taken.append((start, end))
            found.append(Reference(start, end, reference))

    for match in _REFERENCE.finditer(text):
        if match["of"]:
            mark = "¶" if match["of"][0] in "Pp¶" else "§"
            take(*match.span(), f"{match['name']} {mark} {match['pin']}")
        else:
            start = match.start() + _signal(match.group())
            take(start, match.end(), normal(text[start : match.end()]))
    for start, end in _in_parentheses(text):
        take(start, end, normal(text[start:end]))
    for match in _AT.finditer(text):
        start = match.start() + _signal(match.group())
        if re.search(
            r"(?:[Ss]ee|Cf\.|Accord)(?: also)?,?\s+$|^\s*$|[.?!][”\")]*\s+$", text[:start]
        ):  # a citation sentence of its own
            take(start, match.end(), normal(text[start : match.end()]))
    return sorted(found, key=lambda one: one.start)


def _in_parentheses(text: str) -> Iterable[tuple[int, int]]:
    """ "(Lease at 12; see Ex. B)": what stands alone between parentheses and semicolons."""
    for outer in _PARENTHESES.finditer(text):
        for part in re.finditer(r"[^;]+", outer[1]):
            inside = _INSIDE.match(part.group())
            if inside and (" at " in inside["ref"] or _EXHIBIT.search(inside["ref"]) or inside["ref"] == "Id."):
                start = outer.start(1) + part.start() + inside.start("ref")
                yield start, start + len(inside["ref"])


def _signal(text: str) -> int:
    match = _SIGNAL.match(text)
    return match.end() if match and match.end() < len(text) else 0


def normal(reference: str) -> str:
    """The reference with one space between words, hyphens for dashes and no final full stop or comma."""
    reference = re.sub(r"\s*[–—]\s*", "-", " ".join(reference.split())).rstrip(".,;")
    reference = re.sub(r",\s+(?=at |p|§|¶)", " ", reference)
    return re.sub(r"\s*(§§?|¶¶?)\s*", r" \1 ", reference).strip()


_PINNED = re.compile(rf"\s+(?=at\s|§|¶|pp?\.\s|[Ss]ections?\s|{_LINES})")


def parted(reference: str) -> tuple[str, str]:
    """ "Lease § 4.2" → ("Lease", "§ 4.2"); the second is "" for a reference to a whole document."""
    parts = _PINNED.split(reference, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def continued(reference: str, before: str | None) -> str:
    """ "Id. at 14" spelled out with the name of the reference before it; unchanged if there is none."""
    if not re.match(r"Id\b", reference) or before is None:
        return reference
    pin = reference.removeprefix("Id").lstrip(". ")
    if not pin:
        return before
    return f"{parted(before)[0]} {pin.removeprefix('at ') if re.match('at [§¶]', pin) else pin}"


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` without these spans, and without the parentheses, signals and commas that held nothing else."""
    parts, done = [], 0
    for start, end in sorted(spans):
        if start >= done:
            parts.append(text[done:start])
            done = end
    rest = _EMPTY.sub("", "\x00".join((*parts, text[done:])))
    rest = re.sub(rf"(?:\b{_SEE})?\x00", "", rest)
    return re.sub(r"\s+([.,;])", r"\1", " ".join(rest.split()))
