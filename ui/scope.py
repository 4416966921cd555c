"""What a question was taken to be about, and what the search is limited to, as chips that can be changed.

Every chip that stands for something can be taken away, with its cross or with the Delete key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from legalqa.values.answer import Condition
from legalqa.values.question import SURE, LeftOut, Mention, MentionKind, Scope, Understood
from ui import theme
from ui.flow import FlowLayout
from ui.widgets import clean, clear, icon_button, label, named, tool_tip

EVERYTHING = "all"  # the scope that is the whole matter, as `Matter.ask` calls it
_MOST = 3  # documents named one by one
_WIDEST = 300  # logical pixels of the words of a chip
_OFFERED = 8
_FIELDS = {"party": "party", "type": "type", "date": "date", "bates": "bates"}  # kind of mention: field of a filter
_CALLED = {
    "party": "Party", "type": "Type", "date": "Date", "bates": "Bates", "cite": "Cited", "phrase": "Exact words",
    "term": "Defined term",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry of a chip's menu: `scope` asks again about that, `filter` limits the search to that."""

    words: str
    scope: str = ""
    filter: str = ""


def written(condition: Condition) -> str:
    """A term of a filter as it is typed."""
    value = condition.value
    if any(character.isspace() or character in '"\\' for character in value) or not value:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        value = f'"{escaped}"'
    return f"{condition.field}{condition.operator}{value}"


def said(condition: Condition) -> str:
    """A term of a filter in words: "date from 2019-01-01"."""
    words = {"=": "", "!=": "not ", ">=": "from ", "<=": "to ", ">": "after ", "<": "before "}
    field = condition.field.replace("_", " ")
    return f"{field}: {words[condition.operator]}{clean(condition.value)}"


class RemovableChip(QFrame):
    """Words in a rounded frame, with a menu if there is something to choose and a cross if it can be taken away.

    Where it can, Delete does it too, wherever in the chip the keyboard is.
    """

    def __init__(
        self,
        words: str,
        tip: str = "",
        menu: QMenu | None = None,
        remove: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("chip")
        line = QHBoxLayout(self)
        line.setContentsMargins(9 if menu is None else 3, 1, 3 if remove else 9, 1)
        line.setSpacing(2)
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, _WIDEST)
        if menu is None:
            part: QWidget = label(shown, "chipwords")
        else:
            button = named(QToolButton(), "chip")
            button.setText(shown.replace("&", "&&"))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the words
            theme.set_icon(button, "down")
            menu.setParent(button, menu.windowFlags())
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            part = button
        part.setAccessibleName(words)
        part.setToolTip(tool_tip(tip or words))
        line.addWidget(part)
        self._remove = remove[1] if remove else None
        if remove:
            cross = icon_button("close", remove[0], remove[1], "Delete")
            theme.set_icon(cross, "close", size=14)
            line.addWidget(cross)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._remove and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove()
        else:
            super().keyPressEvent(event)


