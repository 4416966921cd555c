"""Exact phrases: what counts as the same words, for the full-text index and for the scan that follows it.

White space runs (line and page breaks among them), curly and straight quote marks, letter case, ligatures, soft
hyphens and a hyphen at a line's end make no difference. Everything else does: "re-sign" is not "resign". A phrase
begins and ends at the edge of a word. It may run over a page break: running heads, stamps and line numbers between its
words are no part of it, though they are found themselves.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from sqlite3 import Connection

from legalqa.index import rows, texts
from legalqa.values.document import FURNITURE, Region
from legalqa.values.reading import Reading

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SPELLINGS = {"ffi": ("ﬃ", "ﬀi", "fﬁ"), "ffl": ("ﬄ", "ﬀl", "fﬂ"), "ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ", "st": "ﬅﬆ"}
_PIECE = re.compile("|".join([*_SPELLINGS, "."]), re.IGNORECASE | re.DOTALL)
_SINGLE, _DOUBLE, _HYPHENS = "'‘’‚‛′`", '"“”„‟″', "-‐‑"
_LINE_END = rf"[{_HYPHENS}][ \t]*[\r\n\f]\s*"
_BREAK = re.compile(rf"\u00ad\s*|(?<=\w){_LINE_END}(?=\w)")  # inside a word
_BREAK_HERE = rf"(?:\u00ad\s*|{_LINE_END})?"
_BREAKS = re.compile(rf"(?:\u00ad\s*|{_LINE_END})+")
_PIECE_OF = rf"(?:(?!{_LINE_END})[^\s\u00ad])+"
_BROKEN = re.compile(rf"{_PIECE_OF}(?:{_BREAKS.pattern}{_PIECE_OF})+")
_HALF = "\u02ac"  # a letter of no language: what begins with it is a part of a broken word
_PIECES, _HALVES = 16, 20_000  # pieces of a broken word that are one part; parts of one document that are indexed
_UNFOLD = str.maketrans({**_LIGATURES, "\0": " "})


def folded(text: str) -> str:
    """`text` as the full-text index reads it: broken words joined, ligatures spelt out."""
    joined = _BREAK.sub("", text).translate(_UNFOLD)
    return joined.encode("utf-8", "replace").decode()  # a lone surrogate cannot be stored


def indexed(text: str, regions: Sequence[Region]) -> str:
    """What the full-text index holds of a text: its sentences without furniture, then the furniture, then the halves
    of words that a line's end breaks, for some of these are two words; nothing hidden.

    `regions` are those of the text; only furniture and hidden ones count.
    """
    seen = Reading(text, [region for region in regions if region.kind == "hidden"]).masked()
    heads = [seen[region.start : region.end] for region in regions if region.kind in FURNITURE]
    held = [Reading(text, regions).masked(), *sorted(heads)]
    parts = dict.fromkeys(itertools.islice(itertools.chain.from_iterable(map(_parts, held)), _HALVES))
    halves = (" ".join(map(_half, _tokens(part))) for part in parts)
    return "\n\f\n".join(map(folded, [*held, *halves]))


def again(connection: Connection) -> None:
    """Schema 6 → 7: index every text anew, as `indexed` has it now."""
    connection.execute("INSERT INTO phrases (phrases) VALUES ('delete-all')")
    for (key,) in connection.execute("SELECT key FROM documents").fetchall():
        text = indexed(texts.Texts().whole(connection, key), rows.unread(connection, key))
        connection.execute("INSERT INTO phrases (rowid, text) VALUES (?, ?)", (key, text))


def _parts(text: str) -> Iterator[str]:
    """What a word that lines' ends break consists of, each run of its pieces: some of them may be words."""
    for match in _BROKEN.finditer(text):
        pieces = _BREAKS.split(match[0])
        for at in range(len(pieces)):
            for end in range(at + 1, min(at + _PIECES, len(pieces)) + 1):
                if end - at < len(pieces):
                    yield "".join(pieces[at:end])


def _tokens(text: str) -> list[str]:
    """The words of a text as the full-text index parts them."""
    groups = itertools.groupby(text, key=lambda character: unicodedata.category(character)[0] in "LNM")
    return ["".join(group) for inside, group in groups if inside]


