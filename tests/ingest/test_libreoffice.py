"""Files that LibreOffice converts, with a stand-in for it; the real one where it is installed."""

from __future__ import annotations

import os
import sys
import time
import zipfile
from pathlib import Path

import docx
import pytest

from legalqa.ingest import limits
from legalqa.ingest.formats import libreoffice
from legalqa.ingest.kinds import kind_of
from tests.ingest.formats import found

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


def open_document(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return path


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program called soffice that does this; arguments are kept in the file "said"."""
    program = folder / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text(f'#!/bin/bash\necho "$@" > {folder}/said\necho $$ > {folder}/pid\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def test_without_it_the_file_is_unsupported_and_the_reason_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libreoffice, "found", lambda: None)
    refused = found(open_document(tmp_path / "a.odt")).refused
    assert refused is not None
    assert refused.state == "unsupported"
    assert "LibreOffice" in refused.reason
    assert ".odt" in refused.reason


def test_a_file_is_converted_in_a_profile_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = docx.Document()
    made.add_paragraph("Converted words.")
    made.save(str(tmp_path / "made.docx"))
    stand_in(tmp_path, monkeypatch, f'cp {tmp_path}/made.docx "${{@: -2:1}}/source.docx"')
    result = found(open_document(tmp_path / "a.bin"), spool=tmp_path)
    assert kind_of(tmp_path / "a.bin") == "odt"
    assert result.text == "Converted words.\n\n"
    said = (tmp_path / "said").read_text()
    assert "-env:UserInstallation=file://" in said
    assert "--headless" in said
    assert not list(tmp_path.glob("work-*"))


def test_one_that_hangs_is_ended_with_what_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONVERT_SECONDS", 1.0)
    stand_in(tmp_path, monkeypatch, f"sleep 600 & echo $! > {tmp_path}/child; wait")
    refused = found(open_document(tmp_path / "a.odt"), spool=tmp_path).refused
    assert refused is not None
    assert "longer than 1 seconds" in refused.reason
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            break
        time.sleep(0.05)
    else:
        pytest.fail("what it started still runs")


def test_one_that_makes_nothing_fails_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "exit 0")
    refused = found(open_document(tmp_path / "a.odt")).refused
    assert refused is not None
    assert refused.state == "failed"


@pytest.mark.slow
@pytest.mark.skipif(libreoffice.found() is None, reason="LibreOffice is not installed")
def test_the_real_one_reads_an_open_document(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="/" '
            'm:media-type="application/vnd.oasis.opendocument.text"/><m:file-entry m:full-path="content.xml" '
            'm:media-type="text/xml"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0" o:version="1.2"><o:body><o:text>'
            "<t:p>Base Rent is due.</t:p></o:text></o:body></o:document-content>",
        )
    result = found(tmp_path / "a.odt")
    assert result.refused is None
    assert result.text == "Base Rent is due.\n\n"
