"""The light markup in which the sample's prose is written, and its reading.

One line is one block. What a line is, its first characters say:

``=== ARTICLE 4 | RENT`` article, ``§ 4.2 | Base Rent | text`` section, ``> `` and ``>> `` indented paragraphs,
``^ `` centred, ``^^ `` centred and bold, ``# `` numbered paragraph, ``| a | b |`` table row (the first is the
header), ``: `` line of a block that stays together, ``---page`` page break; anything else is a paragraph. Inside
a line ``**bold**``, ``*italic*`` and ``__underlined__``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["article", "section", "paragraph", "centred", "title", "numbered", "table", "lines", "break"]

_MARKED = re.compile(r"\*\*(?P<bold>.+?)\*\*|\*(?P<italic>[^*]+?)\*|(?<!_)__(?P<under>[^_]+)__(?!_)")


@dataclass(frozen=True)
class Block:
    """One block of a source. ``rows`` holds a table's cells or, one cell a row, the lines of a kept block."""

    kind: Kind
    text: str = ""
    number: str = ""
    heading: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Run:
    """A stretch of text in one face."""

    text: str
    bold: bool = False
    italic: bool = False
    underlined: bool = False


def typographic(text: str) -> str:
    """Straight quotation marks as printers set them, and two hyphens as a dash."""
    text = text.replace("--", "—").replace("'", "’")
    out: list[str] = []
    for position, character in enumerate(text):
        if character == '"':
            before = text[:position].rstrip("*_")[-1:]
            character = "“" if before in ("", " ", "(", "[", "—") else "”"
        out.append(character)
    return "".join(out)


def runs(text: str) -> list[Run]:
    """The faces of a line, in order."""
    found: list[Run] = []
    end = 0
    for match in _MARKED.finditer(text):
        if match.start() > end:
            found.append(Run(text[end : match.start()]))
        found.append(
            Run(
                match["bold"] or match["italic"] or match["under"],
                bold=match["bold"] is not None,
                italic=match["italic"] is not None,
                underlined=match["under"] is not None,
            )
        )
        end = match.end()
    if end < len(text):
        found.append(Run(text[end:]))
    return found


def parse(source: str, *, curly: bool = True) -> list[Block]:
    """The blocks of a source; ``curly`` sets printers' quotation marks."""
    blocks: list[Block] = []
    previous = ""
    for line in (typographic(source) if curly else source).splitlines():
        if line.startswith(("|", ":")):
            kind: Kind = "table" if line[0] == "|" else "lines"
            row = tuple(cell.strip() for cell in line.strip("|").split("|")) if kind == "table" else (line[2:],)
            if previous[:1] == line[0]:
                last = blocks.pop()
                blocks.append(Block(kind, rows=(*last.rows, row)))
            else:
                blocks.append(Block(kind, rows=(row,)))
        elif line:
            blocks.append(_block(line))
        previous = line
    return blocks


def _block(line: str) -> Block:
    """The block that one line is, other than a row."""
    if line in ("---page", "—-page"):
        return Block("break")
    mark, _, rest = line.partition(" ")
    match mark:
        case "===":
            number, _, heading = rest.partition(" | ")
            return Block("article", number=number, heading=heading)
        case "§":
            number, heading, text = rest.split(" | ", 2)
            return Block("section", text, number=number, heading=heading)
        case ">" | ">>":
            return Block("paragraph", rest, level=len(mark))
        case "^":
            return Block("centred", rest)
        case "^^":
            return Block("title", rest)
        case "#":
            return Block("numbered", rest)
        case _:
            return Block("paragraph", line)
