"""Dates as questions name them: "March 1, 2019", "3/1/2019", "2019-03-01", "March 2019", "2019", "March 1"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?" + (
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\b{_MONTH.format('m1')}\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>\d{{4}})\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH.format('m2')},?\s+(?P<y2>\d{{4}})\b"
    rf"|\b(?P<y3>(?:19|20)\d\d)-(?P<m3>\d\d)(?:-(?P<d3>\d\d))?\b"
    rf"|\b(?P<m4>\d{{1,2}})/(?P<d4>\d{{1,2}})/(?P<y4>(?:19|20)\d\d)\b"
    rf"|\b{_MONTH.format('m5')},?\s+(?P<y5>(?:19|20)\d\d)\b"
    rf"|\b(?-i:(?=[A-Z])){_MONTH.format('m7')}\s+(?P<d7>\d{{1,2}})(?:st|nd|rd|th)?(?![\w%]|[.,/:-]\d|,?\s+\d{{4}})"
    r"|(?<![\w$.,-])(?P<y6>(?:19|20)\d\d)(?![\w%]|[.,]\d|-\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A day, month or year ``[start, end)`` of a text; `iso` is "2019-03-01", "2019-03", "2019", or "--03-01" of a day
    whose year is not said.
    """

    start: int
    end: int
    iso: str


def dates_of(text: str) -> list[Named]:
    """Every date that the calendar knows, in order. "3/1/2019" is read as in the United States: March."""
    found = []
    for match in _DATE.finditer(text):
        parts = {name[0]: value for name, value in match.groupdict().items() if value}
        month = parts.get("m", "")
        number = int(month) if month.isdigit() else _number(month)
        iso = (
            parts.get("y", "-")
            + (f"-{number:02}" if month else "")
            + (f"-{int(parts['d']):02}" if "d" in parts else "")
        )
        if _exists(iso):
            found.append(Named(match.start(), match.end(), iso))
    return found


def _number(month: str) -> int:
    return _MONTHS.index(month[:3].lower()) + 1 if month else 0


def _exists(iso: str) -> bool:
    year, month, day = ([int(part) for part in iso.replace("--", "2000-").split("-")] + [1, 1])[:3]  # 2000 leaps
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
