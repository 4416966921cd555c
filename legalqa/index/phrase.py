"""Exact phrases: what counts as the same words, for the full-text index and for the scan that follows it.

White space runs (line and page breaks among them), curly and straight quote marks, letter case, ligatures, soft
hyphens and a hyphen at a line's end make no difference. Everything else does: "re-sign" is not "resign". A phrase
begins and ends at the edge of a word. It may run over a page break: running heads, stamps and line numbers between its
words are no part of it, though they are found themselves.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from legalqa.values.document import FURNITURE, Region
from legalqa.values.reading import Reading

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SPELLINGS = {"ffi": ("ﬃ", "ﬀi", "fﬁ"), "ffl": ("ﬄ", "ﬀl", "fﬂ"), "ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ", "st": "ﬅﬆ"}
_PIECE = re.compile("|".join([*_SPELLINGS, "."]), re.IGNORECASE | re.DOTALL)
_SINGLE, _DOUBLE, _HYPHENS = "'‘’‚‛′`", '"“”„‟″', "-‐‑"
_LINE_END = rf"[{_HYPHENS}][ \t]*[\r\n\f]\s*"
_BREAK = re.compile(rf"\u00ad\s*|(?<=\w){_LINE_END}(?=\w)")  # inside a word
_BREAK_HERE = rf"(?:\u00ad\s*|{_LINE_END})?"
_UNFOLD = str.maketrans({**_LIGATURES, "\0": " "})


def folded(text: str) -> str:
    """`text` as the full-text index reads it: broken words joined, ligatures spelt out."""
    joined = _BREAK.sub("", text).translate(_UNFOLD)
    return joined.encode("utf-8", "replace").decode()  # a lone surrogate cannot be stored


def indexed(text: str, regions: Sequence[Region]) -> str:
    """What the full-text index holds of a text: its sentences without furniture, then the furniture; nothing hidden.

    `regions` are those of the text; only furniture and hidden ones count.
    """
    seen = Reading(text, [region for region in regions if region.kind == "hidden"]).masked()
    heads = [seen[region.start : region.end] for region in regions if region.kind in FURNITURE]
    return folded("\n\f\n".join([Reading(text, regions).masked(), *sorted(heads)]))


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
    """An FTS5 query that every document with the phrase answers; None where it cannot narrow."""
    parts: list[str] = []
    run: list[str] = []
    for word in filter(_has_token, folded(phrase).split()):
        pieces = [piece for piece in re.split(f"[{_HYPHENS}]", word) if _has_token(piece)]
        if not re.search(rf"\w[{_HYPHENS}]\w", word):
            run.append(word)
            continue
        if run:
            parts.append(_quoted(run))
        run = []
        if 1 < len(pieces) <= 4:  # each hyphen may stand at a line's end, where `folded` takes it away
            parts.append("(" + " OR ".join(_quoted(variant) for variant in _joined(pieces)) + ")")
    if run:
        parts.append(_quoted(run))
    return " AND ".join(parts) or None


def _has_token(word: str) -> bool:
    return any(character.isalnum() for character in word)


def _quoted(words: list[str]) -> str:
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
