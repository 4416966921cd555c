"""A draft's commented copy and report, as Word would open them."""

from pathlib import Path

import docx
import pytest

from legalqa.errors import UserError
from legalqa.report import cite_check, commented
from legalqa.values.answer import Authority, CheckedCitation, Searched, Sentence, VerifiedAnswer

RIGHT = "Rent is due on the first day of each month."
WRONG = "The Tenant “shall pay $9,999” as a deposit (Lease § 3)."
ACROSS = "The Landlord may enter at any time."


def sentence(text: str, verdict: str, *reasons: str, elsewhere: tuple[str, ...] = ()) -> Sentence:
    citations = (CheckedCitation("Lease § 3", False, elsewhere=elsewhere),) if elsewhere else ()
    return Sentence(text, verdict, reasons, citations)  # type: ignore[arg-type]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    document = docx.Document()
    document.add_heading("Statement of Facts", 1)
    paragraph = document.add_paragraph(f"{RIGHT}  The Tenant ")
    paragraph.add_run("\u201cshall pay ").italic = True
    paragraph.add_run("$9,999\u201d as a deposit (Lease §\u00a03). It was").bold = True
    paragraph.add_run().add_tab()
    paragraph.add_run("paid.")
    cell = document.add_table(rows=1, cols=1).rows[0].cells[0]
    cell.text = f"{ACROSS} {ACROSS}"
    document.save(str(tmp_path / "draft.docx"))
    return tmp_path / "draft.docx"


def plain(path: Path) -> list[str]:
    document = docx.Document(str(path))
    return [p.text for p in document.paragraphs] + [document.tables[0].rows[0].cells[0].text]


def anchored(path: Path) -> list[str]:
    """The text between the marks of each comment, in the order of the marks."""
    body = docx.Document(str(path)).element.body
    found: dict[str, str] = {}
    within: list[str] = []
    for element in body.iter():
        name = element.tag.rpartition("}")[2]
        key = next((value for key, value in element.items() if key.endswith("}id")), "")
        if name == "commentRangeStart":
            within.append(key)
            found[key] = ""
        elif name == "commentRangeEnd":
            within.remove(key)
        elif name == "t":
            for open_one in within:
                found[open_one] += element.text or ""
    return list(found.values())


def test_a_comment_stands_at_the_very_words(draft: Path, tmp_path: Path) -> None:
    notes = [
        commented.Note(WRONG, "Bad reference: the record says $5,000."),
        commented.Note("It was paid.", "Cites nothing."),
        commented.Note(ACROSS, "first"),
        commented.Note(ACROSS, "second"),
    ]
    target = tmp_path / "checked.docx"
    assert commented.write(draft, target, notes) == ()
    assert plain(target) == plain(draft)
    assert anchored(target) == [
        "The Tenant “shall pay $9,999” as a deposit (Lease §\u00a03).",
        "It waspaid.",
        ACROSS,
        ACROSS,
    ]
    comments = list(docx.Document(str(target)).comments)
    assert [comment.text for comment in comments] == [note.remark for note in notes]
    assert {comment.author for comment in comments} == {"LegalQA"}


def test_formatting_stays(draft: Path, tmp_path: Path) -> None:
    target = tmp_path / "checked.docx"
    commented.write(draft, target, [commented.Note(WRONG, "no")])
    runs = docx.Document(str(target)).paragraphs[1].runs
    assert "".join(run.text for run in runs if run.italic) == "“shall pay "
    assert "".join(run.text for run in runs if run.bold) == "$9,999” as a deposit (Lease §\u00a03). It was"


def test_a_sentence_that_is_not_there_is_reported(draft: Path, tmp_path: Path) -> None:
    lost = commented.Note("This stands in a footnote.", "Cites nothing.")
    assert commented.write(draft, tmp_path / "checked.docx", [lost]) == (lost,)


def test_what_is_no_word_file_is_refused(tmp_path: Path) -> None:
    fake = tmp_path / "draft.docx"
    fake.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(UserError, match="cannot be opened"):
        commented.write(fake, tmp_path / "out.docx", [])
    assert not (tmp_path / "out.docx").exists()


def test_only_what_needs_a_look_is_commented() -> None:
    checked = VerifiedAnswer(
        "checked",
        (
            sentence(RIGHT, "verbatim", "the words stand in the cited place"),
            sentence(WRONG, "bad_reference", "the words do not stand there", elsewhere=("Lease.pdf, p. 2",)),
        ),
        (), (), Searched(2, 9), None, {}, question="draft.docx",
    )  # fmt: skip
    (note,) = commented.notes_of(checked)
    assert note.sentence == WRONG
    assert "Bad reference" in note.remark
    assert "Found instead in Lease.pdf, p. 2" in note.remark


def test_the_report_says_the_worst_first(tmp_path: Path) -> None:
    checked = VerifiedAnswer(
        "checked",
        (
            sentence(RIGHT, "verbatim", "the words stand in the cited place"),
            sentence(ACROSS, "uncited", "cites no place in the record"),
            sentence(WRONG, "bad_reference", "the words do not stand there"),
        ),
        (Authority("1 F.4th 1", "unknown"),),
        (), Searched(2, 9, unreadable_pages=("scan.pdf p. 3",)), None, {}, question="draft.docx",
    )  # fmt: skip
    target = tmp_path / "report.docx"
    cite_check.write(checked, "Harbor", target)
    text = [paragraph.text for paragraph in docx.Document(str(target)).paragraphs]
    assert text.index(WRONG) < text.index(ACROSS) < text.index(RIGHT)
    assert "scan.pdf p. 3" in text
    counts = docx.Document(str(target)).tables[0]
    assert [row.cells[1].text for row in counts.rows[1:]] == ["1", "0", "1", "0", "1"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    checked = VerifiedAnswer("checked", (), (), (), Searched(0, 0), None, {}, question="draft.docx")
    with pytest.raises(UserError, match="could not be written"):
        cite_check.write(checked, "Harbor", tmp_path / "no" / "report.docx")


def test_the_report_says_what_should_be_seen_before_it_leaves(tmp_path: Path) -> None:
    checked = VerifiedAnswer("checked", (sentence(RIGHT, "supported"),), (), (), Searched(1, 1), None, {}, "draft.docx")
    cite_check.write(checked, "Sample", tmp_path / "with.docx", ["a mark of privilege (PRIVILEGED) in Memo.pdf p. 1"])
    cite_check.write(checked, "Sample", tmp_path / "without.docx")
    told, untold = (
        [p.text for p in docx.Document(str(tmp_path / name)).paragraphs] for name in ("with.docx", "without.docx")
    )
    assert "a mark of privilege (PRIVILEGED) in Memo.pdf p. 1" in told
    assert not any("leaves the firm" in text for text in untold)
