"""Bates numbers as they are compared: "HARBOR 000123" is "harbor-000123", "HARBOR000101-114" is a range."""

from __future__ import annotations

import re
from collections.abc import Iterable

_STAMP = re.compile(r"(?P<prefix>.*?)[\s_-]*(?P<digits>\d{1,15})")
_RANGE = re.compile(
    r"(?P<prefix>.*?[A-Za-z].*?)(?P<first>\d{1,15})\s*[-–—]\s*(?P<again>[A-Za-z]\D*)?(?P<last>\d{1,15})"
)


def parts(label: str) -> tuple[str, int | None]:
    """Prefix and number: "HARBOR 000123" → ("harbor", 123); no number without digits at the end."""
    match = _STAMP.fullmatch(_folded(label))
    return (match["prefix"], int(match["digits"])) if match else (_folded(label), None)


def key(label: str) -> str:
    """Without case and without what parts the prefix from its digits: "HARBOR 000123" → "harbor000123"."""
    match = _STAMP.fullmatch(_folded(label))
    return match["prefix"] + match["digits"] if match else _folded(label)


def span(value: str) -> tuple[str, int, int] | None:
    """ "HARBOR000101-114" → ("harbor", 101, 114); None for what is no range.

    A last number without its leading digits takes them from the first. Raises ValueError for a range that ends before
    it begins or under another prefix.
    """
    match = _RANGE.fullmatch(value.strip())
    if match is None or (not match["again"] and len(match["last"]) > len(match["first"])):
        return None
    prefix, first = parts(match["prefix"] + match["first"])
    digits, again = match["last"], _folded(match["again"] or "").rstrip(" _-")
    if not again:
        digits = match["first"][: len(match["first"]) - len(digits)] + digits
    if (again and again != prefix) or first is None or int(digits) < first:
        raise ValueError("not a range of Bates numbers")
    return prefix, first, int(digits)


def spanned(label: str, labels: Iterable[str]) -> bool:
    """Whether a number lies between the lowest and the highest of `labels` with its prefix."""
    prefix, number = parts(label)
    near = [one for head, one in map(parts, labels) if head == prefix and one is not None]
    return number is not None and bool(near) and min(near) <= number <= max(near)


def is_one(text: str) -> bool:
    """Whether a text has the form of one Bates number: a prefix with letters and at least four digits, no more."""
    return re.fullmatch(r"\s*[A-Za-z][A-Za-z_. &-]{0,30}?[\s_-]*\d{4,15}\s*", text) is not None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
