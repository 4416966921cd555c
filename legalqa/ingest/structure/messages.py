"""The messages of an e-mail thread: the first, and every message quoted below it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LABEL = re.compile(
    r"(?:^|(?<=[\r\n\f]))[ \t>*]{0,12}(?P<label>From|Sent|Date|To|Cc|Bcc|Subject|Importance|Attachments)[ \t]*:[ \t*]*"
    r"(?P<value>[^\r\n\f]{0,400})",
    re.I,
)
_WROTE = re.compile(
    r"(?:^|(?<=[\r\n\f]))[ \t>]{0,12}(?P<head>On (?P<day>[^\r\n\f]{6,80}?\d{4}[^\r\n\f]{0,40}?),?\s"
    r"(?P<who>[^\r\n\f,<]{2,80}?)"
    r"(?:\s*<[^<>\r\n\f]{3,80}>)?\s+wrote:)"
)
_GAP_LINES = 4  # lines from one label of a header to the next: folded addresses
_GAP_MOST = 600  # characters between them
_ADDRESS = re.compile(r"\s*[<\[(][^<>\[\]()]{0,200}[>\])]")


_MEMORANDUM = re.compile(r"(?:^|[\r\n\f])[ \t]*(?:[\w’'-]+[ \t]+){0,3}?MEMO(?:RANDUM)?[ \t]*:?[ \t]*(?=[\r\n\f])", re.I)
_ABOVE = 200  # characters above its head in which a memorandum calls itself one


def in_memorandum(text: str, start: int) -> bool:
    """Whether the block of TO, FROM and DATE that begins at `start` is the head of a memorandum, not of a message."""
    return bool(_MEMORANDUM.search(text, max(start - _ABOVE, 0), start))


def messages(text: str) -> Iterator[tuple[int, str]]:
    """Start and name of each message, "From Dana Okafor, July 15, 2024"; nothing unless there is such a head."""
    found = sorted({**dict(_headed(text)), **dict(_quoted(text))}.items())
    yield from found


def _headed(text: str) -> Iterator[tuple[int, str]]:
    """Messages under a block of From, Sent, To and Subject."""
    block: dict[str, re.Match[str]] = {}
    for match in _LABEL.finditer(text):
        label = match["label"].lower().replace("date", "sent")
        last = next(reversed(block.values()), None)
        apart = last is not None and (
            match.start() - last.end() > _GAP_MOST or text.count("\n", last.end(), match.start()) > _GAP_LINES
        )
        if last is None or apart or label in block:
            yield from _block(block)
            block = {}
        block[label] = match
    yield from _block(block)


def _block(block: dict[str, re.Match[str]]) -> Iterator[tuple[int, str]]:
    if "from" not in block or not ({"sent"} & block.keys() and {"to", "subject"} & block.keys()):
        return
    first = next(iter(block.values()))
    start = first.start() + len(first.group()) - len(first.group().lstrip(" \t>*"))
    if not in_memorandum(first.string, start):
        yield start, _name(block["from"]["value"], block["sent"]["value"])


def _quoted(text: str) -> Iterator[tuple[int, str]]:
    """Messages under "On July 15, 2024, Dana Okafor wrote:"."""
    for match in _WROTE.finditer(text):
        yield match.start("head"), _name(match["who"], match["day"])


def _name(sender: str, day: str) -> str:
    who = " ".join(_ADDRESS.sub("", sender).split()).strip(' "*,')
    return f"From {who or ' '.join(sender.split())}, {' '.join(day.split()).strip(' *')}"[:160]
