"""``legalqa ask --memo``: the memo, what is told before it, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest

from legalqa import cli_memo
from legalqa.errors import EXIT_USAGE, UserError
from tests.conftest import Run

LEASE = """ATTORNEY-CLIENT PRIVILEGED

LEASE AGREEMENT

4.1 Base Rent. Tenant shall pay Base Rent of $42,500 per month in advance on the first day of each month.

4.2 Guarantor. The guarantor's social security number is 219-09-9999.
"""


@pytest.mark.parametrize(
    ("name", "replace", "said"),
    [
        ("memo.pdf", False, "from the window"),
        ("memo.txt", False, "name in .docx"),
        ("no/memo.docx", False, "There is no folder"),
        ("there.docx", False, "It was left as it is. Add --replace."),
    ],
)
def test_what_cannot_be_written_is_refused_first(tmp_path: Path, name: str, replace: bool, said: str) -> None:
    (tmp_path / "there.docx").write_bytes(b"mine")
    with pytest.raises(UserError) as refused:
        cli_memo.check(tmp_path / name, replace)
    assert said in str(refused.value)
    assert (tmp_path / "there.docx").read_bytes() == b"mine"


def test_a_file_is_replaced_when_told() -> None:
    cli_memo.check(Path(__file__).with_suffix(".docx"), False)
    cli_memo.check(None, False)


@pytest.mark.models
def test_the_memo_is_written_and_what_is_in_it_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lease.txt").write_text(LEASE)
    assert run("index", tmp_path / "lease.txt", "-m", "harbor").returncode == 0
    memo = tmp_path / "memo.docx"
    asked = ("ask", "What is the base rent?", "-m", "harbor", "--memo", memo, "--memo-by", "Ada Quint")
    done = run(*asked, "--json")
    assert done.returncode == 0, done.stderr
    assert "Before it leaves the firm: a mark of privilege (ATTORNEY-CLIENT PRIVILEGED) in lease.txt" in done.stderr
    assert "Before it leaves the firm: a social security number (…9999) in lease.txt" in done.stderr
    assert "219-09" not in done.stderr
    told = json.loads(done.stdout)
    assert told["memo"]["file"] == str(memo)
    assert {one["what"] for one in told["memo"]["warnings"]} == {"a mark of privilege", "a social security number"}
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(memo)).paragraphs)
    for sentence in told["sentences"]:
        assert " ".join(sentence["text"].split()) in text
    assert "Ada Quint" in text
    exports = [json.loads(line)["entry"] for line in audit(memo.parent, "harbor") if '"event":"export"' in line]
    assert [(one["details"]["what"], one["details"]["file"]) for one in exports] == [("memo", str(memo))]

    before = memo.read_bytes()
    again = run(*asked)
    assert again.returncode == EXIT_USAGE
    assert "is there already" in again.stderr
    assert memo.read_bytes() == before
    replaced = run(*asked, "--replace")
    assert replaced.returncode == 0, replaced.stderr
    assert f"Memo: {memo}" in replaced.stdout


def audit(folder: Path, slug: str) -> list[str]:
    return (folder / "home" / "matters" / slug / "audit.jsonl").read_text(encoding="utf-8").splitlines()
