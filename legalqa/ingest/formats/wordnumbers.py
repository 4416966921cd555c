"""The numbers that Word makes by itself: "4.2" stands in no text of the file, only what counts it."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn

from legalqa.ingest.formats.counting import Level, List, Lists

_LEVELS = 9
_ANCESTORS = 20  # styles that a style may be based on


class Numbers:
    """Counts along one document."""

    def __init__(self, document: Any) -> None:
        self._lists: dict[str, List] = {}  # by numId
        self._counting = Lists(self._lists)
        self._styles = _styles(document)
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        definitions = {item.get(qn("w:abstractNumId")): item for item in root.findall(qn("w:abstractNum"))}
        numbers = {item.get(qn("w:numId")): item for item in root.findall(qn("w:num"))}
        for key, item in numbers.items():
            name = value_of(item, "w:abstractNumId", "")
            definition = definitions.get(name)
            link = value_of(definition, "w:numStyleLink", "") if definition is not None else ""
            if link and (linked := numbers.get(self._place_in(self._styles.get(link), "")[0])) is not None:
                name = value_of(linked, "w:abstractNumId", "")
                definition = definitions.get(name)
            levels = {} if definition is None else _levels(definition)
            starts = {}
            for override in item.findall(qn("w:lvlOverride")):
                level = _whole(override.get(qn("w:ilvl"), ""), -1)
                if (own := override.find(qn("w:lvl"))) is not None and 0 <= level < _LEVELS:
                    levels = {**levels, level: _level(own)}
                if begin := value_of(override, "w:startOverride", ""):
                    starts[level] = _whole(begin, 1)
            self._lists[key] = List(name, levels, starts)

    def of(self, paragraph: Any) -> str:
        """The number that Word shows before a paragraph (a ``w:p``), with a space after it; "" for none."""
        return self._counting.next(*self._place(paragraph))

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """numId and level, from the paragraph itself or from its style."""
        properties = paragraph.find(qn("w:pPr"))
        style = value_of(properties, "w:pStyle", "") if properties is not None else ""
        number, level = self._place_in(properties, style)
        for _ in range(_ANCESTORS):
            if number or style not in self._styles:
                break
            element = self._styles[style]
            number, level = self._place_in(element, style)
            style = value_of(element, "w:basedOn", "-")
        return number, level

    def _place_in(self, properties: Any, style: str) -> tuple[str, int]:
        if properties is not None and properties.tag == qn("w:style"):
            properties = properties.find(qn("w:pPr"))
        numbering = properties.find(qn("w:numPr")) if properties is not None else None
        if numbering is None:
            return "", 0
        number = value_of(numbering, "w:numId", "")
        level = value_of(numbering, "w:ilvl", "")
        if not level and number in self._lists:  # a style of a list knows its level by the list
            return number, next(
                (at for at, one in self._lists[number].levels.items() if style and one.style == style), 0
            )
        return number, _whole(level, 0)


def value_of(element: Any, name: str, missing: str) -> str:
    """The ``w:val`` of a child element."""
    child = element.find(qn(name)) if element is not None else None
    return str(child.get(qn("w:val"), missing)) if child is not None else missing


def _level(element: Any) -> Level:
    legal = element.find(qn("w:isLgl"))
    return Level(
        value_of(element, "w:numFmt", "decimal"),
        value_of(element, "w:lvlText", ""),
        _whole(value_of(element, "w:start", "1"), 1),
        _whole(value_of(element, "w:lvlRestart", ""), -1),
        legal is not None and legal.get(qn("w:val"), "1") not in ("0", "false"),
        value_of(element, "w:pStyle", ""),
    )


def _levels(definition: Any) -> dict[int, Level]:
    found = {_whole(element.get(qn("w:ilvl"), ""), -1): _level(element) for element in definition.findall(qn("w:lvl"))}
    return {level: one for level, one in found.items() if 0 <= level < _LEVELS}


def _styles(document: Any) -> dict[str, Any]:
    """Paragraph styles by id; the default style also under ""."""
    try:
        elements = document.styles.element.findall(qn("w:style"))
    except (KeyError, AttributeError):
        return {}
    styles = {element.get(qn("w:styleId"), ""): element for element in elements}
    for element in elements:
        if element.get(qn("w:default")) == "1" and element.get(qn("w:type")) == "paragraph":
            styles[""] = element
    return styles


def _whole(text: str, missing: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else missing
