"""HTML → text, through selectolax, the only module that knows it: as a browser would show it, without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context
from legalqa.ingest.formats import text
from legalqa.ingest.formats.counting import counted
from legalqa.ingest.formats.stylesheet import StyleSheet
from legalqa.ingest.formats.written import Written, one_line
from legalqa.ingest.items import Item, Opened

_DROPPED = frozenset(
    ("script", "style", "head", "template", "noscript", "svg", "canvas", "iframe", "object", "select", "textarea")
)
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "ul"),
    )
)
_APART = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol", "pre", "hr", "dl"))
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,40})", re.I)
_COUNTS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_SPACES = re.compile(r"[ \t\r\n\f]+")


def read(file: Path, context: Context) -> Iterator[Item]:
    """A web page, set on pages. Raises Refusal, OSError."""
    limits.too_long(file.stat().st_size // 4)
    written, title = written_of(decoded(file.read_bytes()))
    opened = Opened(0, paged=False, title=title)
    yield from typeset.reads(written.text or "\n", opened, written.regions, context.skip)


def decoded(data: bytes) -> str:
    """Bytes in the encoding that the page names, if they are text in it, else in the one they seem to have."""
    named = _CHARSET.search(data[:4096])
    if named and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(named.group(1).decode("ascii"))
        except (LookupError, UnicodeError):
            pass
    try:
        return text.decoded(data)
    except text.Undecodable:
        return data.decode("utf-8", "replace")


def written_of(html: str) -> tuple[Written, str]:
    """The text of a page, and its title. What the page does not show stands at the end, in regions."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    named = tree.css_first("title")
    title = one_line(named.text())[:200] if named is not None else ""
    written = Written()
    if tree.body is not None:
        styles = StyleSheet((one.attributes.get("media") or "", one.text()) for one in tree.css("style"))
        page = _Page(styles)
        page.walk(tree.body)
        for rows, lines in page.parts:
            if rows is not None:
                written.table(rows)
            else:
                written.put(lines)
        for unseen in page.hidden:
            with written.region("hidden", "not displayed"):
                written.paragraph(unseen)
    return written, title


class _Page:
    """The pen: text so far as parts, each a table's rows or a run of lines."""

    def __init__(self, styles: StyleSheet) -> None:
        self._styles = styles
        self.parts: list[tuple[list[list[str]] | None, str]] = []
        self.hidden: list[str] = []
        self._said: list[str] = []
        self._ending = "\n"  # what the text so far ends in: "" inside a line, "\n", "\n\n"
        self._gap = False  # whether white space is due before the next word
        self._lists: list[tuple[str, int]] = []  # kind and count of the lists around

    def walk(self, root: Any) -> None:
        """Without recursion: a hostile page lies ten thousand elements deep."""
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node.tag)
            elif self._enter(node):
                stack.append((node, True))
                child = node.last_child
                while child is not None:
                    stack.append((child, False))
                    child = child.prev
        self._flush()

    def _enter(self, node: Any) -> bool:
        """Whether what is inside the node is to be read."""
        tag = node.tag
        if tag == "-text":
            self._words(node.text_content or "")
            return False
        if tag.startswith(("-", "_", "!")) or tag in _DROPPED:
            return False
        attributes = node.attributes
        if _unseen(node, self._styles):
            if words := one_line(node.text(separator=" ")):
                self.hidden.append(words)
            return False
        if tag == "br":
            self._put("\n", "\n")
            return False
        if tag == "table" and (rows := _rows(node, self._styles)):
            self._break(tag)
            self._flush()
            self.parts.append((rows, ""))
            return False
        self._break(tag)
        if tag in ("ol", "ul") and len(self._lists) < limits.DEPTH:
            start = attributes.get("start") or "1"
            kind = _COUNTS.get(attributes.get("type") or "1", "decimal") if tag == "ol" else ""
            self._lists.append((kind, int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1))
        elif tag == "li" and self._lists:
            kind, count = self._lists[-1]
            self._lists[-1] = (kind, count + 1)
            self._put(f"{counted(kind, count)}. " if kind else "• ", "")
        return True

    def _leave(self, tag: str) -> None:
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        self._break(tag)

    def _words(self, words: str) -> None:
        words = _SPACES.sub(" ", words)
        if words.strip(" "):
            if (self._gap or words.startswith(" ")) and not self._ending and not self._said[-1].endswith(" "):
                self._said.append(" ")
            self._put(words.strip(" "), "")
            self._gap = words.endswith(" ")
        elif words:
            self._gap = True

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            wanted = "\n\n" if tag in _APART else "\n"
            if self._said or self.parts:
                missing = len(wanted) - len(self._ending)
                if missing > 0:
                    self._put("\n" * missing, wanted)
            self._gap = False

    def _put(self, said: str, ending: str) -> None:
        self._said.append(said)
        self._ending = ending if ending != "\n" or self._ending != "\n" else "\n\n"
        if ending:
            self._gap = False

    def _flush(self) -> None:
        lines = "".join(self._said)
        if self.parts:
            lines = lines.lstrip("\n")
        if lines.strip():
            self.parts.append((None, re.sub(r"\n{3,}", "\n\n", lines.rstrip() + "\n\n")))
        self._said, self._ending = [], "\n\n"


def _unseen(node: Any, styles: StyleSheet) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or styles.hides(node.tag, attributes)


def _rows(table: Any, styles: StyleSheet) -> list[list[str]] | None:
    """The rows of a table of data; None for one that only lays out the page, or holds what is not shown."""
    inside = table.css("*") if styles else table.css("[style], [hidden]")
    if len(table.css("table")) > 1 or any(_unseen(node, styles) for node in inside):
        return None
    rows = []
    for row in table.css("tr"):
        cells = [node for node in row.iter() if node.tag in ("td", "th")]
        if any(cell.css_first("p + p, ul, ol, pre, h1, h2, h3, div + div") is not None for cell in cells):
            return None
        for cell in cells:
            for dropped in cell.css(", ".join(sorted(_DROPPED))):
                dropped.decompose()
            for broken in cell.css("br"):
                broken.replace_with(" ")
        rows.append([one_line(cell.text()) for cell in cells])
    if len(rows) < 2 or max(len(row) for row in rows) < 2:
        return None
    return rows
