"""Colours, type, icons: the light and the dark look, and how a verdict is marked so that it reads without colour."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

import legalqa
from legalqa.values.answer import AuthorityStatus, Verdict
from legalqa.values.document import FileState

Choice = Literal["system", "light", "dark"]

LIGHT = {
    "window": "#F4F5F8", "surface": "#FFFFFF", "desk": "#E6E8ED", "line": "#DDE1E8", "field_line": "#7C8494",
    "text": "#1A1F29", "muted": "#59616F", "accent": "#2350A8", "accent_hover": "#1B4190", "on_accent": "#FFFFFF",
    "accent_soft": "#E7EDF9", "hover": "#ECEFF4", "disabled": "#9AA1AD",
    "good": "#17693A", "fair": "#0B6470", "plain": "#59616F", "warn": "#8A4B00", "bad": "#B01F24",
    "good_soft": "#E6F3EB", "fair_soft": "#E2F1F3", "plain_soft": "#EDEFF3", "warn_soft": "#FBF0DF",
    "bad_soft": "#FBE9E9",
}  # fmt: skip
DARK = {
    "window": "#15171C", "surface": "#1D2026", "desk": "#0F1115", "line": "#30353F", "field_line": "#6E7787",
    "text": "#E9EBEF", "muted": "#A6AEBB", "accent": "#8DB4FF", "accent_hover": "#A9C6FF", "on_accent": "#0C1730",
    "accent_soft": "#25324B", "hover": "#282C34", "disabled": "#646C79",
    "good": "#7FD3A0", "fair": "#76CFDB", "plain": "#A6AEBB", "warn": "#F0B865", "bad": "#FF9A94",
    "good_soft": "#1C3327", "fair_soft": "#173236", "plain_soft": "#2A2E36", "warn_soft": "#3A2D17",
    "bad_soft": "#402224",
}  # fmt: skip
# Marks on the page lie on paper, which stays white in both looks.
Layer = Literal["found", "cited", "selected"]
LAYERS: dict[Layer, tuple[QColor, QColor | None]] = {  # fill and line, from the lowest to the highest
    "found": (QColor(255, 150, 60, 90), None),
    "cited": (QColor(255, 214, 64, 110), QColor("#B45309")),
    "selected": (QColor(90, 150, 255, 110), None),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How something is marked: a word, a shape (an icon of its own) and a colour (a token of the palette)."""

    word: str
    icon: str
    colour: str
    explained: str = ""


VERDICTS: dict[Verdict, Mark] = {
    "verbatim": Mark("Verbatim", "verbatim", "good", "The words stand in the cited place, exactly."),
    "supported": Mark("Supported", "supported", "fair", "The facts agree with the cited place."),
    "uncited": Mark("Uncited", "uncited", "plain", "States something and cites nothing: it was not checked."),
    "unsupported": Mark("Unsupported", "unsupported", "warn", "The cited place exists but does not say so."),
    "bad_reference": Mark("Bad reference", "bad_reference", "bad", "The cited place or quote does not exist there."),
}
AUTHORITIES: dict[AuthorityStatus, Mark] = {
    "in_record": Mark("In the record", "supported", "fair"),
    "in_list": Mark("In the firm's list", "supported", "fair"),
    "unknown": Mark("Unknown, check it", "unsupported", "warn"),
    "malformed": Mark("Malformed", "bad_reference", "bad"),
}
_WORDS: dict[str, tuple[str, tuple[str, ...]]] = {  # word for a kind of file: its icon, the kinds
    "": ("document", ("pdf",)),
    "Word": ("document", ("docx", "doc")),
    "Rich text": ("document", ("rtf",)),
    "OpenDocument": ("document", ("odt",)),
    "WordPerfect": ("document", ("wpd",)),
    "Text": ("document", ("txt", "md")),
    "Web page": ("document", ("html",)),
    "Spreadsheet": ("sheet", ("xlsx", "xls", "ods")),
    "Table": ("sheet", ("csv",)),
    "Slides": ("slides", ("pptx", "ppt", "odp")),
    "E-mail": ("mail", ("eml", "msg")),
    "Mailbox": ("archive", ("mbox",)),
    "Archive": ("archive", ("zip",)),
    "Picture": ("picture", ("image",)),
}
# Kinds of file as ingestion names them, with word and icon.
KINDS = {kind: (word, icon) for word, (icon, kinds) in _WORDS.items() for kind in kinds}
STATES: dict[FileState, Mark] = {
    "indexed": Mark("Indexed", "supported", "good"),
    "duplicate": Mark("Duplicate", "duplicate", "plain"),
    "changed": Mark("Changed on disk", "unsupported", "warn"),
    "missing": Mark("Missing on disk", "uncited", "warn"),
    "unsupported": Mark("Not supported", "uncited", "plain"),
    "encrypted": Mark("Encrypted", "lock", "warn"),
    "failed": Mark("Not readable", "bad_reference", "bad"),
}


