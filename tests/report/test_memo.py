"""A memo as Word opens it: every sentence, verdict, quotation and record cite, and the pictures of the cited pages."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import numpy as np
import pytest
from docx.oxml.ns import qn
from numpy.typing import NDArray
from PIL import Image

from legalqa.errors import Cancelled, UserError
from legalqa.report import memo_docx
from legalqa.report.memo_words import cite, printable
from legalqa.values.answer import CheckedCitation, Searched, Sentence, VerifiedAnswer
from legalqa.values.form import Form, Remark, Row, TermCount, Value
from legalqa.values.memo import PRIVILEGED, Answered, Block, Drawn, Memo, MemoForm, Piece
from legalqa.values.question import Scope, Understood
from tests.ui.double import RENT, UNANSWERED, FakeMatter, Picture, harbor

HOSTILE = "\x1b[31m<b>&amp;</b>\x00\ufffe\udcff \u202eevil\u2066 שלום עולם " + "W" * 400


@pytest.fixture
def matter() -> FakeMatter:
    return harbor()


def made(matter: FakeMatter, *questions: str, form: MemoForm | None = None) -> Memo:
    answered = [Answered(matter.answers[question], "type=lease") for question in questions]
    return matter.memo(answered, form or MemoForm("Ada Quint"))


def said(memo: Memo) -> str:
    """All words of a memo, a line a block or row."""
    return "\n".join(
        "".join(piece.text for piece in block.pieces)
        + "\n".join(" | ".join("".join(piece.text for piece in cell) for cell in row) for row in block.rows)
        for block in (*memo.body, *memo.closing)
    )


def read(path: Path) -> str:
    """All words of a Word file in their order, tables and links included."""
    body = docx.Document(str(path)).element.body
    lines = []
    for paragraph in body.iter(qn("w:p")):
        pieces = (one for one in paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab")))
        lines.append("".join((one.text or "") if one.tag == qn("w:t") else "\n" for one in pieces))
    return "\n".join(lines)


def pictures(path: Path) -> list[Image.Image]:
    with zipfile.ZipFile(path) as archive:
        names = sorted(
            (name for name in archive.namelist() if name.startswith("word/media/")),
            key=lambda name: int("".join(filter(str.isdigit, name))),
        )
        return [Image.open(io.BytesIO(archive.read(name))).convert("RGB") for name in names]


def test_word_holds_every_sentence_verdict_quotation_and_cite(matter: FakeMatter, tmp_path: Path) -> None:
    target = tmp_path / "memo.docx"
    memo_docx.write(made(matter, RENT, UNANSWERED), target)
    text = read(target)
    answer = matter.answers[RENT]
    for sentence in answer.sentences:
        assert sentence.text in text
        for citation in sentence.citations:
            assert cite(citation) in text
            assert citation.quote in text
    for mark in ("[=] Verbatim", "[+] Supported", "[!] UNSUPPORTED", "[×] BAD REFERENCE", "[?] UNCITED"):
        assert text.replace("\u00a0", " ").count(mark) == 2, "once at its sentence, once in the key"
    assert "Found instead: Harbor Point Lease.pdf, p. 2 (says 150%)." in text
    assert "The record does not answer this." in text
    assert "Kel Kim Corp. v. Central Markets, 70 N.Y.2d 900 (1987)" in text
    assert "Unknown: to be checked before it is relied on" in text
    assert "Board minutes (sealed).pdf (a password is needed to open it)" in text
    for words in ("Ada Quint", "Harbor Point v. Delmar", "Harbor Point Terminals LLC", RENT, UNANSWERED, "type=lease"):
        assert words in text
    assert f"Harbor Point Lease.pdf\n{'0' * 64}" in text
    for words in ("smollm2-135m-instruct, SHA-256 b179", "all-minilm-l6-v2, SHA-256 e1e1", "2 documents, SHA-256 1d1d"):
        assert words in text
    assert text.index("Questions") < text.index("Sources cited") < text.index("\nNot searched\n")
    assert text.index("Appendix A. Cited pages") < text.index("Appendix B. How this memorandum was made")


def test_a_bad_reference_is_struck_out_and_boxed_nowhere(matter: FakeMatter) -> None:
    memo = made(matter, RENT)
    lost = matter.answers[RENT].sentences[3].citations[0]
    struck = [piece.text for block in memo.body for piece in block.pieces if piece.tone == "struck"]
    assert struck == [cite(lost), f"“{lost.quote}”"]
    assert ": does not stand there" in said(memo)
    assert "p. 3" not in "".join(one.caption for one in memo.exhibits), "only that citation names page 3"


def test_the_pictures_box_the_very_words(matter: FakeMatter, tmp_path: Path) -> None:
    memo = made(matter, RENT)
    memo_docx.write(memo, tmp_path / "memo.docx")
    drawn = pictures(tmp_path / "memo.docx")
    captions = [one.caption for one in memo.exhibits]
    assert captions == [
        "Harbor Point Lease.pdf, p. 1, HARBOR000101",
        "Harbor Point Lease.pdf, p. 2, HARBOR000102",
        "2024-03-03 Notice of default.pdf, p. 1",
    ]
    cited = [one for sentence in matter.answers[RENT].sentences for one in sentence.citations if one.found]
    for picture, (id, page) in zip(drawn, dict.fromkeys((c.document_id, c.pages[0]) for c in cited), strict=True):
        boxes = [box for one in cited if one.document_id == id for box in one.boxes if box.page == page]
        scale = picture.width / 612
        found, words = yellow(picture), np.asarray(picture).max(axis=2) < 140
        for box in boxes:
            x0, y0, x1, y1 = (round(value * scale) for value in (box.x0, box.y0, box.x1, box.y1))
            assert found[y0:y1, x0:x1].mean() > 0.5, "the paper between the words is yellow"
            assert words[y0:y1, x0:x1].mean() > 0.02, "there are words in the box"
        area = sum((box.x1 - box.x0 + 2) * (box.y1 - box.y0 + 2) for box in boxes) * scale**2
        assert 0.5 < found.sum() / area < 1.1, "what is not cited is not boxed"


def yellow(picture: Image.Image) -> NDArray[np.bool_]:
    """Which pixels are marked."""
    red, green, blue = np.moveaxis(np.asarray(picture).astype(int), 2, 0)
    marked: NDArray[np.bool_] = (red > 220) & (green > 200) & (blue < 210)
    return marked


def test_cites_lead_to_the_pictures(matter: FakeMatter, tmp_path: Path) -> None:
    memo_docx.write(made(matter, RENT), tmp_path / "memo.docx")
    body = docx.Document(str(tmp_path / "memo.docx")).element.body
    names = {one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))}
    links = {one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))}
    assert links == names == {"page_A1", "page_A2", "page_A3"}


def test_every_page_is_marked_and_numbered(matter: FakeMatter, tmp_path: Path) -> None:
    for mark in (PRIVILEGED, ""):
        memo_docx.write(made(matter, RENT, form=MemoForm(mark=mark)), tmp_path / "memo.docx")
        section = docx.Document(str(tmp_path / "memo.docx")).sections[0]
        assert section.header.paragraphs[0].text == mark.upper()
        fields = [one.get(qn("w:instr")) for one in section.footer.paragraphs[0]._p.iter(qn("w:fldSimple"))]
        assert fields == ["PAGE", "NUMPAGES"]


def test_properties_name_the_author_and_no_template(matter: FakeMatter, tmp_path: Path) -> None:
    memo_docx.write(made(matter, RENT), tmp_path / "memo.docx")
    properties = docx.Document(str(tmp_path / "memo.docx")).core_properties
    assert (properties.author, properties.title, properties.comments) == ("Ada Quint", "Memorandum", "")
    assert properties.created is not None
    assert properties.created.year > 2013


def test_hostile_text_breaks_nothing(matter: FakeMatter, tmp_path: Path) -> None:
    cited = replace(matter.answers[RENT].sentences[0].citations[0], document=HOSTILE, quote=HOSTILE, pin=HOSTILE,
                    section=(HOSTILE,), bates=(HOSTILE,), header=HOSTILE, amended_by=(HOSTILE,))  # fmt: skip
    bad = replace(cited, found=False, elsewhere=(HOSTILE,))
    answer = VerifiedAnswer(
        "answered", (Sentence(HOSTILE, "unsupported", (HOSTILE,), (cited, bad)),), (), (),
        Searched(1, 1, (HOSTILE,), (HOSTILE,)), None, {}, HOSTILE,
    )  # fmt: skip
    matter.info = replace(matter.info, name=HOSTILE, client=HOSTILE)
    memo = matter.memo([Answered(answer, HOSTILE)], MemoForm(HOSTILE, HOSTILE))
    memo_docx.write(memo, tmp_path / "memo.docx")
    text = read(tmp_path / "memo.docx")
    plain = printable(HOSTILE)
    assert "<b>&amp;</b>" in plain
    assert "שלום עולם" in plain
    assert text.count(plain) >= 10
    assert not set("\x00\x1b\u202e\u2066\udcff\ufffe") & set(text)


def test_a_listing_is_a_table_that_holds_every_sentence(matter: FakeMatter) -> None:
    answer = matter.answers[RENT]
    ids = list(matter.typesets)
    rows = (Row(ids[0], "Lease.pdf", "", (0, 3)), Row(ids[1], "Letter.pdf", "", (1,)), Row("x", "Nothing.pdf", ""))
    matter.answers[RENT] = replace(answer, form=Form("listing", rows=rows))
    memo = made(matter, RENT)
    (table,) = [block for block in memo.body if block.rows and block.rows[0][0][0].text == "Document" and
                len(block.shares) == 4]  # fmt: skip
    assert len(table.rows) == 4
    text = said(memo)
    for sentence in answer.sentences:
        assert text.count(sentence.text) == 1
    assert "2 of 3 documents:" in text
    assert "Searched without a finding: Nothing.pdf." in text


def test_values_notes_scope_and_counts_are_told(matter: FakeMatter) -> None:
    rent, none = matter.answers[RENT], matter.answers[UNANSWERED]
    lease = rent.sentences[0].citations[0]
    form = Form(
        values=(Value("amount", "$48,500.00", "48500", "USD", 0, lease.document_id, 0, 1),),
        remarks=(Remark("differs", "The places state different values.", (0, 1)), Remark("premise", "No vessel.")),
    )
    scope = Scope(lease.document_id, 0.9, "named in the question", "Harbor Point Lease.pdf")
    matter.answers[RENT] = replace(rent, form=form, understood=Understood(RENT, RENT, scopes=(scope,)), stopped=True)
    matter.answers[UNANSWERED] = replace(none, form=Form(counts=(TermCount("vessel", 2, 1), TermCount("hull", 0, 0))))
    text = said(made(matter, RENT, UNANSWERED))
    assert f"$48,500.00 ({cite(lease)} [A1].)" in text
    assert f"Note: The places state different values. ({cite(lease)}; " in text
    assert text.index("Note: No vessel.") < text.index(rent.sentences[0].text)
    assert "Asked of Harbor Point Lease.pdf (named in the question). Filter: type=lease." in text
    assert "“vessel” 2 times in 1 document; “hull” nowhere" in text
    assert "Stopped before the answer was complete" in text


def test_a_page_that_cannot_be_drawn_says_so(matter: FakeMatter, tmp_path: Path) -> None:
    drawn = matter.page_image

    def torn(document_id: str, page: int, scale: float = 2.0) -> Picture:
        if page == 2:
            raise UserError("Page 2 cannot be drawn: the file is missing, changed or damaged.")
        return drawn(document_id, page, scale)

    matter.page_image = torn  # type: ignore[method-assign]
    memo = made(matter, RENT)
    assert [bool(one.data) for one in memo.exhibits] == [True, False, True]
    memo_docx.write(memo, tmp_path / "memo.docx")
    assert "This page could not be drawn: Page 2 cannot be drawn: the file is missing" in read(tmp_path / "memo.docx")


def test_a_document_that_has_left_the_matter_is_named(matter: FakeMatter) -> None:
    lease = next(iter(matter.typesets))
    del matter.typesets[lease]
    memo = made(matter, RENT)
    assert memo.exhibits[0].caption == "Harbor Point Lease.pdf, page 1 of the file"
    assert "The matter holds no document" in memo.exhibits[0].why
    assert matter.answers[RENT].sentences[0].text in said(memo)


def test_without_pictures_nothing_points_at_them(matter: FakeMatter) -> None:
    memo = made(matter, RENT, form=MemoForm(pages=False))
    assert memo.exhibits == ()
    assert "A1" not in said(memo)
    assert "Appendix. How this memorandum was made" in said(memo)


def test_stop_ends_it_between_two_pages(matter: FakeMatter) -> None:
    stop = threading.Event()

    def told(drawn: Drawn) -> None:
        assert (drawn.done, drawn.total) == (1, 3)
        stop.set()

    with pytest.raises(Cancelled):
        matter.memo([Answered(matter.answers[RENT])], MemoForm(), on_drawn=told, stop=stop)
    assert len(matter.drawn) == 1


def test_nothing_to_export_is_refused(matter: FakeMatter) -> None:
    with pytest.raises(UserError, match="no answer"):
        matter.memo([], MemoForm())


def test_a_place_that_cannot_be_written_leaves_nothing(matter: FakeMatter, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="could not be written"):
        memo_docx.write(made(matter, RENT), tmp_path / "no" / "memo.docx")
    (tmp_path / "taken.docx").mkdir()
    with pytest.raises(UserError, match="could not be written"):
        memo_docx.write(made(matter, RENT), tmp_path / "taken.docx")
    assert [one.name for one in tmp_path.iterdir()] == ["taken.docx"]


@pytest.mark.parametrize(
    ("section", "cited"),
    [
        (("ARTICLE 4 RENT", "4.2 Late Charges"), "§\u00a04.2, p.\u00a01"),
        (("Section 7(b) Cure",), "§\u00a07(b), p.\u00a01"),
        (("§ 12. Notices",), "§\u00a012, p.\u00a01"),
        (("Recitals",), "p.\u00a01"),
        (("2024 Budget",), "p.\u00a01"),
        (("12. Notices",), "§\u00a012, p.\u00a01"),
        ((), "p.\u00a01"),
    ],
)
def test_sections_are_cited_by_number(section: tuple[str, ...], cited: str) -> None:
    one = CheckedCitation("1", True, "Lease.pdf", "x", section=section, pages=(1,))
    assert cite(one) == f"Lease.pdf, {cited}"


def test_a_file_without_pages_is_cited_by_its_heading() -> None:
    one = CheckedCitation("1", True, "Letter.docx", "x", section=("RECITALS",), pages=(1,), paged=False)
    assert cite(one) == "Letter.docx, “RECITALS”"
    assert cite(replace(one, section=("RECITALS", "A."))) == "Letter.docx, “RECITALS A.”"
    assert cite(replace(one, section=("2. Term",))) == "Letter.docx, §\u00a02"


def test_what_qualifies_a_sound_sentence_is_told(matter: FakeMatter) -> None:
    rent = matter.answers[RENT]
    reasons = ("the words stand in the cited place, exactly", "note: in the record the words follow “shall not”",
               "note: read by OCR, the least certain word with 50% confidence")  # fmt: skip
    cited = replace(rent.sentences[0].citations[0], ocr_confidence=50.0)
    one = replace(rent.sentences[0], reasons=reasons, citations=(cited,))
    matter.answers[RENT] = replace(rent, sentences=(one,))
    pieces = [piece for block in made(matter, RENT).body for piece in block.pieces]
    assert Piece("Note: in the record the words follow “shall not”.", "note") in pieces
    assert sum("50%" in piece.text for piece in pieces) == 1, "once is enough"


def blocks_of(kind: str, memo: Memo) -> Iterator[Block]:
    return (block for block in memo.body if block.kind == kind)


def test_sources_name_marks_of_privilege(matter: FakeMatter) -> None:
    lease = next(iter(matter.typesets.values()))
    lease.document = replace(lease.document, text="PRIVILEGED AND CONFIDENTIAL " + lease.document.text[28:])
    tables = list(blocks_of("table", made(matter, RENT)))
    cells = [cell for table in tables for row in table.rows for cell in row]
    assert any(Piece("\nBears a mark of privilege: PRIVILEGED AND CONFIDENTIAL", "note") in cell for cell in cells)
