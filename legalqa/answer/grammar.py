"""The grammar of an answer, built for each request, and the reading of what was written under it.

A sentence is words and numbers and ends in at least one citation: ``Rent is due within 30 days. [2]`` Small letters
are free; digits come only as numbers, and capitals after the first word only in words, that stand in the texts shown,
so that no amount, date or name can be invented. A full stop outside a number is always followed by a citation: a weak
model that may not stop where it wants to rambles, and one that may go on after a full stop slips past the citation.
Quotation marks are not admitted, since only copied text may wear them. Numbers in words ("thirty") cannot be held
back this way: that is the verifier's part.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from legalqa.values.answer import Citation, Claim

REFUSAL: Final = "The record does not answer this question."
MAX_WORDS: Final = 45  # in one sentence, before it must cite
_TIMES: Final = (
    4,
    3,
    3,
)  # that a phrase of one, two, three words comes in a row until it is a loop; a longer one twice
MAX_NUMBERS: Final = 150  # in one grammar

# A number as it stands: with its currency or per cent sign, whole as a date or section number, with letters grown to
# it ("10b-5", "2nd", "COVID-19"). ASCII only, so that nothing in it can mean anything in GBNF.
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[$€£¥] ?)?(?:[A-Za-z]{1,12}-)?[A-Za-z]{0,8}[0-9][A-Za-z0-9]*"
    r"(?:[.,:/–-][0-9][A-Za-z0-9]*)*(?: ?%)?"
)
_RANGE: Final = re.compile(r"([0-9.,]+)[–-]([0-9.,]+)")
_LONGEST_NUMBER: Final = 30

# A word with a capital as it stands, dots inside it too ("U.S", "E.piphany"). Letters only, as above.
_NAME: Final = re.compile(
    r"(?<![A-Za-z\u00C0-\u00FF])[A-Z\u00C0-\u00D6\u00D8-\u00DE](?:\.?[A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u00FF])*"
)
_SMALL_WORD: Final = re.compile(
    r"(?<![A-Za-z\u00C0-\u00FF])[a-z\u00DF-\u00F6\u00F8-\u00FF]{1,30}(?![A-Za-z\u00C0-\u00FF])"
)
MAX_NAMES: Final = 250
MAX_WORDS_KNOWN: Final = 600

_GRAMMAR: Final = r"""
root ::= {refusal}sentence{more}
sentence ::= {quoted}{opening} (gap unit){{1,{words}}} "." (" " cite){{1,{most}}}
cite ::= {cites}
gap ::= [,;:]? " " ([\u2013\u2014] " ")?
first ::= [A-Z] small* | unit
unit ::= "("? core ")"?
core ::= {core}
word ::= part ([-'\u2019/&] part)* ['\u2019]?
part ::= {part}
small ::= [a-z\u00DF-\u00F6\u00F8-\u00FF]
"""
_QUOTES: Final = r"""
quote ::= {quotes}
"""
_NAMES: Final = r"""
name ::= {names}
"""
_KNOWN: Final = r"""
known ::= {words}
"""
_NUMERIC: Final = r"""
numeric ::= [\u00A7]? number subsection{{0,3}} ("-" word)?
subsection ::= "(" [a-zA-Z]{{1,4}} ")"
number ::= {numbers}
"""
_CITED: Final = re.compile(r"(?P<body>[^\[\]]*?)\.\s*(?P<cites>\[\d+\](?:\s*\[\d+\])*)(?=\s|$)")
_COPIED: Final = re.compile(r"“(?P<words>[^“”\[\]]+)” \[(?P<key>\d+)\](?=\s|$)")
_END: Final = re.compile(r"(?<=[.!?])\s+(?!\[)")
_KEY: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a text says: its sentences in order, or that the record does not answer."""

    claims: tuple[Claim, ...]
    refused: bool = False


def build(
    texts: Sequence[str],
    keys: Sequence[int],
    *,
    vocabulary: Iterable[str] = (),
    opening: str = "",
    refusal: bool = True,
    sentences: int = 1,
    words: int = MAX_WORDS,
    quotes: Mapping[int, Sequence[str]] | None = None,
) -> str:
    """A GBNF grammar with rule ``root`` for up to `sentences` sentences that may cite the passages `keys`.

    `texts` is what the model is shown of those passages: the only source of numbers and names. Words in small
    letters are free unless there is a `vocabulary`: then they come from it and from `texts`. Every sentence begins
    with `opening`, plain words. `quotes` are texts by the key of the passage that they stand in: a sentence may be one
    of them, between quotation marks, word for word, with its own citation. `refusal` admits REFUSAL instead; beside an
    opening that the model would not choose, it would refuse only to be rid of it.
    """
    if not keys:
        raise ValueError("an answer needs a passage to cite")
    if not re.fullmatch(r"[A-Za-z, ]*", opening):
        raise ValueError("an opening is made of plain words")
    vocabulary = tuple(vocabulary)
    known = [*names(texts), *small_words([*vocabulary, *texts])] if vocabulary else []
    allowed, named = numbers(texts), names(texts)
    copies = [f'"“{text}” [{key:d}]"' for key, texts in (quotes or {}).items() for text in texts if quotable(text)]
    grammar = _GRAMMAR.format(
        quoted="quote | " if copies else "",
        more=f' (" " sentence){{0,{sentences - 1}}}' if sentences > 1 else "",
        refusal=f'"{REFUSAL}" | ' if refusal else "",
        opening=f'"{opening} " unit' if opening else "first",
        words=words - 1,
        most=min(len(keys), 3),
        cites=_either(f"[{key:d}]" for key in keys),
        core="word | numeric" if allowed else "word",
        part="known" if known else "small+ | name" if named else "small+",
    )
    if copies:
        grammar += _QUOTES.format(quotes=" | ".join(copies))
    if known:
        grammar += _KNOWN.format(words=_either(known))
    elif named:
        grammar += _NAMES.format(names=_either(named))
    if allowed:
        grammar += _NUMERIC.format(numbers=_either(allowed))
    return grammar.strip() + "\n"


def quotable(text: str) -> bool:
    """Whether a text can stand between quotation marks in a grammar and be told from what is around it."""
    return bool(text) and text.isprintable() and not set(text) & set('"\\[]“”')


def _either(words: Iterable[str]) -> str:
    """Words without quotation marks and backslashes as alternatives, those that begin alike as one.

    Every alternative that is still open costs the sampler time at every token: 600 words in a row cost 34 ms where
    they had to be held against a whole vocabulary, a third of that as a tree.
    """
    beginnings: dict[str, list[str]] = {}
    for word in words:
        beginnings.setdefault(word[0], []).append(word)
    return " | ".join(_branch(list(dict.fromkeys(same))) for same in beginnings.values())


def _branch(words: Sequence[str]) -> str:
    """Distinct words that begin alike: what they share, then the ways in which they go on."""
    shared = "".join(
        a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(min(words), max(words), strict=False))
    )
    rest = [word[len(shared) :] for word in words if word != shared]
    if not rest:
        return f'"{shared}"'
    return f'"{shared}" ({_either(rest)}){"?" if shared in words else ""}'


