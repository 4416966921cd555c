"""The words of a memo: record cites, verdicts and their marks, text from documents made fit for a file."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Final

from legalqa.report.as_text import clean
from legalqa.values import pin
from legalqa.values.answer import AuthorityStatus, CheckedCitation, Passage, Verdict
from legalqa.values.memo import Piece, Tone

# What XML cannot carry (https://www.w3.org/TR/xml/#charsets), as file names that are not UTF-8 hold it, and marks that
# turn the direction of what follows them.
_UNFIT: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_TURNING: Final = re.compile("[\u200e\u200f\u061c]")
_MARKED: Final = re.compile(r"(?:§+|section)\s*(\d+(?:\.\d+)*(?:\([a-z0-9]{1,4}\))*)", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"(\d+(?:\.\d+)+(?:\([a-z0-9]{1,4}\))*|\d{1,3}(?=\.\s))", re.IGNORECASE)  # no year
_HEADING: Final = 60  # characters of a heading that is cited
_LETTER: Final = 3  # characters of one that says nothing without the one above it, as "A."
_ABBREVIATED: Final = re.compile(r"(§|\bpp?\.|\bn\.) ")

Pages = Mapping[tuple[str, int], str]  # the name of the picture of each page that has one: ("lease", 3) → "A1"
VERDICTS: Final[dict[Verdict, tuple[str, str, Tone, str]]] = {  # sign, word, tone, what it means
    "verbatim": ("=", "Verbatim", "good", "The words stand in the cited place, exactly."),
    "supported": ("+", "Supported", "fair", "The facts agree with the cited place, and its words carry the sentence."),
    "uncited": ("?", "Uncited", "warn", "States something and cites nothing: it was not checked."),
    "unsupported": ("!", "Unsupported", "warn", "The cited place exists but does not say so."),
    "bad_reference": ("×", "Bad reference", "bad", "The cited source, page or quotation does not exist there."),
}
SOUND: Final[tuple[Verdict, ...]] = ("verbatim", "supported")
AUTHORITIES: Final[dict[AuthorityStatus, tuple[str, Tone]]] = {
    "in_record": ("In the record", "fair"),
    "in_list": ("In the firm’s list", "fair"),
    "unknown": ("Unknown: to be checked before it is relied on", "warn"),
    "malformed": ("Malformed: no such citation can exist", "bad"),
}


def printable(text: str) -> str:
    """Text from anywhere made fit for Word and PDF: single spaces, no control or turning characters, valid XML."""
    return clean(_UNFIT.sub("\ufffd", _TURNING.sub("", text)))


def verdict(kind: Verdict) -> Piece:
    """ "[=] Verbatim"; readable without colour, and loud where something is wrong."""
    sign, word, tone, _ = VERDICTS[kind]
    return Piece(f"[{sign}]\u00a0{word if kind in SOUND else word.upper()}", tone)


def cite(cited: Passage | CheckedCitation) -> str:
    """A record cite: "Lease.pdf, § 4.2, p. 12, HARBOR000112"; a file without pages of its own is cited by section, by
    its heading where that has no number.
    """
    section, pages = _section(cited.section), printable(pin.words(cited))
    if cited.section and not section and not pages:
        inner = printable(cited.section[-1])
        heading = inner if len(inner) > _LETTER else printable(" ".join(cited.section[-2:]))
        section = f"“{textwrap.shorten(heading, _HEADING, placeholder=' …')}”"
    pinned = _together(", ".join(part for part in (section, pages) if part))
    return ", ".join(part for part in (printable(cited.document), pinned, bates(cited.bates)) if part)


def bates(numbers: tuple[str, ...]) -> str:
    """ "HARBOR000101–HARBOR000104", or the one there is."""
    return printable(numbers[0] if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}") if numbers else ""


def pictures(cited: CheckedCitation, pages: Pages) -> list[Piece]:
    """ " [A1, A2]": where the cited pages are pictured, each a link."""
    places = ((cited.document_id, page) for page in pages_of(cited))
    linked = [Piece(pages[place], "link", pages[place]) for place in places if place in pages]
    if not linked:
        return []
    parted = [piece for one in linked for piece in (Piece(", "), one)][1:]
    return [Piece(" ["), *parted, Piece("]")]


def pages_of(cited: CheckedCitation) -> list[int]:
    """The pages on which the cited words stand."""
    return sorted({box.page for box in cited.boxes}) or list(cited.pages)


def quoted(text: str) -> str:
    """In quotation marks, unless it stands in them already."""
    plain = printable(text)
    return plain if plain[:1] in '“"' and plain[-1:] in '”"' else f"“{plain}”"


def count(number: int, noun: str) -> str:
    """ "1 page", "1,204 pages"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _together(pinned: str) -> str:
    """No line ends between "p." or "§" and its number."""
    return _ABBREVIATED.sub("\\1\u00a0", pinned)


def _section(path: tuple[str, ...]) -> str:
    """ "§ 4.2" of ("ARTICLE 4 RENT", "4.2 Late Charges"); "" where the innermost heading has no number."""
    heading = printable(path[-1]) if path else ""
    found = _MARKED.match(heading) or _NUMBERED.match(heading)
    return f"§ {found[1]}" if found else ""
