"""Words of questions and of names, made comparable: without case, accents, possessives and the points of "L.L.C."."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+(?:[&.'’][^\W_]+)*")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Z])")
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
_MARKS = str.maketrans("", "", ".&'’")


def listed(words: str) -> frozenset[str]:
    """A set of words, written in one string."""
    return frozenset(words.split())


DETERMINERS = listed("the our their my his her its your this that these those a an")
STOP = DETERMINERS | listed(
    "of and or to in on at by for with from between among under per as is are was were be been do does did has have had"
    " can could may might must shall should will would not no nor if so than then there it they them he she we you i me"
    " us what who whom whose when where which why how any all each every some such about into onto upon over out off up"
    " down said say says also only both either neither consider regarding concerning re according pursuant based"
    " looking respect regard please tell show give dated made entered made effective one two hereinafter collectively"
    " individually called"
)
FORMS = listed(
    "inc incorporated llc llp lp ltd limited corp corporation co company plc gmbh ag sa nv bv pte pty kg ab asa oy srl"
    " spa the and of holdings group international"
)  # what says little of whose name it stands in
QUESTION_WORDS = listed(
    "what who whom whose when where which why how is are was were do does did can could may might must shall should"
    " will would has have had"
)
STARTERS = QUESTION_WORDS | listed(
    "am tell explain list describe summarize summarise find show give identify compare state quote information i we if"
    " please any under in on at to for with name"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word ``[start, end)`` of a text; `key` is what it is compared by."""

    start: int
    end: int
    text: str
    key: str

    @property
    def capital(self) -> bool:
        """Whether it is written as names are: with a capital letter, or with one inside ("thoughtbot" is not)."""
        return any(letter.isupper() for letter in self.text)


def key_of(word: str) -> str:
    """ "Smith's" → "smith", "L.L.C." → "llc", "VÄRDE" → "varde"."""
    bare = _POSSESSIVE.sub("", word).translate(_MARKS)
    if bare.isascii():
        return bare.lower()
    flat = unicodedata.normalize("NFKD", bare)
    return "".join(letter for letter in flat if not unicodedata.combining(letter)).casefold()


def tokens(text: str) -> list[Token]:
    """The words of a text in order."""
    return [
        Token(match.start(), match.end(), match.group(), key)
        for match in _WORD.finditer(text)
        if (key := key_of(match.group()))
    ]


def keys(text: str) -> list[str]:
    """What the words of a text are compared by, in order."""
    return [token.key for token in tokens(text)]


def name_keys(name: str) -> list[str]:
    """The keys of a name with the parts of words grown together: "HarborLease" is "harbor", "lease", "harborlease"."""
    found: dict[str, None] = {}
    for token in tokens(name.replace("%20", " ")):
        parts = [key_of(part) for part in _HUMP.split(token.text) if part]
        found.update(dict.fromkeys([token.key, *parts]))
    return [key for key in found if key]


def initials(name: str) -> str:
    """ "Hispanic National Bar Association, Inc." → "hnba"; "" for fewer than three words."""
    heads = [token.key[0] for token in tokens(name) if token.capital and token.key not in FORMS]
    return "".join(heads) if len(heads) >= 3 else ""


def joined(words: Iterable[str]) -> list[str]:
    """Neighbours grown together: "price waterhouse" may be asked for as "pricewaterhouse"."""
    return [one + other for one, other in pairwise(words) if len(one) + len(other) >= 6]


def stem(key: str) -> str:
    """A word without what inflects it: "indemnities", "terminated" and "terminates" stand with their siblings."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if key.endswith(ending) and len(key) - len(ending) >= 3 and not key.endswith("ss"):
            return key[: -len(ending)] + instead
    return key
