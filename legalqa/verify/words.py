"""Words and sentences as the checks see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from legalqa.verify.quotes import fold

_WORD = re.compile(r"[^\W_]+(?:['.&-][^\W_]+)*|[$€£¥%§]")
_RUN = re.compile(r"\s{3,}")
_ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ied",
    "ors",
    "ers",
    "ees",
    "es",
    "ed",
    "s",
    "e",
    "y",
)


def word_set(words: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(words.split())


STOP = word_set(
    """a an and any are as at be been being but by can do does did each for from had has have he her here hereby herein
    hereof hereto hereunder his i if in into is it its itself may must no nor not of on or other our out said shall she
    should so some such than that the their them then there thereof these they this those to under upon was we were
    what when where which while who whom will with within without would you your also only own same all both neither
    either never unless except until"""
)


def squeezed(text: str) -> str:
    """`text` with long runs of white space shortened, blank lines kept: nobody reads them, but patterns stumble."""
    return _RUN.sub(lambda run: "\n\n" if run.group().count("\n") > 1 else " ", text)


@lru_cache(maxsize=256)
def tokens(text: str) -> tuple[str, ...]:
    """The words of `text` after folding, case kept; currency and percent signs are words of their own."""
    return tuple(_WORD.findall(fold(text).text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its commonest English endings, lower case: enough to join "assigned" and "assignment"."""
    word = word.lower().removesuffix("'s").removesuffix("'")
    if not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiousl" else word


def content(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order."""
    return [stem(word) for word in tokens(text) if word.lower() not in STOP and (len(word) > 1 or word.isdigit())]


@lru_cache(maxsize=256)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Offsets of the sentences of `text`, without surrounding white space, by nupunkt; a blank line ends one."""
    import nupunkt

    spans: list[tuple[int, int]] = []
    for block in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text):
        for start, end in nupunkt.sent_spans(block.group()):
            spans += _quotation_ends(text, block.start() + start, block.start() + end)
    return tuple(spans)


def _quotation_ends(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span without its white space, divided after a full stop inside a closing quotation mark."""
    for part in re.finditer(r"\S(?:.*?[.?!][”\"](?=\s+[“A-Z])|.*\S|)", text[start:end], re.DOTALL):
        yield start + part.start(), start + part.end()


def sentences(text: str) -> list[str]:
    """The sentences of `text`."""
    return [text[start:end] for start, end in sentence_spans(text)]
