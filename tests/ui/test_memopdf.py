"""A memo as PDF, read back: its words, its pages, the boxes on its pictures."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from legalqa.errors import UserError
from legalqa.report.memo_words import cite, printable
from legalqa.values.answer import Searched, Sentence, VerifiedAnswer
from legalqa.values.memo import Answered, Block, Memo, MemoForm, Piece
from tests.report.test_memo import HOSTILE, yellow
from tests.ui.double import RENT, UNANSWERED, FakeMatter, harbor
from ui import memopdf


@pytest.fixture
def matter(qtbot: QtBot) -> FakeMatter:
    return harbor()


def written(matter: FakeMatter, target: Path, *questions: str) -> Memo:
    memo = matter.memo([Answered(matter.answers[question]) for question in questions], MemoForm("Ada Quint"))
    memopdf.write(memo, target)
    return memo


def pages(file: Path) -> list[str]:
    """The words of each page, white space as single spaces."""
    document = pypdfium2.PdfDocument(file)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


def bare(text: str) -> str:
    """Without white space: lines are broken anywhere."""
    return re.sub(r"\s", "", text)


def test_the_pdf_holds_every_sentence_verdict_quotation_and_cite(matter: FakeMatter, tmp_path: Path) -> None:
    memo = written(matter, tmp_path / "memo.pdf", RENT, UNANSWERED)
    read = pages(tmp_path / "memo.pdf")
    text = bare(" ".join(re.sub(r"Page \d+ of \d+$", "", one).replace(memo.mark.upper(), "") for one in read))
    for sentence in matter.answers[RENT].sentences:
        assert bare(sentence.text) in text
        for citation in sentence.citations:
            assert bare(cite(citation)) in text
            assert bare(citation.quote) in text
    for block in (*memo.body, *memo.closing):
        for piece in (*block.pieces, *(piece for row in block.rows for cell in row for piece in cell)):
            assert bare(piece.text) in text, "what Word says, the PDF says"
    for words in ("§ 4.1", "[×] BAD REFERENCE", "“Board", "Ada Quint", "smollm2-135m-instruct, SHA-256 b179"):
        assert bare(words).replace("“Board", "Board") in text


def test_every_page_is_marked_and_numbered(matter: FakeMatter, tmp_path: Path) -> None:
    memo = written(matter, tmp_path / "memo.pdf", RENT)
    read = pages(tmp_path / "memo.pdf")
    for number, text in enumerate(read, 1):
        assert memo.mark.upper() in text
        assert f"Page {number} of {len(read)}" in text
    assert len(read) >= len(memo.exhibits) + 2
    assert "Memorandum" in pypdfium2.PdfDocument(tmp_path / "memo.pdf").get_metadata_dict()["Title"]


def test_each_cited_page_is_pictured_with_its_words_boxed(matter: FakeMatter, tmp_path: Path) -> None:
    memo = written(matter, tmp_path / "memo.pdf", RENT)
    document = pypdfium2.PdfDocument(tmp_path / "memo.pdf")
    read = pages(tmp_path / "memo.pdf")
    for exhibit in memo.exhibits:
        (at,) = [number for number, text in enumerate(read) if f"{exhibit.name} {exhibit.caption}" in text]
        image = document[at].render(scale=4).to_pil().convert("RGB")
        left, top, right, bottom = frame(image)
        lease = next(
            one for one in matter.typesets.values() if exhibit.caption.startswith(Path(one.document.path).name)
        )
        page = int(re.findall(r"p\. (\d+)", exhibit.caption)[0])
        cited = [c for sentence in matter.answers[RENT].sentences for c in sentence.citations if c.found]
        boxes = [b for c in cited if c.document_id == lease.document.id for b in c.boxes if b.page == page]
        assert boxes
        scale = (right - left) / 612
        assert abs((bottom - top) / 792 - scale) < 0.02 * scale, "the page keeps its shape"
        for box in boxes:
            corners = [left + box.x0 * scale, top + box.y0 * scale, left + box.x1 * scale, top + box.y1 * scale]
            x0, y0, x1, y1 = (round(value) for value in corners)
            inside = image.crop((x0, y0, x1, y1))
            assert yellow(inside).mean() > 0.4
            assert (np.asarray(inside).max(axis=2) < 140).mean() > 0.02, "there are words in the box"


def frame(image: Image.Image) -> tuple[int, int, int, int]:
    """The line around the picture: the outermost columns and rows that are grey for more than half of their length."""
    shade = np.asarray(image.convert("L"))
    grey = (shade > 100) & (shade < 200)
    columns, rows = np.flatnonzero(grey.mean(axis=0) > 0.5), np.flatnonzero(grey.mean(axis=1) > 0.5)
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def test_hostile_text_is_shown_as_it_stands_and_stays_on_the_page(matter: FakeMatter, tmp_path: Path) -> None:
    cited = replace(matter.answers[RENT].sentences[0].citations[0], document=HOSTILE, quote=HOSTILE)
    answer = VerifiedAnswer(
        "answered", (Sentence(HOSTILE, "unsupported", (HOSTILE,), (cited,)),), (), (),
        Searched(1, 1, (HOSTILE,)), None, {}, HOSTILE,
    )  # fmt: skip
    memopdf.write(matter.memo([Answered(answer, HOSTILE)], MemoForm(HOSTILE, HOSTILE)), tmp_path / "memo.pdf")
    text = " ".join(pages(tmp_path / "memo.pdf"))
    assert "<b>&amp;</b>" in text
    assert bare(text).count("W" * 400) >= 5, "a word that is longer than a line is broken, not cut off"
    assert "\x1b" not in text
    assert printable(HOSTILE).startswith("[31m<b>")


def test_no_heading_stands_alone_at_the_foot_of_a_page(matter: FakeMatter, tmp_path: Path) -> None:
    memo = written(matter, tmp_path / "plain.pdf", RENT)
    for lines in range(30, 60):
        body = (
            *(Block("text", (Piece(f"Line {number}."),)) for number in range(lines)),
            Block("heading", (Piece("The heading"),)),
            Block("text", (Piece("What it heads."),)),
        )
        memopdf.write(replace(memo, body=body, exhibits=()), tmp_path / "memo.pdf")
        (page,) = [text for text in pages(tmp_path / "memo.pdf") if "The heading" in text]
        assert "What it heads." in page, lines


def test_a_place_that_cannot_be_written_leaves_nothing(matter: FakeMatter, tmp_path: Path) -> None:
    (tmp_path / "taken.pdf").mkdir()
    with pytest.raises(UserError, match="could not be written"):
        written(matter, tmp_path / "taken.pdf", RENT)
    assert [one.name for one in tmp_path.iterdir()] == ["taken.pdf"]
