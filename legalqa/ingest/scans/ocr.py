"""Tesseract, through tesserocr where it can be imported, else through pytesseract and the `tesseract` program.

The only module that knows either. One thread a process (`OMP_THREAD_LIMIT=1`): with its default threads Tesseract is
nine times slower on a page when several run. The limit is set while Tesseract is loaded or started and taken back
after, since other engines of this process and its children (a language model's, the encoder's) want all their threads.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from legalqa.errors import EnvironmentFault

Pixels = NDArray[np.uint8]
_FOLDERS = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "C:/Program Files/Tesseract-OCR/tessdata",
)
_INSTALL = (
    "Install it: apt install tesseract-ocr tesseract-ocr-{package} (Debian, Ubuntu), brew install tesseract-lang "
    "(macOS), or put {language}.traineddata into a folder and name it in TESSDATA_PREFIX."
)
_LARGEST = 32_000  # pixels a side; Tesseract refuses more
SECONDS = 30.0  # that one reading may take unless said otherwise; pages of noise took 18 at the most
_NEGATIVE = "0.5"  # confidence below which a line is read as white on black too; such lines, read as black: 0.27


class OcrError(Exception):
    """The engine could not read the picture. Never quotes what stands on it."""


class OcrTimeout(OcrError):
    """The picture took longer to read than it may."""


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A recognised word: pixels from the picture's top-left corner, confidence 0 to 100."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float


class OcrEngine(Protocol):
    """What reads a picture."""

    name: str

    def lines(
        self, grey: Pixels, dpi: float, seconds: float = SECONDS, column: bool = False
    ) -> list[list[OcrWord]]:  # fmt: skip
        """Words of a page line by line, as Tesseract orders them; `column` says that its text is one column.

        Raises OcrTimeout after so many seconds, OcrError.
        """

    def row(self, grey: Pixels, dpi: float, seconds: float = SECONDS) -> list[OcrWord]:
        """Words of a picture that is known to hold one line of text. Raises OcrTimeout, OcrError."""

    def quarters(self, grey: Pixels) -> int | None:
        """How many quarter turns clockwise bring the page upright; None if that cannot be told."""

    def close(self) -> None:
        """Free the engine."""


def engine(languages: str) -> OcrEngine:
    """The best engine there is for languages such as "eng" or "eng+deu". Raises EnvironmentFault."""
    try:
        return TesserocrEngine(languages)
    except ImportError:  # no wheel for this machine
        return PytesseractEngine(languages)


def is_program() -> bool:
    """Whether Tesseract is started as a program, since it cannot be loaded as a library."""
    return importlib.util.find_spec("tesserocr") is None


def describe(languages: str) -> str:
    """Engine, version and data folder in words, for the doctor. Raises EnvironmentFault if OCR would not work."""
    found = engine(languages)
    try:
        return f"{found.name}, languages {languages}, data in {tessdata(languages)}"
    finally:
        found.close()


def tessdata(languages: str) -> Path:
    """The folder that holds the data of all languages and of orientation. Raises EnvironmentFault."""
    wanted = [*languages.split("+"), "osd"]
    folders = list(_folders())
    missing = wanted
    for folder in folders:
        missing = [name for name in wanted if not (folder / f"{name}.traineddata").is_file()]
        if not missing:
            return folder
    names = ", ".join(missing)
    raise EnvironmentFault(
        f"Tesseract's language data is missing: {names}.",
        kept="Files that need no OCR can still be read.",
        hint=_INSTALL.format(package=missing[0].replace("_", "-"), language=missing[0]),
    )


def _folders() -> Iterator[Path]:
    """Where data may lie: the named folder alone if one is named, as Tesseract itself has it."""
    named = os.environ.get("TESSDATA_PREFIX")
    if named:
        yield from (Path(named), Path(named) / "tessdata")
        return
    program = shutil.which("tesseract")
    if program:
        yield Path(program).resolve().parent / "tessdata"
    yield Path(sys.prefix) / "share" / "tessdata"
    for pattern in _FOLDERS:
        anchor = Path(pattern).anchor
        if anchor and Path(anchor).exists():
            yield from sorted(Path(anchor).glob(pattern[len(anchor) :]), reverse=True)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Tesseract that is loaded or started here keeps to one thread; what else this process starts does not."""
    before = os.environ.get("OMP_THREAD_LIMIT")
    os.environ["OMP_THREAD_LIMIT"] = before or "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_THREAD_LIMIT"]


