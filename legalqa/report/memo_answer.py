"""One answer in a memo: what was asked of what, every sentence with verdict, quotes and record cites, what to note."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from legalqa.report.memo_words import SOUND, Pages, cite, count, pictures, printable, quoted, verdict
from legalqa.values.answer import CheckedCitation, Sentence, VerifiedAnswer
from legalqa.values.form import Remark, Row, Value
from legalqa.values.memo import Answered, Block, Cell, Piece
from legalqa.values.question import SURE
from legalqa.values.reading import shown

NEAREST: Final = 4  # passages shown where the record does not answer
_DOUBTFUL: Final = 80.0  # per cent of OCR confidence below which a citation says so
_FIRST: Final = ("elsewhere", "premise")  # remarks that are read before the answer
_LISTED: Final = ("listing", "comparison")
_HEAD: Final = ("Document", "What it says", "Verdict", "Record cite")
_SHARES: Final = (20, 46, 14, 20)


def blocks(one: Answered, number: int, pages: Pages) -> Iterator[Block]:
    """The answer to question `number`, from 1; 0 where it is the only one. `pages` are those that are pictured."""
    answer = one.answer
    head = f"{number}. {printable(answer.question)}" if number else printable(answer.question)
    yield Block("subheading", (Piece(head),))
    yield Block("remark", (Piece(_asked_of(one), "quiet"),))
    if answer.stopped:
        yield Block("text", (Piece("Stopped before the answer was complete; what follows was verified.", "warn"),))
    if not answer.sentences:
        yield from _not_found(answer)
    for note in answer.form.remarks:
        if note.kind in _FIRST:
            yield Block("text", (Piece("Note: ", "strong"), Piece(_remark(note, answer))))
    for value in answer.form.values:
        yield Block("text", _leading(value, answer, pages))
    yield from _sentences(answer, pages)
    for note in answer.form.remarks:
        if note.kind not in _FIRST:
            yield Block("text", (Piece("Note: ", "strong"), Piece(_remark(note, answer))))
    yield Block("remark", (Piece(_searched(answer), "quiet"),))


def _asked_of(one: Answered) -> str:
    """The scope under which it was asked."""
    understood = one.answer.understood
    sure = [scope for scope in understood.scopes if scope.score >= SURE] if understood else []
    named = "; ".join(printable(scope.document) + (f" ({scope.reason})" if scope.reason else "") for scope in sure)
    said = f"Asked of {named}." if named else "Asked of the whole matter."
    return f"{said} Filter: {printable(one.where)}." if one.where.strip() else said


def _searched(answer: VerifiedAnswer) -> str:
    searched = answer.searched
    said = f"Searched {count(searched.documents, 'document')}, {count(searched.pages, 'page')}."
    unread = len(searched.unreadable_pages) + len(searched.partly_read)
    places = "1 file or page was" if unread == 1 else f"{unread:,} files or pages were"
    return f"{said} {places} not read, or only in part: see “Not searched”." if unread else said


def _not_found(answer: VerifiedAnswer) -> Iterator[Block]:
    """That nothing answers, how often the question's words stand where, and the nearest places."""
    if not answer.stopped:
        yield Block("text", (Piece("The record does not answer this. ", "strong"), Piece(_NOTHING)))
    if answer.form.counts:
        said = (
            f"“{printable(one.term)}” {count(one.count, 'time')} in {count(one.documents, 'document')}"
            if one.count
            else f"“{printable(one.term)}” nowhere"
            for one in answer.form.counts
        )
        yield Block("text", (Piece(f"The question’s words stand in the record: {'; '.join(said)}."),))
    if answer.passages:
        yield Block("text", (Piece("Nearest passages, which do not answer it:"),))
    for passage in answer.passages[:NEAREST]:
        words = textwrap.shorten(printable(shown(passage)), 300, placeholder=" …")
        yield Block("bullet", (Piece(f"{cite(passage)}: "), Piece(words, "quiet")))


_NOTHING: Final = "Nothing in the searched documents supports an answer, so none is given."


def _remark(note: Remark, answer: VerifiedAnswer) -> str:
    """A remark, with the places that it speaks of."""
    cited = [cite(one) for index in note.sentences for one in answer.sentences[index].citations if one.found]
    places = "; ".join(dict.fromkeys(cited)) if note.kind in ("amended", "differs") else ""
    return f"{printable(note.text)} ({places})" if places else printable(note.text)


def _leading(value: Value, answer: VerifiedAnswer, pages: Pages) -> Cell:
    """The value that answers, before the sentence that it was read from."""
    found = [one for one in answer.sentences[value.sentence].citations if one.found][:1]
    places = [piece for one in found for piece in (Piece(f" ({cite(one)}"), *pictures(one, pages), Piece(".)"))]
    return (Piece(printable(value.text), "strong"), *places)


