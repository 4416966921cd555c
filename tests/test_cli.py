"""The command line's contract, on real files with the real models: what each command prints and how it ends."""

from __future__ import annotations

import json
import os
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from docx import Document as Word
from reportlab.pdfgen.canvas import Canvas

from tests.conftest import Run

pytestmark = pytest.mark.models

LEASE = """LEASE AGREEMENT

This Lease is made as of March 1, 2021 between Harbor Point LLC ("Landlord") and Delmar Foods, Inc. ("Tenant").

ARTICLE 4 RENT

4.1 Base Rent. Tenant shall pay Base Rent of $42,500 per month in advance on the first day of each month.

4.2 Late Charges. If Tenant fails to pay within ten (10) days, Tenant shall pay a late charge of five percent (5%).

ARTICLE 9 ASSIGNMENT

9.1 Consent. Tenant shall not assign this Lease without the prior written consent of Landlord.
"""
PLACE_KEYS = {"pin", "lines", "labels", "header", "hidden", "amended_by"}
HIT_KEYS = PLACE_KEYS | {
    *("document", "document_id", "path", "section", "pages", "bates", "start", "end", "score", "text", "boxes"),
    "instructions",
}
CITATION_KEYS = PLACE_KEYS | {
    *("key", "document", "document_id", "path", "section", "pages", "bates", "quote", "start", "end", "boxes"),
    *("ocr_confidence", "elsewhere", "found", "paged"),
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A lease as text, an order as PDF, an e-mail, a Word letter, and a copy of the lease."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "lease.txt").write_bytes(LEASE.replace("\n", "\r\n").encode())
    (folder / "copy of lease.txt").write_bytes(LEASE.replace("\n", "\r\n").encode())
    canvas = Canvas(str(folder / "order.pdf"), pagesize=(612, 792))
    for number, line in enumerate(
        ("ORDER", "The motion of Delmar Foods, Inc. is granted.", "So ordered on May 4, 2024.")
    ):
        canvas.drawString(72, 700 - 24 * number, line)
    canvas.save()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@harbor.example", "bo@delmar.example", "Roof leak"
    mail["Date"] = "Tue, 07 May 2024 09:00:00 +0000"
    mail.set_content("The roof over bay 7 leaks since Friday. Please send a contractor before May 20.")
    (folder / "mail.eml").write_bytes(mail.as_bytes())
    letter = Word()
    letter.add_paragraph("Re: Notice of default")
    letter.add_paragraph("Tenant owes Base Rent of $85,000 for April and May 2024.")
    letter.save(str(folder / "letter.docx"))
    return folder


@pytest.fixture
def matter(run: Run, files: Path) -> dict[str, Any]:
    """The files, indexed; what `index --json` said."""
    done = run("index", files, "-m", "Harbor Point", "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def out(run: Run, *arguments: object) -> dict[str, Any]:
    """The one JSON object of a command that must succeed."""
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    return dict(json.loads(done.stdout))


def test_indexing_accounts_for_every_file_and_a_second_run_does_nothing(
    run: Run, files: Path, matter: dict[str, Any]
) -> None:
    assert len(matter["added"]) == 4
    assert [Path(path).name for path in matter["duplicates"]] == ["lease.txt"]
    again = out(run, "index", files, "-m", "harbor-point")
    assert (again["added"], again["replaced"], again["unchanged"], again["chunks"]) == ([], [], 5, 0)
    status = out(run, "status", "-m", "harbor-point")
    assert status["documents"] == 4
    assert {Path(f["path"]).name: f["state"] for f in status["files"]} == {
        "copy of lease.txt": "indexed",
        "lease.txt": "duplicate",
        "letter.docx": "indexed",
        "mail.eml": "indexed",
        "order.pdf": "indexed",
    }
    assert sum(status["pages"].values()) == sum(f["pages"] for f in status["files"] if f["state"] == "indexed")


def test_an_edited_file_is_replaced_whole_and_a_removed_one_is_reported(
    run: Run, files: Path, matter: dict[str, Any]
) -> None:
    (files / "mail.eml").write_bytes((files / "mail.eml").read_bytes().replace(b"bay 7", b"bay 9"))
    (files / "order.pdf").unlink()
    (files / "copy of lease.txt").unlink()
    report = out(run, "index", files, "-m", "harbor-point")
    assert [Path(path).name for path in report["replaced"]] == ["mail.eml"]
    assert {Path(path).name for path in report["removed"]} == {"order.pdf", "copy of lease.txt"}
    assert out(run, "search", "roof over bay 7", "-m", "harbor-point", "--exact")["hits"] == []
    assert len(out(run, "search", "roof over bay 9", "-m", "harbor-point", "--exact")["hits"]) == 1
    states = {Path(f["path"]).name: f["state"] for f in out(run, "status", "-m", "harbor-point")["files"]}
    assert states["order.pdf"] == "missing"
    assert states["lease.txt"] == "indexed"  # it now holds the document that its copy held


def test_hits_lie_where_they_say(run: Run, files: Path, matter: dict[str, Any]) -> None:
    text = (files / "copy of lease.txt").read_bytes().decode()
    hits = out(run, "search", "late charge", "-m", "harbor-point", "--where", "type=lease")["hits"]
    assert hits
    for hit in hits:
        assert set(hit) == HIT_KEYS
        assert text[hit["start"] : hit["end"]] == hit["text"]
        assert hit["boxes"]
        assert {box["page"] for box in hit["boxes"]} <= set(hit["pages"])
    (exact,) = out(run, "search", "LATE  charge of five percent", "-m", "harbor-point", "--exact")["hits"]
    assert exact["text"] == "late charge of five percent"
    assert exact["section"][-1].startswith("4.2")


def test_odd_files_are_accounted_for_and_odd_names_are_stable(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    (folder / "sub").mkdir(parents=True)
    (folder / os.fsdecode(b"not \xff utf-8.txt")).write_text("The guaranty was never signed.", encoding="utf-8")
    (folder / "empty.pdf").touch()
    (folder / "gone.pdf").symlink_to(folder / "nowhere.pdf")
    (folder / "sub" / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.txt")
    for again in (False, True):
        done = run("index", folder, "-m", "odd", "--json")
        assert done.returncode == 3, done.stderr
        report = json.loads(done.stdout)
        assert (len(report["added"]), report["unchanged"], report["removed"]) == (not again, int(again), [])
        assert {Path(f["path"]).name for f in report["failed"]} == {"empty.pdf", "gone.pdf", "pipe.txt"}
        assert all(f["reason"] for f in report["failed"])
    (hit,) = out(run, "search", "never signed", "-m", "odd", "--exact")["hits"]
    assert hit["document"] == "not \\udcff utf-8.txt"


def test_where_narrows(run: Run, matter: dict[str, Any]) -> None:
    def documents(where: str) -> set[str]:
        found = out(run, "search", "rent roof motion default", "-m", "harbor-point", "--where", where)["hits"]
        return {hit["document"] for hit in found}

    assert documents("document=mail.eml") == {"mail.eml"}
    assert documents("date>=2024-05-01 type!=order") == {"mail.eml"}
    assert documents('party="Harbor Point"') == {"copy of lease.txt"}


@pytest.mark.slow
def test_an_answer_cites_what_was_shown_and_quotes_what_stands_there(run: Run, matter: dict[str, Any]) -> None:
    answer = out(run, "ask", "How much is the Base Rent under the lease?", "-m", "harbor-point")
    assert answer["status"] == "answered"
    keys = {str(passage["key"]): passage for passage in answer["passages"]}
    quoted = [c for s in answer["sentences"] for c in s["citations"] if s["verdict"] == "verbatim"]
    assert quoted
    assert any("$42,500" in citation["quote"] for citation in quoted)
    for sentence in answer["sentences"]:
        assert sentence["verdict"] in ("verbatim", "supported", "unsupported", "uncited", "bad_reference")
        for citation in sentence["citations"]:
            assert set(citation) == CITATION_KEYS
            shown = keys[citation["key"]]
            assert citation["document_id"] == shown["document_id"]
    assert answer["model"]["id"] == "smollm2-135m-instruct"
    assert answer["searched"]["documents"] == 4
    assert set(answer["ms"]) >= {"retrieve", "generate", "verify"}
    assert (answer["shape"], answer["mode"], answer["cached"]) == ("value", "quote-first", False)
    (value,) = answer["values"]
    assert (value["kind"], value["text"]) == ("amount", "$42,500")
    assert value["sentence"] in range(len(answer["sentences"]))
    again = out(run, "ask", "How much is the Base Rent under the lease?", "-m", "harbor-point")
    assert again["cached"]
    assert again["sentences"] == answer["sentences"]


def test_a_mode_or_a_model_that_is_none_is_said(run: Run, matter: dict[str, Any]) -> None:
    assert run("ask", "Rent?", "-m", "harbor-point", "--mode", "freely").returncode == 2
    assert run("models", "test", "no-such-model").returncode == 4
    assert "no model that words answers" in run("models", "test", "all-minilm-l6-v2").stderr


@pytest.mark.slow
def test_cited_pages_are_written_with_their_words_marked(run: Run, matter: dict[str, Any], tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "pages"
    answer = out(run, "ask", "Was the motion granted?", "-m", "harbor-point", "--page-images", folder)
    assert answer["page_images"]
    for path in answer["page_images"]:
        pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
        red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
        assert ((red > 200) & (green > 150) & (red - blue > 60)).any()


def test_a_draft_is_checked_against_the_record(run: Run, matter: dict[str, Any], tmp_path: Path) -> None:
    brief = tmp_path / "brief.txt"
    brief.write_text(
        'The lease says that "Tenant shall not assign this Lease without the prior written consent of Landlord." '
        'It also says that "Tenant may assign this Lease freely to anybody." '
        "A claim must be plausible. See Ashcroft v. Iqbal, 556 U.S. 662 (2009). Tenant may assign this Lease. "
        "Her SSN is 219-09-9999.",
        encoding="utf-8",
    )
    checked = out(run, "verify", brief, "-m", "harbor-point")
    assert [(one["kind"], one["shown"]) for one in checked["warnings"]] == [("ssn", "…9999")]
    plain = next(one for one in checked["sentences"] if one["text"] == "Tenant may assign this Lease.")
    assert plain["verdict"] == "unsupported"  # the record says otherwise, and the place is named
    assert "lease" in plain["citations"][0]["document"]
    assert checked["status"] == "checked"
    good, bad = checked["sentences"][:2]
    assert good["verdict"] in ("verbatim", "supported")
    assert good["citations"][0]["document"] == "copy of lease.txt"
    assert bad["verdict"] == "bad_reference"
    assert [(a["text"], a["status"]) for a in checked["authorities"]] == [
        ("Ashcroft v. Iqbal, 556 U.S. 662 (2009)", "unknown")
    ]


def test_check_needs_no_matter(run: Run) -> None:
    lines = [
        {"claim": "Rent is $5,000 a month.", "passage": "Tenant shall pay rent of $6,000 a month."},
        {"claim": "Tenant shall pay rent of $6,000 a month.", "passage": "Tenant shall pay rent of $6,000 a month."},
    ]
    done = run("check", stdin="\n".join(map(json.dumps, lines)))
    assert done.returncode == 0, done.stderr
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert [verdict["verdict"] for verdict in verdicts] == ["unsupported", "verbatim"]
    assert set(verdicts[0]) == {"verdict", "reasons", "score", "authorities"}


def test_show_gives_pages_with_words_in_their_boxes(run: Run, matter: dict[str, Any]) -> None:
    shown = out(run, "show", "order.pdf", "-m", "harbor-point")
    (page,) = shown["pages"]
    assert page["source"] == "text"
    motion = next(word for word in page["words"] if word["text"] == "motion")
    assert 80 < motion["x0"] < motion["x1"] < 160  # reportlab drew it 68 points below the top of a 792-point page
    assert 100 < motion["y0"] < 792 - 676 < motion["y1"] + 3 < 130
    done = run("show", "order.pdf", "-m", "harbor-point", "--page", "9")
    assert done.returncode == 2
    assert "no page 9" in done.stderr


def test_matters_are_listed_shown_and_deleted(run: Run, matter: dict[str, Any], home: Path) -> None:
    assert [m["slug"] for m in out(run, "matter", "list")["matters"]] == ["harbor-point"]
    assert run("matter", "new", "Harbor Point").returncode == 2  # taken
    assert run("matter", "delete", "harbor-point").returncode == 2  # asks first
    assert len(out(run, "matter", "show", "harbor-point")["files"]) == 5
    assert run("matter", "delete", "harbor-point", "--yes").returncode == 0
    assert list((home / "matters").iterdir()) == []


def test_the_doctor_finds_everything(run: Run) -> None:
    checks = {check["name"]: check["ok"] for check in out(run, "doctor")["checks"]}
    assert all(checks.values())
    assert len(checks) >= 8


def test_help_and_version(run: Run) -> None:
    assert run("--version").stdout.startswith("legalqa ")
    assert "index" in run("--help").stdout
