"""Do these words stand there, exactly? Typography may differ, a word never.

Two texts are compared after folding: NFKC, quotation marks, dashes, white space, soft hyphens and hyphens at a line's
end. Every folded character knows which characters of the true text it stands for, so that what is found is told in
offsets of the true text. Omissions ("...") and bracketed alterations ("[t]he") are read as legal quoting means them:
the pieces must stand in order, close together. `nearest` is fuzzy and only ever *explains*: it accepts nothing.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

OMISSION_WINDOW = 1500  # folded characters that "..." may stand for
ALTERATION_WINDOW = 80  # folded characters that a bracketed word may stand for
MAX_PIECES = 12
PASSAGE_LENGTH = 20_000

_HYPHEN = "-‐‑‒–−"
_SPECIAL = re.compile(
    rf"""(?P<dash>\s*(?:[—―]|-{{2,}})+\s*|\s+[{_HYPHEN}]\s+)
    |(?P<wrapped>(?<=[^\W\d_])[-‐\u00ad][^\S\n]*+\n\s*+(?=[^\W\d_]))
    |(?P<hyphen>(?<=\w)[{_HYPHEN}](?:(?=\w)|[^\S\n]*+\n\s*+(?=[\da-z])))
    |(?P<literal_hyphen>[{_HYPHEN}])
    |(?P<nothing>[\u00ad\u200b-\u200f\u2060\ufeff\ufffe\x00-\x08\x0e-\x1b]+)
    |(?P<space>\s+)
    |(?P<quote>''|``|["“”„‟«»″‘’‚‛′`´'])
    |(?P<unicode>(?:[^\x00-\x7f]|[A-Za-z](?=[\u0300-\u036f]))[\u0300-\u036f]*)""",
    re.VERBOSE,
)
_OMISSION = r"\[?(?:\.\s?){2,}\.\]?|\[?…\.?\]?"
_ALTERED_LETTER = re.compile(r"\[([^\W\d_])\]")
_MARKED = re.compile(rf"(?P<omission>{_OMISSION})|\[(?P<altered>[^\[\]]{{0,60}})\]")
_SILENT = re.compile(r"(?i)sic|emphasis (?:added|supplied|omitted|in original)|(?:internal )?citations? omitted")
_MEANING = re.compile(r"(?i)or|ever|one|either|ten|theist|moral|typical")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without its typography.

    Folded character ``i`` stands for ``[starts[i], ends[i])`` of the true text. `joins` are the folded positions
    before which a hyphen stood inside a word; the value says whether it stood at a line's end, where nobody can
    tell a hyphen of the word from one of the printer.
    """

    text: str
    starts: array[int]
    ends: array[int]
    joins: dict[int, bool]
    join_positions: list[int]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a quotation stands: offsets into the true text, what it omits, and what its brackets stand for."""

    start: int
    end: int
    omitted: tuple[str, ...] = ()
    altered: tuple[tuple[str, str], ...] = ()  # (as the quotation has it, as the text has it)

    @property
    def literal(self) -> bool:
        """Nothing omitted and nothing altered but the case of a letter."""
        return not self.omitted and all(new.lower() == old.lower() for new, old in self.altered)


@dataclass(frozen=True, slots=True)
class Near:
    """The most similar place, for explanation only. `likeness` is rapidfuzz's ratio, 0 to 100."""

    start: int
    end: int
    text: str
    likeness: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a quotation that must stand as it is, after a gap of at most `window` (0: no gap)."""

    folded: Folded
    window: int
    bracket: str | None  # what the quotation puts in the gap; None for an omission


def fold(text: str) -> Folded:
    """`text` without its typography, with the way back. Recent results are kept: many of passages, few of documents."""
    return _kept_passage(text) if len(text) <= PASSAGE_LENGTH else _kept_document(text)


def _fold(text: str) -> Folded:
    parts: list[str] = []
    starts, ends = array("I"), array("I")
    joins: dict[int, bool] = {}

    def plain(start: int, end: int) -> None:
        parts.append(text[start:end])
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))

    done = 0
    for match in _SPECIAL.finditer(text):
        plain(done, match.start())
        done = match.end()
        folded = _folded(match)
        if match.lastgroup in ("wrapped", "hyphen"):
            joins[len(starts)] = match.lastgroup == "wrapped"
        parts.append(folded)
        starts.extend([match.start()] * len(folded))
        ends.extend([match.end()] * len(folded))
    plain(done, len(text))
    return Folded("".join(parts), starts, ends, joins, list(joins))


_kept_passage = lru_cache(maxsize=128)(_fold)
_kept_document = lru_cache(maxsize=2)(_fold)


def _folded(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "unicode":
        return unicodedata.normalize("NFKC", match.group())
    return {"dash": "—", "literal_hyphen": "-", "space": " ", "quote": "'"}.get(kind or "", "")


def find(quote: str, text: str) -> Match | None:
    """The first place where `quote` stands in `text`; None if it does not."""
    return next(find_all(quote, text), None)


def find_all(quote: str, text: str, limit: int = 20) -> Iterator[Match]:
    """Every place where `quote` stands in `text`, at most `limit`; never inside a longer word or number.

    If it does not stand there as it is, it is read as a quotation with omissions and alterations.
    """
    there = fold(text)
    found = 0
    for wanted in _trimmed(quote):
        for at in _literal(fold(wanted), there):
            yield _match(there, at, at + len(fold(wanted).text))
            found += 1
            if found == limit:
                return
        if found:
            return
    if _MARKED.search(quote):
        yield from _marked(quote, text, there)


def _trimmed(quote: str) -> Iterator[str]:
    """The quotation, and without the comma or full stop that American usage puts inside the quotation mark."""
    quote = quote.strip()
    if quote:
        yield quote
        bare = quote.rstrip(".,;: ")
        if bare and bare != quote:
            yield bare


def _literal(wanted: Folded, there: Folded, start: int = 0, stop: int | None = None) -> Iterator[int]:
    size = len(wanted.text)
    at = there.text.find(wanted.text, start, stop) if size else -1
    while at >= 0:
        if _whole_words(there, at, at + size) and _same_hyphens(wanted, there, at):
            yield at
        at = there.text.find(wanted.text, at + 1, stop)


def _whole_words(there: Folded, start: int, end: int) -> bool:
    return not _inside(there, end) and (not _inside(there, start) or _clipped(there, start))


def _clipped(there: Folded, start: int) -> bool:
    """Whether a quotation lost no more than the first letter of a name ("T&T grants" for "AT&T grants").

    Never where the lost letter may have carried the meaning ("OR" for "NOR"), nor after a hyphen. A section number
    glued to the first word ("2.1Neither") is not part of it.
    """
    lost = re.search(r"[^\W_]*$", there.text[max(start - 40, 0) : start])
    rest = re.match(r"[^\W_]+", there.text[start : start + 40])
    if start in there.joins or not lost or not rest or not rest.group()[0].isupper():
        return False
    if lost.group().isdigit():
        return True
    return len(lost.group()) == 1 and lost.group().isupper() and not _MEANING.fullmatch(rest.group())


def _inside(there: Folded, at: int) -> bool:
    """Whether the boundary before folded character `at` lies inside a word or a number."""
    text = there.text
    if at <= 0 or at >= len(text):
        return False
    if at in there.joins or (text[at - 1].isalnum() and text[at].isalnum()) or unicodedata.combining(text[at]):
        return True
    before, after = text[max(at - 2, 0) : at], text[at : at + 2]
    return bool(
        (before[-1:].isdigit() and re.match(r"[.,]\d", after))
        or (re.search(r"\d[.,]$", before) and after[:1].isdigit())
    )


def _same_hyphens(wanted: Folded, there: Folded, at: int) -> bool:
    first = bisect_right(there.join_positions, at)
    last = bisect_left(there.join_positions, at + len(wanted.text))
    theirs = {position - at: there.joins[position] for position in there.join_positions[first:last]}
    for position in theirs.keys() | wanted.joins.keys():
        hyphens = theirs.get(position), wanted.joins.get(position)
        if None in hyphens and True not in hyphens:  # only one has it, and not at a line's end
            return False
    return True


def _match(there: Folded, start: int, end: int) -> Match:
    return Match(there.starts[start], there.ends[end - 1])


def _marked(quote: str, text: str, there: Folded) -> Iterator[Match]:
    """A quotation with omissions and alterations: for each place of its first piece the shortest chain."""
    seen = None
    for reading in _readings(quote):
        pieces = _pieces(reading)
        if not pieces:
            continue
        for at in _literal(pieces[0].folded, there):
            match = _chain(pieces, there, text, at)
            if match and (seen is None or match.end - match.start < seen.end - seen.start):
                seen = match
        if seen:
            break
    if seen:
        cased = tuple(
            (letter, other) for letter, other in _case_changes(quote) if letter not in text[seen.start : seen.end][:1]
        )
        yield Match(seen.start, seen.end, seen.omitted, seen.altered + cased)


def _case_changes(quote: str) -> list[tuple[str, str]]:
    letters = [match["altered"] for match in _MARKED.finditer(quote) if match["altered"] and len(match["altered"]) == 1]
    return [(letter, letter.swapcase()) for letter in letters if letter.isalpha()]


def _readings(quote: str) -> Iterator[str]:
    """The quotation with each "[t]" as "T" or "t", in every combination (at most five of them)."""
    letters = [match for match in _MARKED.finditer(quote) if re.fullmatch(r"[^\W\d_]", match["altered"] or "")][:5]
    for choice in product((True, False), repeat=len(letters)):
        parts, done = [], 0
        for match, swap in zip(letters, choice, strict=True):
            letter = match["altered"]
            parts += [quote[done : match.start()], letter.swapcase() if swap else letter]
            done = match.end()
        yield "".join(parts) + quote[done:]


def _pieces(quote: str) -> list[_Piece]:
    """The stretches between omissions and alterations; [] if there are none, or too many."""
    pieces: list[_Piece] = []
    done, window, bracket = 0, 0, None
    for match in [*_MARKED.finditer(quote), None]:
        stretch = quote[done : match.start() if match else len(quote)].strip()
        if match is None or match["omission"]:
            stretch = stretch.rstrip(".,;: ")
        if stretch:
            pieces.append(_Piece(fold(stretch), window, bracket))
            window, bracket = 0, None
        if match is None:
            break
        done = match.end()
        if match["omission"]:
            window = OMISSION_WINDOW
        elif not _SILENT.fullmatch(match["altered"]):
            window, bracket = max(window, ALTERATION_WINDOW), match["altered"]
    return pieces if len(pieces) <= MAX_PIECES else []


def _chain(pieces: list[_Piece], there: Folded, text: str, at: int) -> Match | None:
    end = at + len(pieces[0].folded.text)
    omitted: list[str] = []
    altered: list[tuple[str, str]] = []
    for piece in pieces[1:]:
        size = len(piece.folded.text)
        stop = end + max(piece.window, 1) + size
        found = next(_literal(piece.folded, there, end, stop), None)
        if found is None:
            return None
        gap = text[there.ends[end - 1] : there.starts[found]].strip()
        if piece.bracket is not None:
            altered.append((piece.bracket, gap))
        elif piece.window:
            omitted.append(gap)
        end = found + size
    return Match(there.starts[at], there.ends[end - 1], tuple(omitted), tuple(altered))


def quotations(text: str, least_words: int = 1) -> list[tuple[int, int]]:
    """Offsets of the quoted words in `text`, without their quotation marks, of at least `least_words` words.

    Of quotations within quotations the outermost counts.
    """
    pairs: list[tuple[int, int]] = []
    curly: list[int] = []
    straight: int | None = None
    for mark in re.finditer('[“”"]', text):
        if mark.group() == "“":
            curly.append(mark.end())
        elif mark.group() == "”":
            if curly:
                pairs.append((curly.pop(), mark.start()))
        elif straight is None:
            straight = mark.end()
        else:
            pairs.append((straight, mark.start()))
            straight = None
    found: list[tuple[int, int]] = []
    for start, end in sorted(pairs):
        outermost = not found or start > found[-1][1]
        if outermost and len(re.findall(r"\w+", text[start:end])) >= least_words:
            found.append((start, end))
    return found


def nearest(quote: str, text: str) -> Near | None:
    """The place in `text` most like `quote`, to explain why the quotation was not found."""
    from rapidfuzz import fuzz

    wanted, there = fold(quote.strip()), fold(text)
    if not wanted.text or not there.text:
        return None
    best = fuzz.partial_ratio_alignment(wanted.text, there.text)
    if best is None or best.dest_end <= best.dest_start:
        return None
    start, end = best.dest_start, best.dest_end
    while start > 0 and there.text[start - 1] != " " and there.text[start] != " ":
        start -= 1
    while end < len(there.text) and there.text[end] != " " and there.text[end - 1] != " ":
        end += 1
    start, end = there.starts[start], there.ends[end - 1]
    return Near(start, end, text[start:end].strip(), best.score)


def difference(quote: str, there: str) -> tuple[str, str] | None:
    """The first differing words, with two words of context: (what the quotation says, what stands there).

    A letter in brackets is the letter of either case; what stands before or after the quotation is none of it.
    """
    ours, theirs = fold(quote.strip()).text.split(), fold(there.strip()).text.split()
    altered = {word: _ALTERED_LETTER.sub(r"\1", word).casefold() for word in ours if _ALTERED_LETTER.search(word)}
    said = [altered.get(word, word) for word in ours]
    stands = [word.casefold() if word.casefold() in altered.values() else word for word in theirs]
    for tag, a0, a1, b0, b1 in difflib.SequenceMatcher(None, said, stands, autojunk=False).get_opcodes():
        if tag != "equal" and not (tag == "insert" and a0 in (0, len(ours))):
            return " ".join(ours[max(a0 - 2, 0) : a1 + 2]), " ".join(theirs[max(b0 - 2, 0) : b1 + 2])
    return None
