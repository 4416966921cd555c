"""What should be seen before a text leaves the firm: personal numbers and marks of privilege.

Numbers count only where their own check holds (Luhn for cards, mod 97 for IBANs, the ABA sum for routing numbers, the
ranges that the Social Security Administration gives out) or where the words before them say what they are. Nothing is
removed: a reader is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["ssn", "card", "account", "health", "birth", "privilege"]
WORDS: dict[Kind, str] = {
    "ssn": "a social security number",
    "card": "a payment card number",
    "account": "a bank account or routing number",
    "health": "a health identifier",
    "birth": "a date of birth",
    "privilege": "a mark of privilege",
}
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d\d)|\d{{4}}-\d\d-\d\d|{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}"
    rf"|\d{{1,2}}\s+{_MONTH}\s+\d{{4}})"
)
_NUMBER = r"(?:\s*(?:no|number|num|id|#)s?\b\.?|\s*\#)?\s*(?:is|was|ending\s+in)?\s*[:#]?\s*"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Something to look at: characters ``[start, end)`` of the text that was searched. `shown` may be told: of a number
    its last four digits, of a mark of privilege its words.
    """

    kind: Kind
    start: int
    end: int
    shown: str


def _luhn(digits: str) -> bool:
    """The checksum of payment cards (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    known = re.match(r"4|5[1-5]|2[2-7]|3[47]|6(?:011|5|4[4-9])|3(?:0[0-5]|[68])|35", digits)
    return bool(known) and 13 <= len(digits) <= 19 and len(set(digits)) > 1 and _luhn(digits)


def _is_ssn(text: str) -> bool:
    """Never given out: areas 000, 666 and 900 to 999, group 00, serial 0000 (SSA, POMS RM 10201.035)."""
    area, group, serial = re.sub(r"\D", "", text)[:3], re.sub(r"\D", "", text)[3:5], re.sub(r"\D", "", text)[5:]
    return len(serial) == 4 and area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _is_iban(text: str) -> bool:
    """ISO 13616: mod 97 of the number with its first four characters last."""
    plain = re.sub(r"\s", "", text)
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _is_routing(text: str) -> bool:
    """The ABA's checksum: weights 3, 7, 1."""
    digits = re.sub(r"\D", "", text)[-9:]
    weights = (3, 7, 1) * 3
    return len(digits) == 9 and sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 10 == 0


def _is_npi(text: str) -> bool:
    """A provider's number: Luhn with the prefix 80840 (45 CFR 162.406)."""
    return _luhn("80840" + re.sub(r"\D", "", text)[-10:])


def _always(_text: str) -> bool:
    return True


_MBI = (  # Medicare's beneficiary identifier: CMS leaves out the letters S, L, O, I, B and Z
    r"(?<![\w-])(?P<it>[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?"
    r"[AC-HJKMNP-RT-Y]{2}\d{2})(?![\w-])"
)
_RECORD = (
    r"(?i)\b(?:mrn|medical\s+record|patient(?:\s+account)?|health\s+plan(?:\s+beneficiary)?|medicare|medicaid|member)\b"
    rf"(?:\s+(?:no|number|id|identifier)\b\.?|\s*\#|\s*:){_NUMBER}(?P<it>[A-Z]{{0,4}}-?\d[\dA-Z-]{{4,14}})(?!\w)"
)
_ACCOUNT = (
    r"(?i)\b(?:bank\s+|checking\s+|savings\s+|deposit\s+)?(?:account|acct)\b\.?"
    rf"{_NUMBER}(?P<it>(?:\d[ -]?){{6,17}}\d)(?!\d)"
)
_SSN = r"(?i)\b(?:social\s+security|ssn)\b" + _NUMBER
_NUMBERS: tuple[tuple[Kind, str, Callable[[str], bool]], ...] = (
    ("ssn", r"(?<![\d-])(?P<it>\d{3}-\d{2}-\d{4})(?![\d-])", _is_ssn),
    ("ssn", _SSN + r"(?P<it>\d{3}[ -]?\d{2}[ -]?\d{4})(?!\d)", _is_ssn),
    ("ssn", _SSN + r"(?P<it>[x*•-]{3,9}\d{4})(?!\d)", _always),
    ("card", r"(?<![\d.,-])(?P<it>\d(?:[ -]?\d){12,18})(?![\d-]|[.,]\d)", _is_card),
    ("account", r"\b(?P<it>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b", _is_iban),
    ("account", rf"(?i)\b(?:routing|aba|rtn)\b{_NUMBER}(?P<it>\d{{9}})(?!\d)", _is_routing),
    ("account", _ACCOUNT, _always),
    ("health", _MBI, _always),
    ("health", _RECORD, _always),
    ("health", rf"\b(?i:npi)\b{_NUMBER}(?P<it>[12]\d{{9}})(?!\d)", _is_npi),
    (
        "birth",
        rf"(?i)\b(?:date\s+of\s+birth|birth\s*date|d\.?o\.?b\.?)\s*(?:is|was)?\s*[:,]?\s*(?P<it>{_DATE})",
        _always,
    ),
    ("birth", rf"(?i)\bborn\s+(?:on\s+)?(?P<it>{_DATE})", _always),
)
_MARKS = (  # of privilege
    r"attorney\s*(?:[-–—/]|\s)\s*client\s+(?:privileged?|communications?|work\s+product)",
    r"privileged\s+(?:(?:and|&|/)\s*)?confidential|confidential\s+(?:(?:and|&|/)\s*)?privileged",
    r"attorneys?['’]?s?\s+work[\s-]+product|work[\s-]+product\s+(?:doctrine|privilege|protection|immunity|protected)",
    r"confidential\s+settlement\s+(?:communications?|discussions?|offers?|proposals?)|settlement\s+purposes\s+only",
    r"(?:subject\s+to|pursuant\s+to|under)\s+(?:fed\.?\s*r\.?\s*evid\.?|fre|rule)\s+408",
    r"(?:common[\s-]+interest|joint[\s-]+defen[cs]e)\s+(?:privileged?|communications?|materials?)",
    r"(?:prepared|made)\s+in\s+anticipation\s+of\s+litigation",
)
_PATTERNS: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
    *((kind, re.compile(pattern), holds) for kind, pattern, holds in _NUMBERS),
    ("privilege", re.compile(rf"(?i)\b(?P<it>{'|'.join(_MARKS)})\b"), _always),
    ("privilege", re.compile(r"(?m)^[^a-z\n]*\b(?P<it>WORK[ -]PRODUCT)\b[^a-z\n]*$"), _always),  # a stamp, not a term
)


def find(text: str) -> tuple[Disclosure, ...]:
    """Every personal number and mark of privilege in `text`, in order; what several rules find is told once."""
    found: list[Disclosure] = []
    for one in sorted(_matches(text), key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return tuple(found)


def _matches(text: str) -> Iterator[Disclosure]:
    for kind, pattern, holds in _PATTERNS:
        for match in pattern.finditer(text):
            if holds(match["it"]):
                yield Disclosure(kind, match.start("it"), match.end("it"), _shown(kind, match["it"]))


def _shown(kind: Kind, text: str) -> str:
    if kind == "privilege":
        return " ".join(text.split())
    if kind == "birth":
        return "a date"
    return "…" + re.sub(r"\W", "", text)[-4:]
