"""Write the pairs that the support checker is trained, calibrated and measured on.

    python -m models.support.pairs DATA OUT [--each 30] [--seed 20]

DATA is the development data; OUT becomes one JSON object a line: ``set``, ``part``, ``document``, ``kind``, ``claim``,
``passage``, ``supported``. A claim is a sentence of a document, most often reworded by `alter.reworded`; a passage one
to four sentences in a row. Unsupported are the same claim with one fact altered, or held against the neighbouring
sentences, or against the sentences of another document that share most words with it. Needs the project's environment,
no torch.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legalqa.evaluate import altering
from legalqa.evaluate.split import part_of
from legalqa.verify.predicates import ROLES
from legalqa.verify.words import content, sentence_spans
from models.support import alter

SETS = ("cuad", "maud", "contractnli", "privacy_qa")
SHORTEST, LONGEST = 6, 70  # words of a sentence
PASSAGE = 900  # characters
READ = 160_000  # characters of a document
_RARELY = ("number", "parties", "negation_removed")
_NUMBERED = re.compile(r"(?<![\w.])[\d$][\d,]*(?! ?\()|\(\d+%?\)")
_RARE = 12  # sentences that share a word before it is too common to find a like sentence by


@dataclass(frozen=True)
class Text:
    """A document: its sentences in order, and how it calls its parties."""

    id: str
    set: str
    part: str
    sentences: tuple[str, ...]
    parties: tuple[str, ...]


def main() -> None:
    """Write the pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--each", type=int, default=30, help="sentences of a document")
    parser.add_argument("--seed", type=int, default=20)
    given = parser.parse_args()
    texts = list(documents(given.data))
    chosen = random.Random(given.seed)
    count = 0
    with given.out.open("w", encoding="utf-8") as out:
        for row in pairs(texts, given.each, chosen):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    print(f"{count} pairs from {len(texts)} documents")


def documents(data: Path) -> Iterator[Text]:
    """The documents of all sets; distractors belong to the training part."""
    for name in SETS:
        for file in sorted((data / name / "docs").glob("*.txt")):
            yield read(file, name, part_of(file.stem))
    for file in sorted((data / "distractors").rglob("*.txt")):
        yield read(file, "distractors", "train")


def read(file: Path, set_name: str, part: str) -> Text:
    """A document's sentences, white space folded; headings, rows and fragments are left out."""
    text = file.read_text(encoding="utf-8", errors="replace")[:READ]
    found = (" ".join(text[start:end].split()) for start, end in sentence_spans(text))
    return Text(file.stem, set_name, part, tuple(one for one in found if is_prose(one)), altering.parties(text, ROLES))


def is_prose(sentence: str) -> bool:
    """Whether it is a sentence that states something."""
    words = sentence.split()
    lower = sum(word[0].islower() for word in words)
    return (
        SHORTEST <= len(words) <= LONGEST
        and sentence[0].isupper()
        and sentence[-1] == "."
        and lower >= 0.5 * len(words)
        and not re.search(r"_{3}|\.{4}|\[\*|\|", sentence)
    )


def pairs(texts: Sequence[Text], each: int, chosen: random.Random) -> Iterator[dict[str, Any]]:
    """Pairs of every document, the two labels about even."""
    for part in ("train", "development", "test"):
        some = [text for text in texts if text.part == part]
        likes = Likes(some)
        for text in some:
            places = drawn(text.sentences, each, chosen)
            for at in places:
                for kind, claim, passage, supported in of_sentence(text, at, likes, chosen):
                    yield {
                        "set": text.set, "part": part, "document": text.id, "kind": kind, "claim": claim,
                        "passage": passage, "supported": supported,
                    }  # fmt: skip


def of_sentence(text: Text, at: int, likes: Likes, chosen: random.Random) -> Iterator[tuple[str, str, str, bool]]:
    """(kind, claim, passage, supported) of one sentence: two true claims, two altered, one held elsewhere."""
    sentence = text.sentences[at]
    low, high = window(text.sentences, at, chosen)
    passage = " ".join(text.sentences[low:high])
    for said in (sentence, alter.shortened(sentence) or sentence):
        claim = alter.reworded(said, chosen)
        yield ("reworded" if claim != sentence else "same"), claim, passage, True
    numbers = [n for n in re.findall(r"(?<![\w.$])\d[\d,]*(?:\.\d+)?(?![\w.]*\d)", passage) if n not in sentence]
    ways: dict[str, str] = {
        "number": altering.number(sentence, chosen, numbers[:4]),
        "negation_added": altering.negated(sentence, chosen),
        "negation_removed": altering.affirmed(sentence, chosen),
        "parties": altering.swapped(sentence, chosen, text.parties),
        "modality": altering.modality(sentence, chosen),
        "opposite": altering.opposite(sentence, chosen),
    }
    made = [(kind, new) for kind, new in ways.items() if new and new != sentence and new not in passage]
    made.sort(key=lambda one: (one[0] not in _RARELY, chosen.random()))  # those first that few sentences allow
    for kind, new in made[:2]:
        short = alter.shortened(new)
        if not short or alter.shortened(sentence) == short or chosen.random() < 0.5:  # the tail may hold the alteration
            short = new
        yield kind, alter.reworded(short, chosen), passage, False
    if chosen.random() < 0.6:
        beside = [n for n in (*range(low - 3, low), *range(high, high + 3)) if 0 <= n < len(text.sentences)]
        if beside:
            first = chosen.choice(beside)
            other = " ".join(text.sentences[first : first + 1] if first < low else text.sentences[first : first + 2])
            if sentence not in other:
                yield "neighbour", alter.reworded(sentence, chosen), other, False
    elif like := likes.nearest(text, sentence, chosen):
        yield "other_document", alter.reworded(sentence, chosen), like, False


def drawn(sentences: Sequence[str], count: int, chosen: random.Random) -> list[int]:
    """Indices of `count` sentences out of twice as many, those with a number first: few have one."""
    some = chosen.sample(range(len(sentences)), min(2 * count, len(sentences)))
    return sorted(some, key=lambda at: not _NUMBERED.search(sentences[at]))[:count]


def window(sentences: Sequence[str], at: int, chosen: random.Random) -> tuple[int, int]:
    """One to four sentences in a row with `at` among them, `PASSAGE` characters at most."""
    low, high = at, at + 1
    for _ in range(chosen.randrange(4)):
        if chosen.random() < 0.5 and low > 0:
            low -= 1
        elif high < len(sentences):
            high += 1
        if sum(map(len, sentences[low:high])) > PASSAGE:
            return at, at + 1
    return low, high


class Likes:
    """Finds the sentence of another document that shares most rare words with one."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = {text.id: text for text in texts}
        self._where: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for text in texts:
            for at, sentence in enumerate(text.sentences):
                for word in set(content(sentence)):
                    self._where[word].append((text.id, at))

    def nearest(self, text: Text, sentence: str, chosen: random.Random) -> str:
        """That sentence; "" if there is none, or one that says the very same."""
        shared: dict[tuple[str, int], float] = defaultdict(float)
        for word in set(content(sentence)):
            places = self._where[word]
            for place in chosen.sample(places, min(len(places), 40 * _RARE)):
                if place[0] != text.id:
                    shared[place] += 1 / (1 + len(places) / _RARE)
        ranked = sorted(shared, key=lambda place: -shared[place])[:4]
        if not ranked:
            return ""
        id, at = chosen.choice(ranked)
        other = self._texts[id].sentences[at]
        mine, its = set(content(sentence)), set(content(other))
        return "" if len(mine & its) > 0.8 * len(mine) else other


if __name__ == "__main__":
    main()