class TesserocrEngine:
    """Tesseract as a library: keeps its models loaded from page to page. Raises ImportError, EnvironmentFault."""

    def __init__(self, languages: str) -> None:
        with _one_thread():
            import tesserocr

            self._tesserocr = tesserocr
            self._data = str(tessdata(languages))
            self.name = f"tesserocr ({tesserocr.tesseract_version().splitlines()[0]})"
            try:
                self._api: Any = tesserocr.PyTessBaseAPI(path=self._data, lang=languages, psm=tesserocr.PSM.AUTO)
            except RuntimeError:
                raise EnvironmentFault(
                    f"Tesseract's language data for {languages} in {self._data} cannot be loaded.",
                    hint="Install the language data again; it may be damaged or of another version.",
                ) from None
        self._api.SetVariable("invert_threshold", _NEGATIVE)  # older ones do not know it, and read more lines twice
        self._osd: Any = None

    def lines(
        self, grey: Pixels, dpi: float, seconds: float = SECONDS, column: bool = False
    ) -> list[list[OcrWord]]:  # fmt: skip
        """Words of a page line by line, as Tesseract orders them; `column` says that its text is one column.

        Raises OcrTimeout after so many seconds, OcrError.
        """
        psm = self._tesserocr.PSM
        return self._read(grey, dpi, seconds, psm.SINGLE_COLUMN if column else psm.AUTO)

    def row(self, grey: Pixels, dpi: float, seconds: float = SECONDS) -> list[OcrWord]:
        """Words of a picture that is known to hold one line of text. Raises OcrTimeout, OcrError."""
        lines = self._read(grey, dpi, seconds, self._tesserocr.PSM.SINGLE_LINE)
        return [word for line in lines for word in line]

    def _read(self, grey: Pixels, dpi: float, seconds: float, mode: int) -> list[list[OcrWord]]:
        if max(grey.shape) > _LARGEST or not grey.size:
            return []
        self._api.SetPageSegMode(mode)
        self._show(self._api, grey, dpi)
        try:
            if not self._api.Recognize(max(round(seconds * 1000), 1)):
                raise OcrTimeout
            return self._lines()
        except RuntimeError:  # tesserocr's way to say that nothing was found
            return []
        finally:
            self._api.Clear()

    def _lines(self) -> list[list[OcrWord]]:
        """What was recognised; a third of the time of Tesseract's own table."""
        level = self._tesserocr.RIL
        lines: list[list[OcrWord]] = []
        begins = True
        for word in self._tesserocr.iterate_level(self._api.GetIterator(), level.WORD):
            begins = begins or word.IsAtBeginningOf(level.TEXTLINE)
            text = "".join((word.GetUTF8Text(level.WORD) or "").split())
            if not text:
                continue
            if begins:
                lines.append([])
            confidence = min(max(float(word.Confidence(level.WORD)), 0.0), 100.0)
            x0, y0, x1, y1 = word.BoundingBox(level.WORD)
            lines[-1].append(OcrWord(text, x0, y0, x1, y1, confidence))
            begins = False
        return lines

    def quarters(self, grey: Pixels) -> int | None:
        """How many quarter turns clockwise bring the page upright; None if that cannot be told."""
        if self._osd is None:
            psm = self._tesserocr.PSM.OSD_ONLY
            self._osd = self._tesserocr.PyTessBaseAPI(path=self._data, lang="osd", psm=psm)
        self._show(self._osd, grey, 300)
        found = self._osd.DetectOrientationScript()
        self._osd.Clear()
        return (360 - int(found["orient_deg"])) // 90 % 4 if found else None

    def close(self) -> None:
        """Free the models."""
        for api in (self._api, self._osd):
            if api is not None:
                api.End()

    @staticmethod
    def _show(api: Any, grey: Pixels, dpi: float) -> None:
        height, width = grey.shape
        api.SetImageBytes(np.ascontiguousarray(grey).tobytes(), width, height, 1, width)
        api.SetSourceResolution(round(dpi))