def names(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of the texts that begin with a capital, as they are written there, first come first."""
    found = dict.fromkeys(match[0] for text in texts for match in _NAME.finditer(text))
    return tuple(name for name in found if len(name) <= _LONGEST_NUMBER)[:MAX_NAMES]


def small_words(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of the texts that have only small letters, first come first."""
    return tuple(dict.fromkeys(match[0] for text in texts for match in _SMALL_WORD.finditer(text)))[:MAX_WORDS_KNOWN]


def numbers(texts: Iterable[str]) -> tuple[str, ...]:
    """The numbers that stand in the texts, as they are written there, first come first; of "2019-2021" its ends too."""
    found: dict[str, None] = {}
    for text in texts:
        for match in _NUMBER.finditer(text):
            whole = match[0]
            found.setdefault(whole)
            if ends := _RANGE.fullmatch(whole):
                found.setdefault(ends[1].strip(".,"))
                found.setdefault(ends[2].strip(".,"))
    return tuple(number for number in found if 0 < len(number) <= _LONGEST_NUMBER)[:MAX_NUMBERS]


def is_looping(text: str) -> bool:
    """Whether a text ends in the same words over and over, as a weak model's does when it finds no end."""
    words = text.lower().split()[:-1]  # the last one may go on
    for size in range(1, len(words) // 2 + 1):
        times = _TIMES[size - 1] if size <= len(_TIMES) else 2
        if len(words) >= size * times and words[-size * times :] == words[-size:] * times:
            return True
    return False


def parse(text: str, keys: Collection[str]) -> Claims:
    """The sentences of a generated text, without their citation marks, and what each cites.

    A sentence that does not end in a citation of one of `keys`, because it was cut off or names another, stands as
    it is and cites nothing; nothing is repaired.
    """
    text = text.strip()
    if text == REFUSAL:
        return Claims((), refused=True)
    claims: list[Claim] = []
    position = 0
    for match in _COPIED.finditer(text):
        claims += _worded(text[position : match.start()], keys)
        position = match.end()
        if match["key"] in keys:
            claims.append(Claim(f"“{match['words']}”", (Citation(match["key"]),)))
        else:
            claims.append(Claim(match[0]))
    claims += _worded(text[position:], keys)
    if any(claim.text == REFUSAL for claim in claims):
        return Claims((), refused=True)
    return Claims(tuple(claims))


def _worded(text: str, keys: Collection[str]) -> list[Claim]:
    """The sentences of a text without quotations."""
    claims: list[Claim] = []
    position = 0
    for match in _CITED.finditer(text):
        claims += _uncited(text[position : match.start()])
        position = match.end()
        cited = _KEY.findall(match["cites"])
        *before, last = _split(match["body"]) or [""]
        claims += [Claim(sentence) for sentence in before]
        if last and all(key in keys for key in cited):
            claims.append(Claim(f"{last}.", tuple(Citation(key) for key in dict.fromkeys(cited))))
        else:
            claims.append(Claim(f"{last}. {match['cites']}".strip()))
    return claims + _uncited(text[position:])


def _uncited(text: str) -> list[Claim]:
    return [Claim(sentence) for sentence in _split(text)]


def _split(text: str) -> list[str]:
    """Sentences, each without the space around it; rather one too many than one that rides on another's citation."""
    return [stripped for sentence in _END.split(text) if (stripped := sentence.strip())]