class ScopeRow(QWidget):
    """`scoped` carries what the question is about instead ("" leaves it to the question), `filtered` a new filter term,
    `unfiltered` the term that was taken away, `left_out` all that is to be left out of what is understood.
    """

    scoped = Signal(str)
    filtered = Signal(str)
    unfiltered = Signal(str)
    left_out = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("What the question is about")
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._understood: Understood | None = None
        self._scope = ""
        self._before: Sequence[Scope] = ()
        self._without: tuple[LeftOut, ...] = ()
        self._names: dict[str, str] = {}  # of the documents that were shown, by their ids
        self._open: tuple[str, str] | None = None
        self._filters: tuple[Condition, ...] = ()
        self.hide()

    @property
    def where(self) -> str:
        """The filter that the chips stand for."""
        return " ".join(map(written, self._filters))

    def show_filters(self, filters: Sequence[Condition]) -> None:
        """Limit the search by these."""
        self._filters = tuple(filters)
        self._fill()

    def drop_filter(self, term: str) -> None:
        """Take a term away."""
        self.show_filters([one for one in self._filters if written(one) != term])

    def show_understood(
        self,
        understood: Understood | None,
        scope: str = "",
        before: Sequence[Scope] = (),
        without: tuple[LeftOut, ...] = (),
    ) -> None:
        """What was understood, asked with `scope` and `without` some of it; None shows nothing of it. `before` are the
        earlier questions' scopes.
        """
        self._understood, self._scope, self._before, self._without = understood, scope, before, without
        self._fill()

    def set_open_document(self, document: tuple[str, str] | None) -> None:
        """Id and name of the document that is open beside the question: it is offered as what the question is about."""
        if document != self._open:
            self._open = document
            self._fill()

    def _fill(self) -> None:
        clear(self._flow)
        chips = [*self._about(), *self._mentioned(), *self._missing(), *map(self._filter, self._filters)]
        for chip in chips:
            self._flow.addWidget(chip)
        self.setVisible(bool(chips))
        self.updateGeometry()

    def _about(self) -> list[QWidget]:
        found = self._understood
        if found is None:
            return []
        if self._scope == EVERYTHING:
            back = ("Leave it to the question what it is about", lambda: self.scoped.emit(""))
            return [RemovableChip("Searching everything", menu=self._menu(self._others(found, ())), remove=back)]
        sure = [scope for scope in found.scopes if scope.score >= SURE][:_MOST]
        shown = sure or list(found.scopes[:1])
        chips: list[QWidget] = []
        for scope in shown:
            name = clean(scope.document)
            words = f"About: {name}" if sure else f"Perhaps about: {name}"
            self._names[scope.document_id] = name
            remove: tuple[str, Callable[[], object]] = (
                (f"Not about {name}", self._leaving("document", scope.document_id))
                if len(shown) > 1
                else (f"Not about {name}: search everything instead", lambda: self.scoped.emit(EVERYTHING))
            )
            others = self._others(found, {one.document_id for one in shown}, with_all=True)
            chips.append(RemovableChip(words, f"{words} ({clean(scope.reason)})", self._menu(others), remove))
        if not shown:
            chips.append(RemovableChip("About: the whole matter", menu=self._menu(self._others(found, ()))))
        return chips

    def _others(
        self, found: Understood, shown: set[str] | tuple[()], *, with_all: bool = False
    ) -> list[Offer]:  # fmt: skip
        """What else the question may be about."""
        offers = {scope.document_id: clean(scope.document) for scope in found.scopes}
        if self._open:
            offers.setdefault(self._open[0], f"{self._open[1]} (open beside)")
        for scope in self._before[:1]:
            offers.setdefault(scope.document_id, f"{clean(scope.document)} (as before)")
        names = {clean(scope.document) for scope in found.scopes}
        for mention in found.mentions:
            if mention.kind == "document":
                offers |= {name: clean(name) for name in mention.alternatives if clean(name) not in names}
        listed = [Offer(f"About {name}", scope=id) for id, name in offers.items() if id not in shown][:_OFFERED]
        return [*listed, *([Offer("Search everything instead", scope=EVERYTHING)] if with_all else [])]

    def _mentioned(self) -> list[QWidget]:
        found = self._understood
        if found is None:
            return []
        chips: list[QWidget] = []
        seen = set()
        for mention in found.mentions:
            if mention.kind != "document" and (mention.kind, mention.value) not in seen:
                seen.add((mention.kind, mention.value))
                menu = self._menu(self._of_mention(mention, found))
                words = f"{_CALLED[mention.kind]}: {clean(mention.value)}"
                remove = (f"Leave out “{clean(mention.value)}”", self._leaving(mention.kind, mention.value))
                chips.append(RemovableChip(words, menu=menu, remove=remove))
        return chips

    def _missing(self) -> list[QWidget]:
        """What was taken away of what was understood, so that it can be taken into account again."""
        if self._understood is None or not self._without:
            return []
        names = "; ".join(self._names.get(one.value, clean(one.value)) for one in self._without)
        back = (f"Take into account again: {names}", lambda: self.left_out.emit(()))
        return [RemovableChip(f"Left out: {names}", remove=back)]

    def _leaving(self, kind: MentionKind, value: str) -> Callable[[], object]:
        return lambda: self.left_out.emit((*self._without, LeftOut(kind, value)))

    def _of_mention(self, mention: Mention, found: Understood) -> list[Offer]:
        """What can be made of a party, a type or a date: a filter, or the other things that the words may mean."""
        field = _FIELDS.get(mention.kind)
        held = {written(one) for one in self._filters}
        offers = []
        for value in (mention.value, *mention.alternatives) if field else ():
            condition = Condition(field, "=", value)  # type: ignore[arg-type]  # the fields of _FIELDS
            if written(condition) not in held:
                offers.append(Offer(f"Search only where {said(condition)}", filter=written(condition)))
        names = {scope.document_id: clean(scope.document) for scope in found.scopes}
        offers += [Offer(f"About {names[id]}", scope=id) for id in mention.document_ids if id in names]
        return offers[:_OFFERED]

    def _menu(self, offers: Sequence[Offer]) -> QMenu | None:
        if not offers:
            return None
        menu = QMenu()
        for offer in offers:
            action = menu.addAction(offer.words.replace("&", "&&"))
            signal, value = (self.filtered, offer.filter) if offer.filter else (self.scoped, offer.scope)
            action.triggered.connect(lambda _on, signal=signal, value=value: signal.emit(value))
        return menu

    def _filter(self, condition: Condition) -> QWidget:
        words = f"Only {said(condition)}"
        return RemovableChip(
            words, remove=(f"Remove the filter {said(condition)}", lambda: self.unfiltered.emit(written(condition)))
        )