def resources() -> Path:
    """The shipped resources: inside the installed package, beside it in a checkout."""
    package = Path(legalqa.__file__).parent
    installed = package / "_shipped" / "resources"
    return installed if installed.exists() else package.parent / "resources"


class Theme(QObject):
    """The look in force. `changed` follows every switch; colours are read anew by whoever paints."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self.choice: Choice = "system"
        self.tokens = LIGHT
        application.setFont(_font(application.font()))
        self._sheet = string.Template((resources() / "styles" / "window.qss").read_text(encoding="utf-8"))
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.apply("system")

    @property
    def dark(self) -> bool:
        """Whether the dark look is in force."""
        return self.tokens is DARK

    def apply(self, choice: Choice) -> None:
        """Show `choice`, or with "system" whatever the desktop asks for."""
        self.choice = choice
        dark = choice == "dark" or (choice == "system" and _system_is_dark())
        self.tokens = DARK if dark else LIGHT
        self._application.setPalette(_palette(self.tokens))
        self._application.setStyleSheet(
            self._sheet.substitute(
                self.tokens | self._sizes() | {"icons": _icons(), "scheme": "dark" if dark else "light"}
            )
        )
        for window in self._application.topLevelWidgets():
            refresh_icons(window)
        self.changed.emit()

    def colour(self, token: str) -> QColor:
        """A colour of the look in force."""
        return QColor(self.tokens[token])

    def _system_changed(self) -> None:
        if self.choice == "system":
            self.apply("system")

    def _sizes(self) -> dict[str, str]:
        base = self._application.font().pointSizeF()
        scales = {"small": 0.88, "body": 1.0, "reading": 1.1, "heading": 1.18, "title": 1.75}
        return {f"{name}_size": f"{base * scale:.1f}pt" for name, scale in scales.items()}


_theme: Theme | None = None


def install(application: QApplication) -> Theme:
    """The application's theme, made when first asked for."""
    global _theme
    if _theme is None or _theme.parent() is not application:
        _theme = Theme(application)
    return _theme


def current() -> Theme:
    """The theme in force. RuntimeError before `install`."""
    if _theme is None:
        raise RuntimeError("theme.install comes first")
    return _theme


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def pixmap(name: str, token: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The drawing `name` in a colour of the look in force, `size` logical pixels square, sharp at `ratio`."""
    return _drawn(name, current().tokens[token], size, ratio)


def set_icon(target: QAbstractButton | QAction, name: str, token: str = "text") -> None:
    """Give a button or action an icon that follows the look."""
    target.setProperty("drawing", f"{name} {token}")
    target.setIcon(icon(name, token))


def refresh_icons(window: QWidget) -> None:
    """Draw the icons of a window anew in the colours of the look in force."""
    targets: Iterable[QAbstractButton | QAction] = [
        *window.findChildren(QAbstractButton),
        *window.findChildren(QAction),
    ]
    for target in targets:
        drawing = target.property("drawing")
        if drawing:
            target.setIcon(icon(*drawing.split()))


def icon(name: str, token: str) -> QIcon:
    """The drawing `name` in a colour of the look in force, and greyed."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, token, 18, ratio))
        made.addPixmap(pixmap(name, "disabled", 18, ratio), QIcon.Mode.Disabled)
    return made


@lru_cache(maxsize=512)
def _drawn(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    source = (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    picture = QPixmap(QSize(size, size) * ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, size * ratio, size * ratio))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _icons() -> str:
    """Where the icons lie, as a style sheet names it."""
    return (resources() / "icons").as_posix()


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _font(font: QFont) -> QFont:
    """The desktop's own font, never smaller than is comfortable for reading all day."""
    font.setPointSizeF(max(font.pointSizeF(), 10.0))
    if font.family() in ("Sans Serif", "Sans", "DejaVu Sans"):  # no desktop has chosen: take the best that is there
        font.setFamilies(["Inter", "Noto Sans", "Open Sans", "Liberation Sans", "DejaVu Sans"])
    return font


def _palette(tokens: dict[str, str]) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: "window", QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "surface", QPalette.ColorRole.AlternateBase: "window",
        QPalette.ColorRole.Text: "text", QPalette.ColorRole.PlaceholderText: "muted",
        QPalette.ColorRole.Button: "surface", QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.Highlight: "accent", QPalette.ColorRole.HighlightedText: "on_accent",
        QPalette.ColorRole.ToolTipBase: "surface", QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.Link: "accent", QPalette.ColorRole.Accent: "accent", QPalette.ColorRole.Mid: "line",
    }  # fmt: skip
    for role, token in roles.items():
        palette.setColor(role, QColor(tokens[token]))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens["disabled"]))
    return palette


def _luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