def _half(token: str) -> str:
    return _HALF + token


def occurrences(
    wanted: re.Pattern[str], text: str, regions: Sequence[Region], *, hidden: bool = False
) -> list[tuple[int, int]]:
    """Where a `pattern` stands in a text, in order: across furniture, in furniture, and with `hidden` in what cannot be
    seen.
    """
    unseen = [region for region in regions if region.kind == "hidden"]
    texts = [Reading(text, regions).masked(), Reading(text, unseen).masked(), text if hidden else ""]
    return sorted({match.span() for one in dict.fromkeys(texts) for match in wanted.finditer(one)})


def pattern(phrase: str) -> re.Pattern[str] | None:
    """A pattern that finds the phrase in unfolded text; None if the phrase has no letter or digit."""
    words = folded(phrase).split()
    if not any(_has_token(word) for word in words):
        return None
    body = r"\s+".join(_word(word) for word in words)
    before = r"(?<!\w)" if words[0][0].isalnum() else ""
    after = r"(?!\w)" if words[-1][-1].isalnum() else ""
    return re.compile(before + body + after, re.IGNORECASE)


def narrowing(phrase: str) -> str | None:
    """An FTS5 query that every document with the phrase answers; None where it cannot narrow.

    The first and the last word may be halves of words that a line's end breaks: these stand alone in the index.
    """
    parts: list[list[list[str]]] = []  # of each the ways in which it may be written, of each its words
    run: list[str] = []
    for word in filter(_has_token, folded(phrase).split()):
        pieces = [piece for piece in re.split(f"[{_HYPHENS}]", word) if _has_token(piece)]
        if not re.search(rf"\w[{_HYPHENS}]\w", word):
            run.append(word)
            continue
        if run:
            parts.append([run])
        run = []
        # each hyphen may stand at a line's end, where `folded` takes it away
        parts.append(_joined(pieces) if 1 < len(pieces) <= 4 else [])
    if run:
        parts.append([run])
    said = [
        " OR ".join(one for words in ways for one in _ways(_tokens(" ".join(words)), at == 0, at == len(parts) - 1))
        for at, ways in enumerate(parts)
    ]
    return " AND ".join(f"({one})" for one in said if one) or None


def _ways(words: Sequence[str], first: bool, last: bool) -> Iterator[str]:
    """The words as a phrase; with its first and last one, where these end the whole phrase, as parts of broken ones."""
    yield _quoted(words)
    for begins, ends in ((first, False), (False, last), (first, last)):
        if begins and ends and len(words) == 1:
            continue
        if begins or ends:
            inner = words[1 if begins else 0 : len(words) - 1 if ends else len(words)]
            halves = [words[0]] * begins + [words[-1]] * ends
            known = [_quoted([_half(word)]) for word in halves] + ([_quoted(inner)] if inner else [])
            yield f"({' AND '.join(known)})"


def _has_token(word: str) -> bool:
    return any(character.isalnum() for character in word)


def _quoted(words: Sequence[str]) -> str:
    return '"' + " ".join(words).replace('"', " ") + '"'


def _joined(pieces: list[str]) -> list[list[str]]:
    """All ways to keep or drop the hyphens between the pieces."""
    variants = []
    for kept in itertools.product((True, False), repeat=len(pieces) - 1):
        words = [pieces[0]]
        for keep, piece in zip(kept, pieces[1:], strict=True):
            if keep:
                words.append(piece)
            else:
                words[-1] += piece
        variants.append(words)
    return variants


def _word(word: str) -> str:
    """A word's pattern; between two of its characters a soft hyphen or a hyphenated line break may stand."""
    return _BREAK_HERE.join(_piece(piece) for piece in _PIECE.findall(word))


def _piece(piece: str) -> str:
    if len(piece) > 1:
        return f"(?:{'|'.join(_SPELLINGS[piece.lower()])}|{_BREAK_HERE.join(piece)})"
    for alike in (_SINGLE, _DOUBLE):
        if piece in alike:
            return f"[{alike}]"
    if piece in _HYPHENS:
        return rf"[{_HYPHENS}](?:[ \t]*[\r\n\f]\s*)?"
    return re.escape(piece)
