"""An answer taken along with its citations and verdicts: as plain text, as HTML for Word, as Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QMimeData

from legalqa.values.answer import CheckedCitation, Sentence, VerifiedAnswer
from ui import shapes, theme
from ui.widgets import clean, place

Kind = Literal["word", "plain", "markdown"]
_SOUND = ("verbatim", "supported")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|])")

_TABLE = '<table border="1" cellspacing="0" cellpadding="4"><tr><th>Document</th><th>What it says</th></tr>'


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of what is taken along; "document" begins a row of a table."""

    kind: Literal["question", "value", "note", "document", "sentence", "foot"]
    text: str
    verdict: str = ""
    sound: bool = True


def mime(answer: VerifiedAnswer, kind: Kind) -> QMimeData:
    """What goes on the clipboard; "word" is HTML with the plain text beside it, for programs that take no HTML."""
    data = QMimeData()
    data.setText(markdown(answer) if kind == "markdown" else plain(answer))
    if kind == "word":
        data.setHtml(rich(answer))
    return data


def plain(answer: VerifiedAnswer) -> str:
    """Question, values, sentences with their record cites and verdicts, what is said of them, what was searched."""
    lines: list[str] = []
    for part in _parts(answer):
        if part.kind == "document":
            lines.append(f"{part.text}:")
        elif part.kind == "foot":
            lines.append(part.text)
        else:
            lines += [f"{part.text}{part.verdict}", ""]
    return "\n".join(lines)


def markdown(answer: VerifiedAnswer) -> str:
    """The same as Markdown; what a document wrote is escaped."""
    lines: list[str] = []
    for part in _parts(answer):
        text = _escaped(part.text)
        match part.kind:
            case "question":
                lines += [f"## {text}", ""]
            case "document":
                lines += [f"### {text}", ""]
            case "value":
                lines += [f"**{text}**", ""]
            case "sentence":
                lines += [f"{text} **{_escaped(part.verdict)}**", ""]
            case "note":
                lines += [f"> {text}", ""]
            case "foot":
                lines.append(f"*{text}*")
    return "\n".join(lines)


def rich(answer: VerifiedAnswer) -> str:
    """The same as HTML, as Word takes it; the rows of a listing or comparison are a table."""
    made: list[str] = []
    in_table = False
    for part in _parts(answer):
        if part.kind == "document":
            made.append("</td></tr>" if in_table else _TABLE)
            made.append(f"<tr><td>{html.escape(part.text)}</td><td>")
            in_table = True
            continue
        if in_table and part.kind == "foot":
            made.append("</td></tr></table>")
            in_table = False
        made.append(_paragraph(part))
    return "<html><body>" + "".join(made) + "</body></html>"


def _paragraph(part: Part) -> str:
    text, verdict = html.escape(part.text), html.escape(part.verdict.strip())
    match part.kind:
        case "question" | "value":
            return f"<p><b>{text}</b></p>"
        case "sentence":
            return f"<p>{text} {f'<i>{verdict}</i>' if part.sound else f'<b>{verdict}</b>'}</p>"
        case "note":
            return f"<p><i>{text}</i></p>"
        case _:
            return f"<p><small>{text}</small></p>"


def _parts(answer: VerifiedAnswer) -> Iterator[Part]:
    """All that is taken along, in the order in which it is shown; the foot comes last."""
    yield Part("question", clean(answer.question))
    for value, sentence in shapes.leading(answer):
        yield Part("value", f"{shapes.KINDS[value.kind]}: {clean(value.text)}{_cites(sentence)}")
    for note in shapes.of_the_whole(answer):
        yield Part("note", note.words)
    if rows := shapes.tabled(answer):
        yield Part("note", f"{shapes.head(answer)}.")
        for row in rows:
            yield Part("document", clean(row.document))
            yield from _sentences(answer, row.sentences)
            if not row.sentences:
                yield Part("note", shapes.NOTHING)
    else:
        yield from _sentences(answer, range(len(answer.sentences)))
    for line in _foot(answer):
        yield Part("foot", line)


def _sentences(answer: VerifiedAnswer, indices: Iterable[int]) -> Iterator[Part]:
    for at in indices:
        sentence = answer.sentences[at]
        text = clean(sentence.text) + _cites(sentence)
        yield Part("sentence", text, _verdict(sentence), sentence.verdict in _SOUND)
        for note in shapes.notes_of(answer, at):
            yield Part("note", note.words)


def _cites(sentence: Sentence) -> str:
    """ " (Lease.pdf, p. 6; Letter.pdf, p. 1.)"; a place that does not hold says so."""
    places = dict.fromkeys(map(_cited, sentence.citations))
    return f" ({'; '.join(places)}.)" if places else ""


def _cited(citation: CheckedCitation) -> str:
    where = place(citation) if citation.document else "no such source"
    return where if citation.found else f"{where}: does not stand there"


def _verdict(sentence: Sentence) -> str:
    word = theme.VERDICTS[sentence.verdict].word
    if sentence.verdict in _SOUND:
        return f" [{word}]"
    return f" [{word.upper()}: {'; '.join(map(clean, sentence.reasons))}]"


def _foot(answer: VerifiedAnswer) -> list[str]:
    searched = answer.searched
    unread = [*searched.unreadable_pages, *searched.partly_read]
    head = "" if answer.sentences else "The record does not answer this. "
    lines = [head + shapes.searched(answer)]
    if answer.form.counts:
        lines.append(f"How often the question's words occur: {'; '.join(map(shapes.counted, answer.form.counts))}.")
    if without := shapes.without_finding(answer):
        lines.append(f"Searched without a finding: {'; '.join(without)}.")
    if unread:
        lines.append(f"Not or only partly read: {'; '.join(map(clean, unread))}.")
    return lines


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", clean(text))
