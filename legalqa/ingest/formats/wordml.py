"""The body of a Word file → text: what its reader sees, and apart from it what he does not.

Tracked changes are read as if accepted: what was inserted stands in the text, what was deleted does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import nsmap, qn

from legalqa.ingest import limits
from legalqa.ingest.formats.wordnumbers import Numbers, value_of
from legalqa.ingest.formats.written import Written, clean

_W, _MC = f"{{{nsmap['w']}}}", "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_GONE = {f"{_W}del", f"{_W}moveFrom"}
_NEW = {f"{_W}ins", f"{_W}moveTo"}
_AROUND = {
    f"{_W}{name}" for name in ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo")
}
_TEXTBOX = qn("w:txbxContent")
_SIGNS = {0xFE: "☒", 0xFD: "☒", 0x78: "☒", 0xA8: "☐", 0x6F: "☐", 0x71: "☐", 0xFC: "✓", 0xFB: "✗", 0xB7: "•", 0xA7: "▪"}
_MARKS = {f"{_W}tab": "\t", f"{_W}ptab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011"}
_NOTES = {f"{_W}footnoteReference": "foot", f"{_W}endnoteReference": "end"}


@dataclass
class Story:
    """What was met on the way through a document's parts."""

    numbers: Numbers
    hidden: list[tuple[str, str]] = field(default_factory=list)  # why, text
    notes: list[tuple[str, str, bool]] = field(default_factory=list)  # "foot" or "end", id, whether its mark is its own
    inserted: int = 0
    deleted: int = 0


def blocks(parent: Any, story: Story, written: Written, depth: int = 0) -> None:
    """Write the paragraphs, tables and text boxes of `parent`, each followed by a blank line."""
    for element in parent:
        if element.tag == f"{_W}p":
            _paragraph(element, story, written, depth)
        elif element.tag == f"{_W}tbl":
            written.table(list(_rows(element, story, depth + 1)))
        elif element.tag in _NEW or element.tag in _AROUND:
            _deeper(depth)
            blocks(element, story, written, depth + 1)
        elif element.tag == f"{_MC}AlternateContent" and (chosen := _chosen(element)) is not None:
            blocks(chosen, story, written, depth + 1)


def flat(parent: Any, story: Story) -> str:
    """Everything in `parent` as one paragraph of lines."""
    inner = Written()
    blocks(parent, story, inner, 1)
    return "\n".join(line for line in inner.text.splitlines() if line.strip())


def _paragraph(element: Any, story: Story, written: Written, depth: int) -> None:
    boxes: list[Any] = []
    number = story.numbers.of(element)
    text = "".join(_runs(element, story, boxes, depth)).strip("\n")
    if text.strip() or number.strip(" •"):
        written.paragraph(number + text)
    for box in boxes:
        _deeper(depth)
        blocks(box, story, written, depth + 1)


def _runs(parent: Any, story: Story, boxes: list[Any], depth: int) -> Iterator[str]:
    for element in parent:
        tag = element.tag
        if tag == f"{_W}r":
            yield from _run(element, story, boxes)
        elif tag in _GONE:
            story.deleted += 1
        elif tag in _NEW or tag in _AROUND:
            _deeper(depth)
            story.inserted += tag in _NEW
            yield from _runs(element, story, boxes, depth + 1)
        elif isinstance(tag, str) and tag.startswith(_MATH):
            yield "".join(part.text or "" for part in element.iter(f"{_MATH}t"))
        elif tag == f"{_MC}AlternateContent" and (chosen := _chosen(element)) is not None:
            yield from _runs(chosen, story, boxes, depth + 1)


def _run(run: Any, story: Story, boxes: list[Any]) -> Iterator[str]:
    unseen = _unseen(run)
    said = []
    for element in run:
        tag = element.tag
        if tag == f"{_W}t":
            said.append(element.text or "")
        elif tag in _MARKS:
            said.append(_MARKS[tag])
        elif tag == f"{_W}sym":
            said.append(_sign(element))
        elif tag in _NOTES:
            own = element.get(qn("w:customMarkFollows"), "0") not in ("0", "false")
            story.notes.append((_NOTES[tag], element.get(qn("w:id"), ""), own))
        elif tag in (f"{_W}drawing", f"{_W}pict", f"{_W}object", f"{_MC}AlternateContent"):
            chosen = _chosen(element) if tag == f"{_MC}AlternateContent" else element
            if chosen is not None:
                boxes.extend(_outermost(chosen))
    text = "".join(said)
    if unseen and text.strip():
        story.hidden.append((unseen, clean(text).strip()))
        return
    yield text


def _unseen(run: Any) -> str:
    """Why a reader of the page does not see the run; "" if he does, or if we cannot tell."""
    properties = run.find(f"{_W}rPr")
    if properties is None:
        return ""
    vanish = properties.find(f"{_W}vanish")
    if vanish is not None and vanish.get(qn("w:val"), "1") not in ("0", "false", "off"):
        return "hidden by its format"
    size = value_of(properties, "w:sz", "")
    if size.isdigit() and int(size) <= 2:  # half points
        return "tiny"
    if value_of(properties, "w:color", "").upper() == "FFFFFF":
        dark = (f"{_W}shd", f"{_W}highlight")
        shaded = any(properties.find(name) is not None for name in dark)
        ancestors = {ancestor.tag for ancestor in run.iterancestors()}
        paragraph = run.getparent().find(f"{_W}pPr")
        shaded = shaded or (paragraph is not None and paragraph.find(dark[0]) is not None)
        styled = paragraph is not None and paragraph.find(f"{_W}pStyle") is not None
        if not shaded and not styled and not ancestors & {f"{_W}tc", _TEXTBOX}:  # those may be dark behind it
            return "white"
    return ""


def _rows(table: Any, story: Story, depth: int) -> Iterator[list[str]]:
    _deeper(depth)
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl"), None) is not table:
            continue  # of a table inside a cell: read with its cell
        properties = row.find(f"{_W}trPr")
        if properties is not None and properties.find(f"{_W}del") is not None:
            story.deleted += 1
            continue
        cells = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr"), None) is row:
                inner = Written()
                blocks(cell, story, inner, depth + 1)
                cells.append(" ".join(inner.text.split()))
        yield cells


def _outermost(element: Any) -> Iterator[Any]:
    """Text boxes that lie in no other text box; of two versions of one, the first."""
    for box in element.iter(_TEXTBOX):
        above = [ancestor.tag for ancestor in box.iterancestors()]
        inside = above[: above.index(element.tag)] if element.tag in above else above
        if _TEXTBOX not in inside and f"{_MC}Fallback" not in inside:
            yield box


def _chosen(alternatives: Any) -> Any:
    """Of the versions of one thing that a file holds, the newest."""
    found = alternatives.find(f"{_MC}Choice")
    return found if found is not None else alternatives.find(f"{_MC}Fallback")


def _sign(element: Any) -> str:
    """A character of a symbol font, where it is one that forms use."""
    code = element.get(qn("w:char"), "")
    font = element.get(qn("w:font"), "")
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    if "Wingdings" in font:
        return _SIGNS.get(value & 0xFF, "\ufffd")
    return chr(value) if 0x20 <= value < 0xD800 else "\ufffd"


def _deeper(depth: int) -> None:
    if depth >= limits.DEPTH:
        raise RecursionError
