"""Word files (.docx) through python-docx. The only module, with its parts wordml and wordnumbers, that knows it.

Running heads come first, then the body, footnotes, endnotes and running feet, then, apart, what a reader of the
document does not see: hidden text and the comments in its margin. A .docx is a zip archive and hostile: what it
unpacks to is summed up before anything is unpacked.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context
from legalqa.ingest.formats import embedded, locked
from legalqa.ingest.formats.written import Written, clean, one_line
from legalqa.ingest.items import Item, Opened
from legalqa.values.document import Metadatum

_HEADS = ("header", "footer")


def read(file: Path, context: Context) -> Iterator[Item]:
    """A Word document, set on pages. Raises Refusal, OSError."""
    with locked.opened(file, context, "Word file") as stream:
        yield from of_stream(stream, context)


def of_stream(stream: BinaryIO, context: Context) -> Iterator[Item]:
    """As `read`, from an open file without a password."""
    refuse_bomb(stream, "Word file")
    import docx
    from docx.opc.exceptions import OpcError

    try:
        document = docx.Document(stream)
        written, properties = _written(document)
        title = one_line(document.core_properties.title or "")[:200]
    except (OpcError, KeyError, ValueError, AttributeError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        raise limits.Refusal("failed", f"the Word file is damaged ({type(error).__name__})") from None
    text = written.text or "\n"
    yield from typeset.reads(
        text, Opened(0, paged=False, title=title, properties=properties), written.regions, context.skip
    )
    yield from embedded.parts(stream, context)


def refuse_bomb(stream: BinaryIO, what: str) -> None:
    """Raises Refusal if an Office file is no archive or a bomb."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise limits.Refusal("failed", f"the {what} is damaged (its archive cannot be opened)") from None
    limits.refuse_bomb(entries, what)
    stream.seek(0)


def _written(document: Any) -> tuple[Written, tuple[Metadatum, ...]]:
    from legalqa.ingest.formats import wordml
    from legalqa.ingest.formats.wordnumbers import Numbers

    story = wordml.Story(Numbers(document))
    written = Written()
    heads = {kind: _running(document, kind, story) for kind in _HEADS}
    for text in heads["header"]:
        with written.region("header"):
            written.paragraph(text)
    wordml.blocks(document.element.body, story, written)
    for mark, text in _notes(document, story):
        with written.region("footnote", mark):
            written.paragraph(f"{mark} {text}" if mark else text)
    for text in heads["footer"]:
        with written.region("footer"):
            written.paragraph(text)
    for why, text in (*story.hidden, *_comments(document, story)):
        with written.region("hidden", why):
            written.paragraph(text)
    changes = (("inserted", story.inserted), ("deleted", story.deleted))
    tracked = ", ".join(f"{count} {done}" for done, count in changes if count)
    return written, (Metadatum("tracked_changes", tracked),) if tracked else ()


def _running(document: Any, kind: str, story: Any) -> list[str]:
    """Running heads or feet of all sections, each text once."""
    from legalqa.ingest.formats import wordml

    found: dict[str, None] = {}
    for element in _related(document, kind):
        text = wordml.flat(element, story)
        if text.strip():
            found[text] = None
    return list(found)


def _notes(document: Any, story: Any) -> Iterator[tuple[str, str]]:
    """Notes in the order in which the text refers to them, with the mark that Word shows, "" if it cannot be told."""
    from docx.oxml.ns import qn

    from legalqa.ingest.formats import wordml
    from legalqa.ingest.formats.counting import counted
    from legalqa.ingest.formats.wordnumbers import value_of

    for kind in ("foot", "end"):
        notes = {
            note.get(qn("w:id"), ""): note
            for root in _related(document, f"{kind}notes")
            for note in root.findall(qn(f"w:{kind}note"))
        }
        settings = document.element.body.find(f".//{qn(f'w:{kind}notePr')}")
        shape = value_of(settings, "w:numFmt", "decimal" if kind == "foot" else "lowerRoman")
        restarts = value_of(settings, "w:numRestart", "continuous") != "continuous"
        count = 0
        for where, key, own in list(story.notes):
            note = notes.pop(key, None) if where == kind else None
            if note is None:
                continue
            count += not own
            text = wordml.flat(note, story)
            if text.strip():
                yield "" if own or restarts else counted(shape, count), text.strip()


def _comments(document: Any, story: Any) -> Iterator[tuple[str, str]]:
    from docx.oxml.ns import qn

    from legalqa.ingest.formats import wordml

    for root in _related(document, "comments"):
        for comment in root.findall(qn("w:comment")):
            author = one_line(comment.get(qn("w:author"), ""))[:80]
            text = wordml.flat(comment, story)
            if text.strip():
                yield f"comment by {author}" if author else "comment", clean(text)


def _related(document: Any, kind: str) -> Iterator[Any]:
    """The root elements of the document's parts of a kind, in the order of their numbers."""
    from docx.oxml import parse_xml

    relations = [relation for relation in document.part.rels.values() if not relation.is_external]
    for relation in sorted(relations, key=lambda relation: (len(relation.rId), relation.rId)):
        if relation.reltype.rsplit("/", 1)[-1] == kind:
            yield parse_xml(relation.target_part.blob)
