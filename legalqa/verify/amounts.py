"""Numbers, money, percentages, dates and durations in legal prose, each in one normal form.

"sixty (60) days" is two mentions of one duration; "$1.5 million" and "$1,500,000" are one amount; "the 5th day of
March, 2019" is 2019-03-05. What cannot be read with certainty is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Kind = Literal["amount", "percentage", "date", "duration", "time", "number"]

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "twentieth": 20,
    "thirtieth": 30,
}  # fmt: skip
_SHORT_SCALES = {"k": 1000, "m": 10**6, "mm": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9} | _SCALES
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR", "£": "GBP",
    "gbp": "GBP", "pound": "GBP", "¥": "JPY", "jpy": "JPY", "yen": "JPY", "c$": "CAD", "cad": "CAD", "a$": "AUD",
    "aud": "AUD", "rmb": "CNY", "cny": "CNY", "hk$": "HKD", "chf": "CHF", "cent": "USD cent",
}  # fmt: skip

_PLAIN = str.maketrans("‐‑‒–−’‘\u00a0\u2009\u202f\t\r\n\f\v", "-----''" + " " * 8)  # one for one: offsets stay
_NUMBER_WORD = "|".join(sorted([*_UNITS, *_TENS, *_SCALES], key=len, reverse=True))
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
MONTH = re.compile(_MONTH, re.IGNORECASE)
_DATE = re.compile(
    rf"""(?i)\b(?:
      (?P<iso>(?P<iy>\d{{4}})-(?P<im>\d\d)-(?P<id>\d\d))
     |(?P<num>(?P<nm>\d{{1,2}})/(?P<nd>\d{{1,2}})/(?P<ny>\d{{4}}|\d\d))
     |(?P<mdy>(?P<mm>{_MONTH})\s*(?P<md>\d{{1,2}})(?:st|nd|rd|th)?\b(?:\s*,?\s*(?P<my>(?:1[6-9]|20)\d\d))?(?![\d/]))
     |(?P<dmy>(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:day\s+of\s+)?(?P<dm>{_MONTH})(?:\s*,?\s*(?P<dy>(?:1[6-9]|20)\d\d))?)
     |(?P<my_>(?P<ym>{_MONTH})\s*,?\s*(?:of\s+)?(?P<yy>(?:1[6-9]|20)\d\d))
    )(?!\w)""",
    re.VERBOSE,
)
_TIME = re.compile(r"(?<![\d.:])(\d{1,3}):(\d\d)(?!\d)\s*([ap]\.?m\b)?", re.IGNORECASE)
_AND = r"(?:(?<=hundred)|(?<=thousand)|(?<=million)|(?<=billion))\s+and\s+"  # not in "between eighteen and twelve"
_NUMBER = re.compile(
    rf"""(?ix)(?P<currency>(?:us|c|a|hk)?\$|[€£¥]|\b(?:usd|eur|gbp|rmb|cny|chf|jpy|cad|aud)\b)?\s*
     (?:(?<![\w.])(?P<digits>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)*|\.\d+)(?P<suffix>st|nd|rd|th|[a-z]{{1,2}})?(?![a-z])
       |\b(?P<words>(?:{_NUMBER_WORD})(?:(?:[\s-]+|{_AND})(?:{_NUMBER_WORD}))*)\b
       |\b(?P<ordinal>{"|".join(_ORDINALS)})\b)
     (?:\s*(?P<scale>hundred|thousand|million|billion|trillion)\b)?"""
)
_AFTER = re.compile(
    r"""(?ix)(?P<inside>\))?\s*+(?:\(\s*\$?[\w.,%\s-]{1,24}\)\s*)?-?\s*(?:
      (?P<percent>%|percent(?:age\s+points?)?\b|per\s*cent(?:um)?\b)
     |(?P<points>basis\s+points?\b)
     |(?P<money>(?:u\.?\s?s\.?|united\s+states|canadian|australian)?\s*
        (?:dollars?|euros?|pounds?(?:\s+sterling)?|cents?|yen|usd|eur|gbp|rmb)\b)
     |(?P<unit>(?:calendar\s+|consecutive\s+|full\s+|additional\s+|successive\s+)?(?P<sort>business|working|trading|banking)?
        [\s-]*(?P<time>hour|day|week|month|quarter|year)s?\b))"""
)
_MORE = (
    r"at\s+least|(?:not|no|nor)\s+(?:less|fewer|earlier|sooner)\s+than|(?:a\s+)?minimum\s+(?:of|term\s+of)"
    r"|in\s+excess\s+of|(?:more|greater|longer)\s+than|exceed(?:s|ed|ing)?|over"
)
_LESS = (
    r"at\s+most|(?:not|no|nor)\s+(?:more|greater|longer|later)\s+than|up\s+to|(?:a\s+)?maximum\s+of"
    r"|not?\s+(?:to\s+)?(?:be\s+)?(?:in\s+excess\s+of|exceed(?:ing)?)|(?:less|fewer|shorter)\s+than|under|within"
)
_BOUND = re.compile(
    rf"(?i)\b(?:(?P<less>{_LESS})|(?P<more>{_MORE}))\s+(?:(?:an?|the|of|period|aggregate|total|sum|amount)\s+){{0,4}}$"
)
_NEVER = re.compile(r"(?i)\b(?:not|no\s+(?:event|case|circumstances?)|never|neither|cannot)\b|n['’]t\b")
_LABELLED = re.compile(
    r"\b(?!(?:In|On|By|At|Of|From|Since|Until|The|For|About|To|All|Only|And|Or)\b)[A-Z][a-z]+\s+(?:(?:[\dA-Z]|\d+[\d.]*)(?:\s*,\s*|\s+(?:and|or|through|to)\s+|\s*[-–]\s*))*$"
)
_DAY_SIDE = re.compile(r"(?i)\b(?:(?P<before>before|prior\s+to)|(?P<after>after|following))\s+(?:\w+day,?\s+)?$")
_IN_WORDS = re.compile(rf"(?i)(?:{_NUMBER_WORD}|per\s?cent|dollars|[\s-])+\($")
_OR_MORE = re.compile(
    r"(?i)[^.;]{0,24}?\bor\s+(?P<more>more|longer|greater|over)\b|[^.;]{0,24}?\bor\s+(?:less|fewer|under)\b"
)
_SIDE = re.compile(r"(?i)[\s'’]*(?P<side>before|prior\s+to|after|following)\b")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One mention. `value` is normalised: digits, ISO date ("2019-03", "--03-05") or clock time; `unit` a currency,
    "day", "business day", "month" (years become months), "%" or "". `bound` is 1 for "at least", -1 for "at most",
    0 for neither; `side` says whether a period lies before or after something. Offsets are into the given text.
    """

    kind: Kind
    value: str
    unit: str
    start: int
    end: int
    text: str
    bound: int = 0
    side: str = ""
    figure: str = ""  # the bare number as written: "5" of "five (5) years"
    label: bool = False  # it names a thing and counts nothing: "Freezer Rooms 2 and 4"


