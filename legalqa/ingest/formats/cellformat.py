"""A cell's value as a spreadsheet shows it, for the number formats that business files use.

A format that is not understood gives the plain value: dates as ISO days, numbers as they are.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import lru_cache
from typing import Any

_SECTIONS = re.compile(r'((?:"[^"]*"|\\.|[^;"\\])*)(?:;|$)', re.S)
_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[(h+|m+|s+)\]|\[[^\]]*\]|(am/pm|a/p)|'
    r"([ymdhs]+)(?:\.0+)?|([#0?,.]*[#0?][#0?,.]*(?:E[+-]0+)?)|(%)|(@)|(General)|(.)",
    re.I | re.S,
)
_LONG = 200  # characters of a format that are looked at


def shown(value: Any, code: str | None) -> str:
    """The value as text, "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    code = code or "General"
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return _moment(value, code)
    if isinstance(value, dt.timedelta):
        return _duration(value)
    if isinstance(value, int | float) and math.isfinite(value):
        return _number(value, code)
    return str(value)


@lru_cache(1000)
def _tokens(code: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The sections of a format, each a row of (kind, text)."""
    sections = []
    for part in _SECTIONS.findall(code[:_LONG])[:4]:
        found = []
        for match in _TOKEN.finditer(part):
            quoted, escaped, currency, elapsed, half, moment, digits, percent, at, general, other = match.groups()
            if quoted is not None or escaped or currency or other:
                found.append(("literal", quoted or escaped or currency or other or ""))
            elif match.group(0)[0] == "_":
                found.append(("literal", " "))
            for kind, text in (("half", half), ("moment", moment or elapsed), ("digits", digits)):
                if text:
                    found.append((kind, text))
            for kind, text in (("percent", percent), ("text", at), ("general", general)):
                if text:
                    found.append((kind, text))
        sections.append(tuple(found))
    return tuple(sections)


def _number(value: float, code: str) -> str:
    sections = [section for section in _tokens(code) if section] or [(("general", ""),)]
    kinds = {kind for kind, _ in sections[0]}
    if kinds & {"moment", "half"} or not kinds & {"digits", "percent", "literal", "general"}:
        return _general(value)
    chosen, negative = sections[0], value < 0
    if negative and len(sections) > 1:
        chosen, negative = sections[1], False  # that section says itself how it shows the sign
    elif value == 0 and len(sections) > 2:
        chosen = sections[2]
    size = abs(value) * 100 ** sum(kind == "percent" for kind, _ in chosen)
    digits = [text for kind, text in chosen if kind == "digits"]
    if len(digits) > 1 or any("E" in text.upper() or "/" in text for text in digits):
        return _general(value)  # fractions, phone numbers, scientific notation
    parts = []
    for kind, text in chosen:
        if kind == "digits":
            parts.append(_digits(size, text))
        elif kind in ("literal", "percent"):
            parts.append(text)
        elif kind == "general":
            parts.append(_general(size))
    said = " ".join("".join(parts).split())
    return f"-{said}" if negative and re.search("[1-9]", said) else said


def _digits(value: float, text: str) -> str:
    whole, _, decimals = text.rstrip(",").partition(".")
    value /= 1000 ** (len(text) - len(text.rstrip(",")))
    least = len([c for c in decimals if c == "0"])
    places = min(len([c for c in decimals if c in "0#?"]), 15)
    said = f"{value:,.{places}f}" if "," in whole else f"{value:.{places}f}"
    integer, dot, fraction = said.partition(".")
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    width = whole.count("0")
    integer = integer if len(integer) >= width else integer.zfill(width)
    if integer == "0" and not width and fraction:
        integer = ""
    return f"{integer}{dot}{fraction}" if fraction else integer


def _general(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.11g}" if value != int(value) or abs(value) >= 1e15 else str(int(value))
    return str(value)


def _moment(value: dt.datetime | dt.date | dt.time, code: str) -> str:
    tokens = next(iter(_tokens(code)), ())
    moments = [(kind, text.lower()) for kind, text in tokens if kind in ("moment", "half")]
    if not moments:
        return _iso(value)
    time = value if isinstance(value, (dt.datetime, dt.time)) else dt.time()
    halved = any(kind == "half" for kind, _ in tokens)
    parts, last = [], ""
    for index, (kind, text) in enumerate(tokens):
        if kind == "literal":
            parts.append(text)
        elif kind == "half":
            parts.append("AM" if time.hour < 12 else "PM")
        elif kind == "moment":
            following = next((t for k, t in tokens[index + 1 :] if k == "moment"), "")
            text = text.lower()
            minutes = text in ("m", "mm") and (last.startswith("h") or following.lower().startswith("s"))
            said = _clock(time, text, halved, minutes) if minutes or text[0] in "hs" else _day(value, text)
            if said is None:
                return _iso(value)
            parts.append(said)
            last = text
    return " ".join("".join(parts).split())


def _clock(time: dt.datetime | dt.time, text: str, halved: bool, minutes: bool) -> str:
    if minutes:
        number = time.minute
    elif text[0] == "h":
        number = (time.hour % 12 or 12) if halved else time.hour
    else:
        number = time.second
    return f"{number:02d}" if len(text) > 1 else str(number)


def _day(value: dt.datetime | dt.date | dt.time, text: str) -> str | None:
    if isinstance(value, dt.time):
        return None
    shapes = {
        "yyyy": f"{value.year:04d}",
        "yy": f"{value.year % 100:02d}",
        "mmmm": _MONTHS[value.month - 1],
        "mmm": _MONTHS[value.month - 1][:3],
        "mm": f"{value.month:02d}",
        "m": str(value.month),
        "dddd": _DAYS[value.weekday()],
        "ddd": _DAYS[value.weekday()][:3],
        "dd": f"{value.day:02d}",
        "d": str(value.day),
    }
    return shapes.get(text)


def _iso(value: dt.datetime | dt.date | dt.time) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return value.isoformat()


def _duration(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