def _sentences(answer: VerifiedAnswer, pages: Pages) -> Iterator[Block]:
    """Every sentence exactly once: in the table those that belong to its rows, the others in their order."""
    rows = answer.form.rows if answer.form.shape in _LISTED else ()
    tabled = {index for row in rows for index in row.sentences}
    having = [row for row in rows if row.sentences]
    if answer.form.shape == "listing" and having:
        yield Block("text", (Piece(f"{len(having)} of {count(len(rows), 'document')}:"),))
    if having:
        yield Block("table", rows=_table(having, answer, pages), shares=_SHARES)
    for index, sentence in enumerate(answer.sentences):
        if index not in tabled:
            yield from _sentence(sentence, pages)
    if without := [printable(row.document) for row in rows if not row.sentences]:
        yield Block("text", (Piece(f"Searched without a finding: {'; '.join(without)}."),))


def _sentence(sentence: Sentence, pages: Pages) -> Iterator[Block]:
    cites = _cites(sentence.citations, pages)
    yield Block("text", (Piece(printable(sentence.text)), *cites, Piece("  "), verdict(sentence.verdict)))
    for citation in sentence.citations:
        for piece in _quote(citation, sentence.text):
            yield Block("quote", (piece,))
    for words in _said(sentence):
        yield Block("remark", (words,))


def _table(rows: Sequence[Row], answer: VerifiedAnswer, pages: Pages) -> tuple[tuple[Cell, ...], ...]:
    """A line for each sentence; its document is named in the first line of several."""
    lines: list[tuple[Cell, ...]] = [tuple((Piece(name, "strong"),) for name in _HEAD)]
    for row in rows:
        for at, index in enumerate(row.sentences):
            sentence = answer.sentences[index]
            says = [Piece(printable(sentence.text))]
            for citation in sentence.citations:
                says += [Piece(f"\n{piece.text}", piece.tone) for piece in _quote(citation, sentence.text)]
            says += [Piece(f"\n{piece.text}", piece.tone) for piece in _said(sentence)]
            name = (Piece(printable(row.document)),) if at == 0 else ()
            cites = _cites(sentence.citations, pages, bare=True)
            lines.append((name, tuple(says), (verdict(sentence.verdict),), cites))
    return tuple(lines)


def _cites(citations: Sequence[CheckedCitation], pages: Pages, *, bare: bool = False) -> Cell:
    """ " (Lease.pdf, § 4.1, p. 6 [A1]; Letter.pdf, p. 1 [A2].)"; a place that does not hold says so. `bare`: without
    parentheses.
    """
    cited: dict[str, list[Piece]] = {}
    for one in citations:
        where = cite(one) if one.document else "no such source"
        shown_as = Piece(where) if one.found else Piece(where, "struck")
        fault = [] if one.found else [Piece(": does not stand there", "bad")]
        cited.setdefault(f"{where} {one.found}", [shown_as, *fault, *(pictures(one, pages) if one.found else [])])
    if not cited:
        return ()
    parts = [piece for number, part in enumerate(cited.values()) for piece in ([Piece("; ")] * bool(number) + part)]
    return tuple(parts) if bare else (Piece(" ("), *parts, Piece(".)"))


def _quote(citation: CheckedCitation, sentence: str) -> Iterator[Piece]:
    """The quotation, struck out if it does not stand there; none where the sentence is the quotation itself."""
    if citation.quote.strip() and (not citation.found or _bare(citation.quote) not in _bare(sentence)):
        yield Piece(quoted(citation.quote), "plain" if citation.found else "struck")


def _said(sentence: Sentence) -> Iterator[Piece]:
    """Reasons, where the words stand instead, and what a reader of the cited place has to know."""
    sound, noted = sentence.verdict in SOUND, "note: "
    if sentence.verdict != "verbatim" or len(sentence.reasons) > 1:  # that the words stand there says the mark
        for reason in sentence.reasons:
            words = printable(reason).rstrip(".")
            yield Piece(f"{words[:1].upper()}{words[1:]}.", "quiet" if sound and noted not in reason else "note")
    told = any("OCR" in reason for reason in sentence.reasons)
    for citation in sentence.citations:
        if not citation.found and not citation.hidden:
            places = "; ".join(map(printable, citation.elsewhere))
            yield Piece(f"Found instead: {places}." if places else "Found nowhere else in the matter.", "note")
        if citation.header:
            yield Piece(f"Under the table’s header: {printable(citation.header)}", "quiet")
        if citation.amended_by:
            yield Piece(f"Document amended by {'; '.join(map(printable, citation.amended_by))}.", "note")
        if citation.hidden:
            yield Piece(f"Text that cannot be seen on the page: {printable(citation.hidden)}.", "note")
        if citation.ocr_confidence is not None and citation.ocr_confidence < _DOUBTFUL and not told:
            sure = f"{citation.ocr_confidence:.0f}%"
            yield Piece(f"From a scan; least certain word {sure}: to be compared with the page.", "note")


def _bare(text: str) -> str:
    """The letters and digits of a text: inside a quotation its own quotation marks are written otherwise."""
    return "".join(filter(str.isalnum, text)).casefold()
