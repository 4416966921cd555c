"""Answers as a memorandum: a heading, the questions, each answer, the sources, what was not searched, how it was made.

What is made here is a value (`legalqa.values.memo`); `memo_docx` writes it for Word, the window as PDF.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from legalqa.report import memo_answer
from legalqa.report.memo_words import AUTHORITIES, VERDICTS, Pages, bates, cite, count, printable, verdict
from legalqa.values import pin
from legalqa.values.answer import Authority, CheckedCitation
from legalqa.values.matter import MatterInfo
from legalqa.values.memo import Answered, Block, Cell, Exhibit, Memo, MemoForm, Piece

TITLE: Final = "Memorandum"
_UNREAD: Final = 200  # places that were not searched and are named one by one
_CHECKED: Final = (
    "Each sentence was held against the place that it cites, apart from the model that worded it; the mark behind it "
    "says what was found (the key stands at the end). It is for the reader to look at the cited page before relying on "
    "it. Whether an authority is good law was not examined."
)


@dataclass(frozen=True, slots=True)
class Made:
    """How the answers and the memo came about. `index` is the fingerprint of the index with its `documents`, as the
    audit file has it; `models` are (role, id where it is known, SHA-256); `files` the name and SHA-256 of each
    cited file; `marks` a mark of privilege that each cited document bears which bears one, by document id.
    """

    at: datetime
    version: str
    documents: int
    index: str
    models: tuple[tuple[str, str, str], ...]
    files: tuple[tuple[str, str], ...]
    marks: Mapping[str, str]


def compose(
    info: MatterInfo,
    answered: Sequence[Answered],
    form: MemoForm,
    made: Made,
    pages: Pages,
    exhibits: Sequence[Exhibit],
) -> Memo:
    """The memo. `pages` names the picture of each page that has one, `exhibits` are the pictures."""
    several = len(answered) > 1
    body = [
        *(_questions(answered) if several else ()),
        Block("heading", (Piece("Answers" if several else "Question and answer"),)),
        Block("text", (Piece(_CHECKED, "quiet"),)),
        *(block for n, one in enumerate(answered, 1) for block in memo_answer.blocks(one, n if several else 0, pages)),
        *_sources(answered, pages, made.marks),
        *_authorities([one for each in answered for one in each.answer.authorities]),
        *_unread(answered),
    ]
    at = made.at.astimezone()
    return Memo(
        tuple(one.answer.question for one in answered),
        tuple(sentence.verdict for one in answered for sentence in one.answer.sentences),
        TITLE,
        printable(form.mark),
        printable(form.author),
        made.at.isoformat(timespec="seconds"),
        tuple(_heading(info, answered, form, at)),
        tuple(body),
        "Appendix A. Cited pages" if exhibits else "",
        tuple(exhibits),
        tuple(_closing(info, answered, made, "Appendix B" if exhibits else "Appendix")),
    )


def _heading(info: MatterInfo, answered: Sequence[Answered], form: MemoForm, at: datetime) -> Iterator[tuple[str, str]]:
    if form.author.strip():
        yield "From", printable(form.author)
    yield "Date", f"{at:%B} {at.day}, {at.year}"
    yield "Matter", printable(info.name)
    if info.client.strip():
        yield "Client", printable(info.client)
    asked = printable(answered[0].answer.question)
    yield "Re", asked if len(answered) == 1 else f"{len(answered)} questions put to the record of the matter"


def _questions(answered: Sequence[Answered]) -> Iterator[Block]:
    yield Block("heading", (Piece("Questions"),))
    for number, one in enumerate(answered, 1):
        yield Block("text", (Piece(f"{number}. {printable(one.answer.question)}"),))


def _sources(answered: Sequence[Answered], pages: Pages, marks: Mapping[str, str]) -> Iterator[Block]:
    """What is cited: each document with the places, and where they are pictured."""
    cited: dict[str, list[CheckedCitation]] = {}
    for one in answered:
        for sentence in one.answer.sentences:
            for citation in sentence.citations:
                if citation.found and citation.document_id:
                    cited.setdefault(citation.document_id, []).append(citation)
    if not cited:
        return
    head = ("Document", "Cited at", "Appendix A") if pages else ("Document", "Cited at")
    rows: list[tuple[Cell, ...]] = [tuple((Piece(name, "strong"),) for name in head)]
    for id, citations in cited.items():
        mark = [Piece(f"\nBears a mark of privilege: {printable(marks[id])}", "note")] if id in marks else []
        amended = dict.fromkeys(printable(name.partition(", see ")[0]) for one in citations for name in one.amended_by)
        note = [Piece(f"\nAmended by {'; '.join(amended)}", "note")] if amended else []
        places = "; ".join(dict.fromkeys(_place(one) for one in citations if _place(one))) or "the document as a whole"
        names = [name for (document_id, _), name in pages.items() if document_id == id]
        shown = tuple(piece for name in names for piece in (Piece(", "), Piece(name, "link", name)))[1:]
        line = ((Piece(printable(citations[0].document)), *mark, *note), (Piece(places),), shown)
        rows.append(line[: len(head)])
    yield Block("heading", (Piece("Sources cited"),))
    yield Block("table", rows=tuple(rows), shares=(45, 37, 18) if pages else (55, 45))


def _place(citation: CheckedCitation) -> str:
    """The cite without the name of its document."""
    named = cite(citation).removeprefix(printable(citation.document)).lstrip(", ")
    return named or printable(pin.words(citation)) or bates(citation.bates)


def _authorities(authorities: Sequence[Authority]) -> Iterator[Block]:
    if not authorities:
        return
    rows: list[tuple[Cell, ...]] = [tuple((Piece(name, "strong"),) for name in ("Cited", "Known", "Where"))]
    for one in dict.fromkeys(authorities):
        word, tone = AUTHORITIES[one.status]
        rows.append(((Piece(printable(one.text)),), (Piece(word, tone),), (Piece(printable("; ".join(one.where))),)))
    yield Block("heading", (Piece("Authorities named"),))
    yield Block("table", rows=tuple(rows), shares=(45, 30, 25))


def _unread(answered: Sequence[Answered]) -> Iterator[Block]:
    """What could not be searched may hold what was not found."""
    unread = dict.fromkeys(words for one in answered for words in one.answer.searched.unreadable_pages)
    partly = dict.fromkeys(words for one in answered for words in one.answer.searched.partly_read)
    if not unread and not partly:
        return
    yield Block("heading", (Piece("Not searched"),))
    for said, places in (
        ("Could not be read, and so was not searched:", list(unread)),
        ("Only partly read:", list(partly)),
    ):
        if places:
            yield Block("text", (Piece(said),))
        for words in places[:_UNREAD]:
            yield Block("bullet", (Piece(printable(words)),))
        if (more := len(places) - _UNREAD) > 0:
            yield Block("bullet", (Piece(f"and {more:,} more: see the certificate of coverage"),))


def _closing(info: MatterInfo, answered: Sequence[Answered], made: Made, name: str) -> Iterator[Block]:
    """How it was made, so that it can be made again and compared."""
    yield Block("heading", (Piece(f"{name}. How this memorandum was made"),))
    key = [tuple((Piece(word, "strong"),) for word in ("Mark", "Meaning"))]
    key += [((verdict(kind),), (Piece(VERDICTS[kind][3]),)) for kind in VERDICTS]
    yield Block("table", rows=tuple(key), shares=(26, 74))
    wrote = dict.fromkeys(one.answer.model for one in answered if one.answer.model)
    models = [("Wording model", one.id, one.sha256) for one in wrote]
    models += [(f"{role.capitalize()} model", id, sha256) for role, id, sha256 in made.models]
    lines = [
        ("Program", f"LegalQA {made.version}"),
        ("Made", f"{made.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"),
        ("Matter", f"{info.name} ({info.id})"),
        ("Index", f"{count(made.documents, 'document')}, SHA-256 {made.index}"),
        *((role, f"{id}, SHA-256 {sha256}".removeprefix(", ")) for role, id, sha256 in models),
    ]
    rows = [((Piece(role),), (Piece(printable(words)),)) for role, words in lines]
    yield Block("text", ())
    yield Block("table", rows=(((Piece("Made with", "strong"),), (Piece("Which", "strong"),)), *rows), shares=(26, 74))
    if made.files:
        head = ((Piece("Cited file", "strong"),), (Piece("SHA-256 of the file as it was read", "strong"),))
        files = [((Piece(printable(path)),), (Piece(sha256),)) for path, sha256 in made.files]
        yield Block("text", ())
        yield Block("table", rows=(head, *files), shares=(36, 64))
