"""In Markdown the marks make the headings, and list items are none."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.items import Outline
from legalqa.ingest.structure import structured
from legalqa.ingest.structure.markdown import headings

NOTES = """# Meeting notes

Present: all.

Open points
-----------

1. Draft amendment
2. Call the surveyor

## 4.2 Late *charges* ##

```
# no heading
```

### **Interest**

- # of units
---
#hashtag
"""


def test_marks_make_the_headings() -> None:
    found = [(one.level, one.number, one.title) for one in headings(NOTES)]
    assert found == [
        (1, "", "Meeting notes"),
        (2, "", "Open points"),
        (2, "4.2", "Late *charges*"),
        (3, "", "Interest"),
    ]


def test_front_matter_and_paragraphs_are_none() -> None:
    assert headings("---\ntitle: Lease\n---\n\nOne line\nand another\n---\n\n***\n") == []


def test_sections_of_a_markdown_file() -> None:
    id = "00000000-0000-4000-8000-000000000001"
    found = structured(Outline(id, "notes.md", "md", NOTES, ((0, len(NOTES)),)))
    assert [section.path for section in found.sections] == [
        ("Meeting notes",),
        ("Meeting notes", "Open points"),
        ("Meeting notes", "4.2 Late *charges*"),
        ("Meeting notes", "4.2 Late *charges*", "Interest"),
    ]


def test_an_agreement_without_marks_keeps_its_numbers() -> None:
    text = "1. Rent. Tenant shall pay rent.\n\n2. Term. The term is one year.\n"
    id = "00000000-0000-4000-8000-000000000001"
    found = structured(Outline(id, "lease.md", "md", text, ((0, len(text)),)))
    assert [section.number for section in found.sections] == ["1.", "2."]


PIECES = st.sampled_from(("# ", "## ", "---", "===", "```", "\n", "\r\n", "\n\n", "Rent", "1. ", " ", "\f"))


@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=40))
def test_headings_stand_where_they_say(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = headings(text)
    assert [one.start for one in found] == sorted({one.start for one in found})
    for one in found:
        assert not re.split(r"[\r\n\f]", text[: one.start])[-1].strip()
        assert not text[one.start].isspace()
