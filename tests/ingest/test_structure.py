"""What the pages have found already decides where no heading is looked for."""

from __future__ import annotations

from legalqa.ingest.items import Outline
from legalqa.ingest.structure import structured
from legalqa.values.document import Region

BODY = "The court has jurisdiction over the defendant, as it has held before.\n\n"


def outline(text: str, region: Region) -> Outline:
    return Outline(
        "00000000-0000-4000-8000-000000000001", "brief.pdf", "pdf", text, ((0, len(text)),), regions=(region,)
    )


def test_a_footnote_is_no_section() -> None:
    notes = "1 See Int’l Shoe Co. v. Washington, 326 U.S. 310.\n\n2 See Burger King v. Rudzewicz, 471 U.S. 462.\n\n"
    text = BODY + notes
    found = structured(outline(text, Region("footnote", len(BODY), len(text), "1")))
    assert [section.path for section in found.sections] == []