class PytesseractEngine:
    """Tesseract as a program, started for each page."""

    def __init__(self, languages: str) -> None:
        import pytesseract

        self._pytesseract = pytesseract
        self._languages = languages
        try:
            version = pytesseract.get_tesseract_version()
        except (pytesseract.TesseractNotFoundError, SystemExit):
            raise EnvironmentFault(
                "Tesseract is not installed, so scanned pages cannot be read.",
                kept="Files that need no OCR can still be read.",
                hint=_INSTALL.format(package="eng", language="eng"),
            ) from None
        self.name = f"pytesseract (tesseract {version})"
        self._options = f'--tessdata-dir "{tessdata(languages)}"'

    def lines(
        self, grey: Pixels, dpi: float, seconds: float = SECONDS, column: bool = False
    ) -> list[list[OcrWord]]:  # fmt: skip
        """Words of a page line by line, as Tesseract orders them; `column` says that its text is one column.

        Raises OcrTimeout after so many seconds, OcrError.
        """
        return self._read(grey, dpi, seconds, 4 if column else 3)

    def row(self, grey: Pixels, dpi: float, seconds: float = SECONDS) -> list[OcrWord]:
        """Words of a picture that is known to hold one line of text. Raises OcrTimeout, OcrError."""
        return [word for line in self._read(grey, dpi, seconds, 7) for word in line]

    def _read(self, grey: Pixels, dpi: float, seconds: float, mode: int) -> list[list[OcrWord]]:
        if max(grey.shape) > _LARGEST or not grey.size:
            return []
        config = f"{self._options} --psm {mode} --dpi {round(dpi)}"
        try:
            with _one_thread():
                tsv = self._pytesseract.image_to_data(
                    self._picture(grey), lang=self._languages, config=config, timeout=max(seconds, 0.001)
                )
        except self._pytesseract.TesseractError:  # a RuntimeError too, so it comes first
            raise OcrError from None
        except RuntimeError:
            raise OcrTimeout from None
        return _lines_of_tsv(tsv)

    def quarters(self, grey: Pixels) -> int | None:
        """How many quarter turns clockwise bring the page upright; None if that cannot be told."""
        kind = self._pytesseract.Output.DICT
        config = f"{self._options} --psm 0 --dpi 300"
        try:
            with _one_thread():
                found = self._pytesseract.image_to_osd(
                    self._picture(grey), config=config, output_type=kind, timeout=SECONDS
                )
        except self._pytesseract.TesseractError:  # "too few characters"
            return None
        except RuntimeError:
            raise OcrTimeout from None
        return int(found["rotate"]) // 90 % 4

    def close(self) -> None:
        """Nothing stays open."""

    @staticmethod
    def _picture(grey: Pixels) -> Any:
        from PIL import Image

        return Image.fromarray(grey)


def _lines_of_tsv(tsv: str) -> list[list[OcrWord]]:
    """Tesseract's table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    lines: list[list[OcrWord]] = []
    current: tuple[str, ...] = ()
    for row in tsv.splitlines():
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip():
            continue
        if tuple(cells[1:5]) != current:
            current = tuple(cells[1:5])
            lines.append([])
        left, top, width, height = (float(cell) for cell in cells[6:10])
        confidence = min(max(float(cells[10]), 0.0), 100.0)
        text = "".join(cells[11].split())
        lines[-1].append(OcrWord(text, left, top, left + width, top + height, confidence))
    return lines
