"""What should be seen before an answer or a cite-check leaves the firm, with the place of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from legalqa.errors import UserError
from legalqa.values.answer import VerifiedAnswer
from legalqa.values.document import Document
from legalqa.verify import disclosure, places

MARKS = 3  # marks of privilege told of one document


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing to look at: what it is, what may be shown of it, and where it stands; `document_id` and `page` (from 1)
    where it stands in the record, "" and 0 in an answer's own words that cite nothing.
    """

    kind: disclosure.Kind
    shown: str
    where: str
    document_id: str = ""
    page: int = 0

    @property
    def words(self) -> str:
        """For people."""
        return f"{disclosure.WORDS[self.kind]} ({self.shown}) in {self.where}"

    def as_json(self) -> dict[str, Any]:
        """As in the "warnings" of ``ask --json`` and ``verify --json``."""
        return {"kind": self.kind, "words": disclosure.WORDS[self.kind], "shown": self.shown, "where": self.where}


def of(answer: VerifiedAnswer, load: Callable[[str], Document]) -> tuple[Warned, ...]:
    """Personal numbers in what is exported (sentences, quotations, passages), and the marks of privilege that the
    documents bear from which it comes, once each, in order.
    """
    return tuple(dict.fromkeys((*_numbers(answer), *marks(answer, load))))


def _numbers(answer: VerifiedAnswer) -> Iterator[Warned]:
    for number, sentence in enumerate(answer.sentences, 1):
        found = next((one for one in sentence.citations if one.found and one.pages), None)
        place = (found.document_id, found.pages[0]) if found else ("", 0)
        for text in (sentence.text, *sentence.reasons, *(citation.quote for citation in sentence.citations)):
            for one in disclosure.find(text):
                yield Warned(one.kind, one.shown, f"sentence {number}", *place)
    for passage in answer.passages:
        for one in disclosure.find(passage.text):
            pages = f" p. {passage.pages[0]}" if passage.pages and passage.paged else ""
            page = passage.pages[0] if passage.pages else 0
            yield Warned(one.kind, one.shown, f"{passage.document}{pages}", passage.document_id, page)


def marks(answer: VerifiedAnswer, load: Callable[[str], Document]) -> Iterator[Warned]:
    """The marks of privilege that the documents bear from which the answer comes, the first few of each."""
    cited = (citation.document_id for sentence in answer.sentences for citation in sentence.citations)
    for id in dict.fromkeys((*cited, *(passage.document_id for passage in answer.passages))):
        if not id:
            continue
        try:
            document = load(id)
        except UserError:  # it has left the matter since
            continue
        found = [one for one in disclosure.find(document.text) if one.kind == "privilege"]
        for one in found[:MARKS]:
            pages = document.pages_of(one.start, one.end)
            where = places.named(document, one.start, one.end)
            yield Warned(one.kind, one.shown, where, id, pages[0].number if pages else 0)
