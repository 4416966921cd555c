"""The words of a page, and how they are held: as columns of numbers, a word being made when somebody looks at it."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import overload

_SPAN, _BOX, _CONFIDENCE = struct.Struct("<2i"), struct.Struct("<4d"), struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a page: its characters and its rectangle. `confidence` is 0 to 100, None unless it was OCRed."""

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Words(Sequence[Word]):
    """The words of a page in their order: 40 bytes each, where a tuple of `Word` takes 250.

    `spans` are start and end of each as int32, counted from `base`; `boxes` x0, y0, x1, y1 as float64; `confidence`
    float64, NaN for a word that was not OCRed, None if none was; all little-endian. Raises ValueError if the columns
    are not of one length.
    """

    spans: bytes = b""
    boxes: bytes = b""
    confidence: bytes | None = None
    base: int = 0

    def __post_init__(self) -> None:
        count, rest = divmod(len(self.spans), _SPAN.size)
        uncertain = self.confidence is not None and len(self.confidence) != count * _CONFIDENCE.size
        if rest or len(self.boxes) != count * _BOX.size or uncertain:
            raise ValueError("the columns of the words are not of one length")
        if not count:
            object.__setattr__(self, "base", 0)  # no words are no words, wherever

    @classmethod
    def of(cls, words: Iterable[Word], base: int = 0) -> Words:
        """The words packed, with spans counted from `base`; packed ones are returned as they are."""
        if isinstance(words, Words):
            return words
        spans, boxes, confidence = bytearray(), bytearray(), bytearray()
        certain = False
        for word in words:
            spans += _SPAN.pack(word.start - base, word.end - base)
            boxes += _BOX.pack(word.x0, word.y0, word.x1, word.y1)
            confidence += _CONFIDENCE.pack(math.nan if word.confidence is None else word.confidence)
            certain = certain or word.confidence is not None
        return cls(bytes(spans), bytes(boxes), bytes(confidence) if certain else None, base)

    def moved(self, by: int) -> Words:
        """The same words so many characters further on; nothing is copied."""
        return Words(self.spans, self.boxes, self.confidence, self.base + by)

    def within(self, start: int, end: int) -> Iterator[Word]:
        """The words that share a character with ``[start, end)``."""
        low, high = start - self.base, end - self.base
        for number, (first, after) in enumerate(_SPAN.iter_unpack(self.spans)):
            if first < high and after > low:
                yield self[number]

    def __len__(self) -> int:
        return len(self.spans) // _SPAN.size

    def __iter__(self) -> Iterator[Word]:
        known = repeat((math.nan,)) if self.confidence is None else _CONFIDENCE.iter_unpack(self.confidence)
        spans, boxes = _SPAN.iter_unpack(self.spans), _BOX.iter_unpack(self.boxes)
        for span, box, (confidence,) in zip(spans, boxes, known, strict=False):
            yield self._word(span, box, confidence)

    @overload
    def __getitem__(self, index: int) -> Word: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Word, ...]: ...
    def __getitem__(self, index: int | slice) -> Word | tuple[Word, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        number = range(len(self))[index]
        confidence = math.nan
        if self.confidence is not None:
            (confidence,) = _CONFIDENCE.unpack_from(self.confidence, number * _CONFIDENCE.size)
        span = _SPAN.unpack_from(self.spans, number * _SPAN.size)
        return self._word(span, _BOX.unpack_from(self.boxes, number * _BOX.size), confidence)

    def _word(self, span: tuple[int, ...], box: tuple[float, ...], confidence: float) -> Word:
        (start, end), (x0, y0, x1, y1) = span, box
        certain = None if math.isnan(confidence) else confidence
        return Word(start + self.base, end + self.base, x0, y0, x1, y1, certain)


class Unopened(Words):
    """Words that `unpack` makes when somebody first looks at them: of a thousand pages a reader looks at a few.

    They are equal to the words that they hold. Raises what `unpack` raises, at the first look.
    """

    __slots__ = ("_unpack", "_words")
    _unpack: Callable[[], Words]
    _words: Words | None

    def __init__(self, unpack: Callable[[], Words]) -> None:
        object.__setattr__(self, "_unpack", unpack)
        object.__setattr__(self, "_words", None)

    @property
    def opened(self) -> Words:
        """The words themselves."""
        held = self._words
        if held is None:
            held = self._unpack()
            object.__setattr__(self, "_words", held)
        return held

    @property
    def spans(self) -> bytes:
        return self.opened.spans

    @property
    def boxes(self) -> bytes:
        return self.opened.boxes

    @property
    def confidence(self) -> bytes | None:
        return self.opened.confidence

    @property
    def base(self) -> int:
        return self.opened.base

    def __eq__(self, other: object) -> bool:
        return self.opened == (other.opened if isinstance(other, Unopened) else other)

    def __hash__(self) -> int:
        return hash(self.opened)

    def __reduce__(self) -> tuple[type[Words], tuple[bytes, bytes, bytes | None, int]]:
        return Words, (self.spans, self.boxes, self.confidence, self.base)
