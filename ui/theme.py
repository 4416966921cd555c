"""Colours, type, icons: the looks, the size of the text, and how a verdict is marked to be read without colour."""

from __future__ import annotations

import contextlib
import gc
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

import legalqa
from legalqa.values.answer import AuthorityStatus, Verdict
from legalqa.values.document import FileState

Look = Literal["light", "dark", "contrast"]
Choice = Literal["system", "light", "dark", "contrast"]
SCALES = (100, 125, 150, 175, 200)  # per cent that the text may be enlarged to

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
CONTRAST = {  # text at least 7 to 1, the enhanced level of WCAG 2.2
    "window": "#000000", "surface": "#000000", "desk": "#1C1C1C", "line": "#A6A6A6", "field_line": "#FFFFFF",
    "text": "#FFFFFF", "muted": "#DADADA", "accent": "#5CD6FF", "accent_hover": "#A8E9FF", "on_accent": "#000000",
    "accent_soft": "#00305A", "hover": "#262626", "disabled": "#8F8F8F",
    "good": "#7CFFA8", "fair": "#7DE8FF", "plain": "#DADADA", "warn": "#FFC94D", "bad": "#FFB0AA",
    "good_soft": "#00290F", "fair_soft": "#00272E", "plain_soft": "#1C1C1C", "warn_soft": "#2E1F00",
    "bad_soft": "#3A0004",
}  # fmt: skip
LOOKS: dict[Look, dict[str, str]] = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
# Marks on the page lie on paper, which stays white in every look.
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
    """The look in force. `changed` follows every switch; colours and sizes are read anew by whoever paints."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self.choice: Choice = "system"
        self.percent = 100  # of the text's own size
        self.tokens = LIGHT
        self._plain_font = _font(application.font())
        self._sheet = string.Template((resources() / "styles" / "window.qss").read_text(encoding="utf-8"))
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)
        self.apply("system")

    def apply(self, choice: Choice) -> None:
        """Show `choice`, or with "system" whatever the desktop asks for."""
        self.choice = choice
        with _uncollected():
            self._apply(choice)
        self.changed.emit()

    def _apply(self, choice: Choice) -> None:
        hints = self._application.styleHints()
        of_system = wanted(hints.accessibility().contrastPreference(), hints.colorScheme())
        look = of_system if choice == "system" else choice
        self.tokens = LOOKS[look]
        font = QFont(self._plain_font)
        font.setPointSizeF(font.pointSizeF() * self.percent / 100)
        self._application.setFont(font)
        self._application.setPalette(_palette(self.tokens))
        scheme = "light" if look == "light" else "dark"  # of the drawings that the style sheet names
        sizes = _sizes(font.pointSizeF()) | {f"px{wide}": f"{self.scaled(wide)}px" for wide in (12, 15)}
        self._application.setStyleSheet(
            self._sheet.substitute(self.tokens | sizes | {"icons": _icons(), "scheme": scheme})
        )
        for window in self._application.topLevelWidgets():
            refresh_icons(window)

    def enlarge(self, percent: int) -> None:
        """Set all text at `percent` of its own size, and the drawings with it."""
        self.percent = percent
        self.apply(self.choice)

    def colour(self, token: str) -> QColor:
        """A colour of the look in force."""
        return QColor(self.tokens[token])

    def scaled(self, pixels: int) -> int:
        """Logical pixels of something that grows with the text."""
        return round(pixels * self.percent / 100)

    def _system_changed(self) -> None:
        if self.choice == "system":
            self.apply("system")


_theme: Theme | None = None


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Qt goes through a list of all widgets, and their Python runs meanwhile: none of them may be collected now."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


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


def set_icon(target: QAbstractButton | QAction, name: str, token: str = "text", size: int = 18) -> None:
    """Give a button or action an icon that follows the look and the size of the text."""
    target.setProperty("drawing", f"{name} {token} {size}")
    _refresh(target)


def refresh_icons(window: QWidget) -> None:
    """Draw the icons of a window anew in the colours of the look in force."""
    targets: Iterable[QAbstractButton | QAction] = [
        *window.findChildren(QAbstractButton),
        *window.findChildren(QAction),
    ]
    for target in targets:
        if target.property("drawing"):
            _refresh(target)


def _refresh(target: QAbstractButton | QAction) -> None:
    name, token, size = target.property("drawing").split()
    wide = current().scaled(int(size))
    target.setIcon(icon(name, token, wide))
    if isinstance(target, QAbstractButton):
        target.setIconSize(QSize(wide, wide))


def icon(name: str, token: str, size: int = 18) -> QIcon:
    """The drawing `name` in a colour of the look in force, and greyed, `size` logical pixels square."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, token, size, ratio))
        made.addPixmap(pixmap(name, "disabled", size, ratio), QIcon.Mode.Disabled)
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


def wanted(preferred: Qt.ContrastPreference, scheme: Qt.ColorScheme) -> Look:
    """The look that a desktop with these settings asks for."""
    if preferred == Qt.ContrastPreference.HighContrast:
        return "contrast"
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def _sizes(points: float) -> dict[str, str]:
    scales = {"small": 0.88, "body": 1.0, "reading": 1.1, "heading": 1.18, "title": 1.75}
    return {f"{name}_size": f"{points * scale:.1f}pt" for name, scale in scales.items()}


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
