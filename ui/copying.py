"""An answer taken along with its citations and verdicts: as plain text, as HTML for Word, as Markdown."""

from __future__ import annotations

import html
import re
from typing import Literal

from PySide6.QtCore import QMimeData

from legalqa.values.answer import CheckedCitation, Sentence, VerifiedAnswer
from ui import theme
from ui.widgets import clean, count, place

Kind = Literal["word", "plain", "markdown"]
_SOUND = ("verbatim", "supported")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|])")


def mime(answer: VerifiedAnswer, kind: Kind) -> QMimeData:
    """What goes on the clipboard; "word" is HTML with the plain text beside it, for programs that take no HTML."""
    data = QMimeData()
    data.setText(markdown(answer) if kind == "markdown" else plain(answer))
    if kind == "word":
        data.setHtml(rich(answer))
    return data


def plain(answer: VerifiedAnswer) -> str:
    """Question, sentences with their record cites and verdicts, and what was searched."""
    lines = [clean(answer.question), ""]
    for sentence in answer.sentences:
        lines += [f"{clean(sentence.text)}{_cites(sentence)}{_verdict(sentence)}", ""]
    return "\n".join([*lines, *_foot(answer)])


def markdown(answer: VerifiedAnswer) -> str:
    """The same as Markdown; what a document wrote is escaped."""
    lines = [f"## {_escaped(answer.question)}", ""]
    for sentence in answer.sentences:
        lines += [f"{_escaped(sentence.text)}{_escaped(_cites(sentence), ' ')}{_bold(_verdict(sentence))}", ""]
    return "\n".join([*lines, *(f"*{_escaped(line)}*" for line in _foot(answer))])


def rich(answer: VerifiedAnswer) -> str:
    """The same as HTML, as Word takes it."""
    parts = [f"<p><b>{html.escape(clean(answer.question))}</b></p>"]
    for sentence in answer.sentences:
        verdict = html.escape(_verdict(sentence).strip())
        tail = f" <b>{verdict}</b>" if sentence.verdict not in _SOUND else f" <i>{verdict}</i>"
        parts.append(f"<p>{html.escape(clean(sentence.text) + _cites(sentence))}{tail}</p>")
    parts += [f"<p><small>{html.escape(line)}</small></p>" for line in _foot(answer)]
    return "<html><body>" + "".join(parts) + "</body></html>"


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
    said = f"Searched {count(searched.documents, 'document')}, {count(searched.pages, 'page')}."
    said += f" Worded by {clean(answer.model.id)}, checked without it." if answer.model else ""
    unread = [*searched.unreadable_pages, *searched.partly_read]
    head = "" if answer.sentences else "The record does not answer this. "
    return [head + said, *([f"Not or only partly read: {'; '.join(map(clean, unread))}."] if unread else [])]


def _escaped(text: str, before: str = "") -> str:
    return before * bool(text.strip()) + _MARKDOWN.sub(r"\\\1", clean(text))


def _bold(text: str) -> str:
    return f" **{_escaped(text)}**"