@lru_cache(maxsize=512)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity in `text`, in order."""
    line = text.translate(_PLAIN)
    found = [*_dates(line)]
    taken = [(quantity.start, quantity.end) for quantity in found]
    for match in _TIME.finditer(line):
        if not _overlaps(match.span(), taken):
            value = f"{int(match[1])}:{match[2]}" + (match[3] or "").lower().replace(".", "")
            found.append(Quantity("time", value, "", match.start(), match.end(), match.group().strip()))
            taken.append(match.span())
    for match in _NUMBER.finditer(line):
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        if not _overlaps((start, match.end()), taken):
            quantity = _number(match, line, start)
            if quantity:
                found.append(quantity)
    found.sort(key=lambda quantity: quantity.start)
    return tuple(found)


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _dates(line: str) -> list[Quantity]:
    found = []
    for match in _DATE.finditer(line):
        year = match["iy"] or match["ny"] or match["my"] or match["dy"] or match["yy"]
        month = match["im"] or match["nm"] or match["mm"] or match["dm"] or match["ym"]
        day = match["id"] or match["nd"] or match["md"] or match["dd"]
        value = _iso(year, month, day)
        if value and not (match["mm"] in ("may", "may.") or match["dm"] == "may"):
            beside = _DAY_SIDE.search(line[max(match.start() - 40, 0) : match.start()])
            side = "" if not beside else "before" if beside["before"] else "after"
            found.append(Quantity("date", value, "", match.start(), match.end(), match.group(), side=side))
    return found


def _iso(year: str | None, month: str, day: str | None) -> str | None:
    number = int(month) if month.isdigit() else next(n for n, m in enumerate(_MONTHS, 1) if m == month.lower()[:3])
    if not 1 <= number <= 12 or (day and not 1 <= int(day) <= 31):
        return None
    if year and len(year) == 2:
        year = ("20" if int(year) < 60 else "19") + year
    return f"{year or '-'}-{number:02}" + (f"-{int(day):02}" if day else "")


def _number(match: re.Match[str], line: str, start: int) -> Quantity | None:
    value = _value(match)
    after = _AFTER.match(line, match.end())
    end, unit = match.end(), ""
    kind: Kind = "number"
    if match["currency"]:
        kind, unit = "amount", _CURRENCIES[match["currency"].lower()]
    elif after and after["percent"]:
        kind, unit = "percentage", "%"
    elif after and after["points"]:
        kind, unit = "percentage", "basis points"
    elif after and after["money"]:
        kind, unit = "amount", _currency(after["money"])
    elif after and after["unit"]:
        kind, unit = (
            "duration",
            " ".join(part for part in (after["sort"] and "business", after["time"].lower()) if part),
        )
    if (unit or kind != "number") and not match["currency"] and after and not after["inside"]:
        end = after.end()
    word = (match["words"] or match["ordinal"] or "").lower()
    in_figures = re.match(r"\s*\(\s*\$?\d", line[match.end() :])
    if word in _SCALES and kind == "number":
        return None  # "parts per million"
    if word in ("one", "first", "second") and kind == "number" and not in_figures:
        return None  # "one of the parties", "first, …": not a number that anybody states
    suffix = (match["suffix"] or "").lower()
    if suffix and suffix not in ("st", "nd", "rd", "th") and not (match["currency"] and suffix in _SHORT_SCALES):
        value = (match["digits"] + match["suffix"]).lower()
    figure = value
    value, unit = _common(value, unit)
    bound, side = _bound(line, start, end, match)
    text = " ".join(line[start:end].split())
    label = kind == "number" and bool(_LABELLED.search(line[max(start - 60, 0) : start]))
    return Quantity(kind, value, unit, start, end, text, bound, side, figure, label)


def _value(match: re.Match[str]) -> str:
    if match["digits"]:
        digits = match["digits"].replace(",", "")
        if digits.count(".") > 1:
            return digits
        value = Decimal(digits)
        suffix = (match["suffix"] or "").lower()
        if match["currency"] and suffix in _SHORT_SCALES:
            value *= _SHORT_SCALES[suffix]
    elif match["ordinal"]:
        value = Decimal(_ORDINALS[match["ordinal"].lower()])
    else:
        value = Decimal(_spelled(match["words"]))
    if match["scale"]:
        value *= _SCALES[match["scale"].lower()]
    return _plain(value)


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _spelled(words: str) -> int:
    total = current = 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word == "and":
            continue
        if word == "hundred":
            current = max(current, 1) * 100
        elif word in _SCALES:
            total += max(current, 1) * _SCALES[word]
            current = 0
        else:
            current += _UNITS.get(word, 0) + _TENS.get(word, 0)
    return total + current


def _currency(words: str) -> str:
    words = words.lower()
    if words.startswith("canadian"):
        return "CAD"
    if words.startswith("australian"):
        return "AUD"
    return next(code for name, code in _CURRENCIES.items() if len(name) > 2 and name in words)


def _common(value: str, unit: str) -> tuple[str, str]:
    """Years become months, weeks days, basis points per cent: the law counts them alike."""
    if unit in ("year", "week", "quarter", "basis points") and re.fullmatch(r"\d+(\.\d+)?", value):
        factor, common = {
            "year": (Decimal(12), "month"),
            "week": (Decimal(7), "day"),
            "quarter": (Decimal(3), "month"),
            "basis points": (Decimal("0.01"), "%"),
        }[unit]
        return _plain(Decimal(value) * factor), common
    return value, unit


def _bound(line: str, start: int, end: int, match: re.Match[str]) -> tuple[int, str]:
    clause = re.split(r"[.;]\s", line[max(start - 160, 0) : start])[-1]
    before = clause[-60:]
    before = _IN_WORDS.sub("", before) if before.endswith("(") else before
    if before and before[-1] != " ":
        before += " "
    direction = 0
    found = _BOUND.search(before)
    tail = _OR_MORE.match(line, match.end())
    if found:
        exceeded = (found["more"] or "").lower() in ("exceed", "exceeding")  # "exceeds" is negated by nothing before it
        never = exceeded and _NEVER.search(clause)
        direction = -1 if found["less"] or never else 1
    elif tail:
        direction = 1 if tail["more"] else -1
    beside = _SIDE.match(line, end)
    side = "" if not beside else "before" if beside["side"].lower()[0] in "bp" else "after"
    return direction, side
