"""The grammar of an answer, built for each request, and the reading of what was written under it.

A sentence is words and numbers and ends in at least one citation: ``Rent is due within 30 days [2].`` Letters are
free; digits come only as numbers that stand in the texts shown; a full stop stands only inside numbers and after a
citation, or the model slips past the citation; quotation marks are not admitted, since only copied text may wear
them. Numbers in words ("thirty") cannot be held back this way: that is the verifier's part.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from legalqa.values.answer import Citation, Claim

REFUSAL: Final = "The record does not answer this question."
MAX_WORDS: Final = 45  # in one sentence, before it must cite
MAX_NUMBERS: Final = 150  # in one grammar

# A number as it stands: with its currency or per cent sign, whole as a date or section number, with letters grown to
# it ("10b-5", "2nd", "COVID-19"). ASCII only, so that nothing in it can mean anything in GBNF.
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[$€£¥] ?)?(?:[A-Za-z]{1,12}-)?[A-Za-z]{0,8}[0-9][A-Za-z0-9]*"
    r"(?:[.,:/–-][0-9][A-Za-z0-9]*)*(?: ?%)?"
)
_RANGE: Final = re.compile(r"([0-9.,]+)[–-]([0-9.,]+)")
_LONGEST_NUMBER: Final = 30

_GRAMMAR: Final = r"""
root ::= refusal | sentence{more}
refusal ::= "{refusal}"
sentence ::= unit (gap unit){{1,{words}}} " " cite{{1,3}} "."
cite ::= {cites}
gap ::= [,;:]? " " ([\u2013\u2014] " ")?
unit ::= "("? core ")"?
core ::= {core}
word ::= letter+ ([-'\u2019/&] letter+)* ['\u2019]?
letter ::= [a-zA-Z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u017F]
"""
_NUMERIC: Final = r"""
numeric ::= "\u00A7"? number subsection{{0,3}} ("-" word)?
subsection ::= "(" [a-zA-Z]{{1,4}} ")"
number ::= {numbers}
"""
_CITED: Final = re.compile(r"(?P<body>[^\[\]]*?)\s*(?P<cites>(?:\[\d+\]\s*)+)\.(?=\s|$)")
_KEY: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a text says: its sentences in order, or that the record does not answer."""

    claims: tuple[Claim, ...]
    refused: bool = False


def build(texts: Iterable[str], keys: Sequence[int], *, sentences: int = 1, words: int = MAX_WORDS) -> str:
    """A GBNF grammar with rule ``root`` for up to `sentences` sentences that may cite the passages `keys`.

    `texts` is what the model is shown of those passages: the only source of numbers.
    """
    if not keys:
        raise ValueError("an answer needs a passage to cite")
    allowed = numbers(texts)
    grammar = _GRAMMAR.format(
        more=f' (" " sentence){{0,{sentences - 1}}}' if sentences > 1 else "",
        refusal=REFUSAL,
        words=words - 1,
        cites=" | ".join(f'"[{key:d}]"' for key in keys),
        core="word | numeric" if allowed else "word",
    )
    if allowed:
        grammar += _NUMERIC.format(numbers=" | ".join(f'"{number}"' for number in allowed))
    return grammar.strip() + "\n"


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
    for match in _CITED.finditer(text):
        claims += _uncited(text[position : match.start()])
        position = match.end()
        cited = _KEY.findall(match["cites"])
        *before, last = _split(match["body"]) or [""]
        claims += [Claim(sentence) for sentence in before]
        if last and all(key in keys for key in cited):
            claims.append(Claim(f"{last}.", tuple(Citation(key) for key in dict.fromkeys(cited))))
        else:
            claims += _uncited(f"{last} {match['cites']}.")
    claims += _uncited(text[position:])
    if any(claim.text == REFUSAL for claim in claims):
        return Claims((), refused=True)
    return Claims(tuple(claims))


def _uncited(text: str) -> list[Claim]:
    return [Claim(sentence) for sentence in _split(text)]


def _split(text: str) -> list[str]:
    """Sentences, each without the space around it. One without a full stop inside needs no splitting."""
    text = text.strip()
    if not re.search(r"[.!?]\s", text):
        return [text] if text else []
    from nupunkt import sent_tokenize

    return [stripped for sentence in sent_tokenize(text) if (stripped := str(sentence).strip())]
