"""XML of Office files that names other files or multiplies itself a billion times."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest

from tests.ingest.formats import found

LAUGHS = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
SECRET = "words of another file"


def word(path: Path) -> str:
    document = docx.Document()
    document.add_paragraph("MARK")
    document.save(str(path))
    return "word/document.xml"


def sheet(path: Path) -> str:
    book = openpyxl.Workbook()
    active: Any = book.active
    active.append(["MARK"])
    book.save(path)
    return "xl/sharedStrings.xml"


def slide(path: Path) -> str:
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[1]).shapes.title.text = "MARK"
    deck.save(str(path))
    return "ppt/slides/slide1.xml"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("entity", ["&j;", "&other;"])
@pytest.mark.parametrize(("name", "make"), [("a.docx", word), ("a.xlsx", sheet), ("a.pptx", slide)])
def test_entities_are_not_resolved(tmp_path: Path, name: str, make: Any, entity: str) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    part = make(tmp_path / "plain")
    head = f'<!DOCTYPE x [<!ENTITY a "ha">{LAUGHS}<!ENTITY other SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    with zipfile.ZipFile(tmp_path / "plain") as source, zipfile.ZipFile(tmp_path / name, "w") as target:
        for member in source.namelist():
            content = source.read(member).decode("utf-8", "surrogateescape")
            if member == part:
                at = content.index("?>") + 2 if content.startswith("<?xml") else 0
                content = content[:at] + head + content[at:].replace("MARK", entity)
            target.writestr(member, content.encode("utf-8", "surrogateescape"))
    result = found(tmp_path / name)
    assert len(result.text) < 1000
    assert SECRET not in result.text
    assert result.refused is None or result.refused.state == "failed"
