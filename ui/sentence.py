"""One sentence of an answer as a card: its verdict, its words, its citations, and the reasons on demand."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from legalqa.values.answer import Sentence
from ui import theme
from ui.citation import CitationChip
from ui.widgets import Drawing, clean, label, named, row, tool_tip, unseen

_DOUBTFUL = 80  # per cent of OCR confidence below which a citation says so
_OPEN_REASONS = ("bad_reference", "unsupported")  # what nobody may overlook is open from the start


class VerdictMark(QWidget):
    """Shape, colour and word of a verdict, side by side."""

    def __init__(self, mark: theme.Mark, tip: str) -> None:
        super().__init__()
        self._mark = mark
        self._word = label(mark.word, "verdict")
        self.setLayout(row(Drawing(mark.icon, mark.colour, 20), self._word, spacing=7))
        self.setToolTip(tool_tip(tip))
        self.setAccessibleName(f"Verdict: {mark.word}")
        self.setAccessibleDescription(tip)
        theme.current().changed.connect(self._paint)
        self._paint()

    def _paint(self) -> None:
        self._word.setStyleSheet(f"color: {theme.current().tokens[self._mark.colour]}; font-weight: 600;")


class SentenceCard(QFrame):
    """One sentence, with `notes` of what is to be known of it. `chosen` carries the chip whose place is to be shown.

    `within` names the document in whose frame the card stands: it has none of its own then.
    """

    chosen = Signal(object)

    def __init__(self, sentence: Sentence, notes: Sequence[QWidget] = (), within: str = "") -> None:
        super().__init__()
        self.setObjectName("part" if within else "card")
        mark = theme.VERDICTS[sentence.verdict]
        tip = "\n".join([mark.explained, *(f"• {clean(reason)}" for reason in sentence.reasons)])
        self.chips = [CitationChip(citation, within) for citation in sentence.citations]
        column = QVBoxLayout(self)
        column.setContentsMargins(*((8, 8, 8, 8) if within else (16, 12, 16, 14)))
        column.setSpacing(9)
        self._why = named(QPushButton("&Why"), "link")
        self._why.setCheckable(True)
        self._why.setAccessibleName(f"Why: reasons for the verdict {mark.word}")
        self._why.setToolTip("Show or hide the reasons for this verdict")
        column.addLayout(row(VerdictMark(mark, tip), None, self._why))
        words = label("", "sentence", wrap=True)
        words.setTextFormat(Qt.TextFormat.RichText)  # only for the space between lines: the words are escaped
        words.setText(f'<div style="line-height: 125%">{html.escape(clean(sentence.text))}</div>')
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setToolTip(tool_tip(tip))
        words.setAccessibleName(f"{mark.word}: {clean(sentence.text)}")
        column.addWidget(words)
        for note in notes:
            column.addWidget(note)
        for chip in self.chips:
            column.addWidget(chip)
            for line in _beside(chip, sentence.text):
                column.addWidget(line)
            chip.chosen.connect(lambda chip=chip: self.chosen.emit(chip))
        self._reasons = named(QFrame(), "note")
        inner = QVBoxLayout(self._reasons)
        inner.setContentsMargins(12, 9, 12, 9)
        inner.setSpacing(4)
        inner.addWidget(label(mark.explained, "", wrap=True))
        for reason in sentence.reasons:
            inner.addWidget(label(f"• {clean(reason)}", "", wrap=True))
        column.addWidget(self._reasons)
        self._why.toggled.connect(self._reasons.setVisible)
        self._why.setChecked(sentence.verdict in _OPEN_REASONS)
        self._reasons.setVisible(self._why.isChecked())


def _beside(chip: CitationChip, sentence: str) -> list[QLabel]:
    """What is said under a chip: where the words really stand, the quote if the sentence is not the quote itself."""
    citation = chip.citation
    lines = []
    quote = clean(citation.quote)
    if quote and citation.document and _bare(quote) not in _bare(sentence):
        lines.append(label(f"“{textwrap.shorten(quote, 400, placeholder=' …')}”", "muted", wrap=True))
        font = lines[0].font()
        font.setStrikeOut(not citation.found)
        lines[0].setFont(font)
    if not citation.found and not citation.hidden:
        places = "; ".join(map(clean, citation.elsewhere))
        lines.append(label(f"Found instead: {places}" if places else "Found nowhere else in the matter", "", wrap=True))
    if citation.header:
        header = textwrap.shorten(clean(citation.header), 160, placeholder=" …")
        lines.append(label(f"Under the table's header: {header}", "muted", wrap=True))
    if citation.amended_by:
        lines.append(label(f"Document amended by {'; '.join(map(clean, citation.amended_by))}", "muted", wrap=True))
    if citation.hidden:
        lines.append(label(unseen(citation.hidden), "warning", wrap=True))
    if citation.ocr_confidence is not None and citation.ocr_confidence < _DOUBTFUL:
        said = f"From a scan; least certain word {citation.ocr_confidence:.0f}%: compare with the page."
        lines.append(label(said, "muted", wrap=True))
    return lines


def _bare(text: str) -> str:
    """The letters and digits of a text: inside a quote its own quotation marks are written otherwise."""
    return "".join(filter(str.isalnum, text)).casefold()
