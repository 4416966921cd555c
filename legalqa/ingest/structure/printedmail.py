"""An e-mail that was printed: From, Sent, To and Subject at the top of the text, with their spans."""

from __future__ import annotations

import re
from dataclasses import dataclass

from legalqa.ingest.structure import dates, messages
from legalqa.ingest.structure.names import Name

_FRONT = 3_000
_MOST = 20
_HEADER = re.compile(
    r"^[ \t>*]{0,6}(?P<label>From|Sent|Date|To|Cc|Subject)[ \t]*:[ \t*]*(?P<value>[^\r\n]{0,1000})", re.M | re.I
)
_ADDRESSEE = re.compile(r"[^;,<>\[\]()]+(?:,\s{0,30}[A-Z][\w'’-]+(?=\s{0,30}(?:[<;\[(]|$)))?")
_ADDRESS = re.compile(r"[<\[(][^<>\[\]()]{0,200}[>\])]")


@dataclass(frozen=True, slots=True)
class PrintedMail:
    """What the head of the first message says."""

    subject: Name | None
    sent: dates.Day | None
    people: tuple[Name, ...]


def printed_mail(text: str) -> PrintedMail | None:
    """The topmost message, None unless it stands at the top with sender, day and addressee or subject."""
    front = text[:_FRONT]
    found: dict[str, re.Match[str]] = {}
    position = None
    for match in _HEADER.finditer(front):
        label = match["label"].casefold()
        if position is None:
            if label != "from" and label not in ("to", "sent", "date", "subject"):
                continue
            if len(front[: match.start()].split()) > 30:  # a printed header may carry a name and a page number
                return None
            if messages.in_memorandum(text, match.start()):
                return None
        elif len(front[position : match.start()].split()) > 40:
            break
        found.setdefault("sent" if label == "date" else label, match)
        position = match.end()
    if "from" not in found or "sent" not in found or not {"to", "subject"} & set(found):
        return None
    sent = next(dates.days(text, found["sent"].start("value"), found["sent"].end("value")), None)
    people: dict[str, Name] = {}
    for label in ("from", "to", "cc"):
        for name in _people(text, found[label]) if label in found else ():
            people.setdefault(name.value.casefold(), name)
    subject = found.get("subject")
    return PrintedMail(
        _trimmed(text, *subject.span("value")) if subject else None, sent, tuple(people.values())[:_MOST]
    )


def _people(text: str, header: re.Match[str]) -> list[Name]:
    """The names of a header line; an address counts where there is no name."""
    start, end = header.span("value")
    names: list[Name] = []
    for piece in re.finditer(r"[^;]+", text[start:end]):
        begin = start + piece.start()
        bare = _ADDRESS.sub(lambda match: " " * len(match.group()), piece.group())
        parts = re.finditer(r"[^,]+", bare) if bare.count("@") > 1 or _listed(bare) else [re.match(r".*", bare)]
        for part in parts:
            if part and (name := _trimmed(text, begin + part.start(), begin + part.end(), bare=(bare, begin))):
                names.append(name)
        if not bare.strip(" \"'") and (address := _ADDRESS.search(piece.group())):
            names += filter(None, [_trimmed(text, begin + address.start() + 1, begin + address.end() - 1)])
    return names


def _listed(names: str) -> bool:
    """Whether commas part the names: "Ann Lee, Bob Ray" has two words in each, "Lee, Ann" has one."""
    return "," in names and all(len(part.split()) >= 2 for part in names.split(",") if part.strip())


def _trimmed(text: str, start: int, end: int, bare: tuple[str, int] | None = None) -> Name | None:
    """The span without white space and quotation marks at its ends, nor a bracketed address after a name."""
    if bare:
        words, offset = bare
        inner = words[start - offset : end - offset].rstrip()
        end = start + len(inner)
    while start < end and text[start] in " \t\"'*":
        start += 1
    while end > start and text[end - 1] in " \t\r\"'*,":
        end -= 1
    value = " ".join(text[start:end].split())
    return Name(value, start, end) if value else None
