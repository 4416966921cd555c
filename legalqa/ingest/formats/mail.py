"""E-mail: header lines, the text that its sender wrote, the names of what came with it, and those files themselves.

.eml files through the standard library; .msg files come here from outlook.py as `Mail` values.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import Any

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context, Takings
from legalqa.ingest.formats.written import Written, clean, one_line
from legalqa.ingest.items import Item, Opened
from legalqa.values.document import Metadatum

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_ID = re.compile(r"<[^<>\s]{3,250}>")
_ENDINGS = {"text/calendar": ".ics", "text/vcard": ".vcf", "text/x-vcard": ".vcf", "message/rfc822": ".eml"}


@dataclass
class Part:
    """A file that came with a message. `reason` says why its bytes could not be had."""

    name: str
    data: bytes = b""
    shown_inside: bool = False  # a picture of the body, not an attachment
    reason: str = ""


@dataclass
class Mail:
    """A message: its headers in words, and its body as plain text or as HTML."""

    headers: dict[str, str] = field(default_factory=dict)
    plain: str = ""
    html: str = ""
    parts: list[Part] = field(default_factory=list)


def read(file: Path, context: Context) -> Iterator[Item]:
    """An .eml file. A malformed message gives what of it can be read. Raises Refusal, OSError."""
    if file.stat().st_size > limits.MAIL:
        raise limits.Refusal("failed", f"the message is larger than {limits.MAIL >> 20} MB and was not read")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    yield from items(_mail(message), context)


def items(mail: Mail, context: Context) -> Iterator[Item]:
    """A message as the items of a file."""
    written, taken = Written(), Takings(context.spool)
    lines = [f"{name}: {mail.headers[name]}" for name in _SHOWN if mail.headers.get(name)]
    if lines:
        written.put("\n".join(lines) + "\n\n")
    _body(mail, written)
    kept = [part for part in mail.parts if not (part.shown_inside and len(part.data) < limits.SMALL_PICTURE)]
    for part in mail.parts:
        written.put(f"{'Attachment' if part in kept else 'Picture'}: {one_line(part.name)[:200]}\n")
    opened = Opened(
        *(0, False, ""),
        title=mail.headers.get("Subject", "")[:200],
        type="email",
        date=_day(mail),
        parties=_people(mail),
        properties=tuple(_properties(mail)),
    )
    yield from typeset.reads(written.text.rstrip() + "\n", opened, written.regions, context.skip)
    for part in kept:
        yield taken.refused(part.name, part.reason) if part.reason else taken.put(part.name, part.data)


def _body(mail: Mail, written: Written) -> None:
    if mail.plain.strip() or not mail.html:
        written.put(mail.plain.strip("\r\n") + "\n\n" if mail.plain.strip() else "")
        return
    from legalqa.ingest.formats import web

    page, _ = web.written_of(mail.html)
    written.append(page)
    written.put("\n\n" if page.text and not page.text.endswith("\n\n") else "")


def _mail(message: EmailMessage) -> Mail:
    mail = Mail({name: _header(message, name) for name in (*_SHOWN, "Message-ID", "In-Reply-To", "References")})
    bodies, mail.parts = _sorted(message, [limits.PARTS], 0)
    for part in bodies:
        content = content_of(part)
        if part.get_content_subtype() == "html":
            mail.html += content
        else:
            mail.plain += ("\n\n" if mail.plain else "") + content
    return mail


def _header(message: EmailMessage, name: str) -> str:
    """A header in one line; "" where it is missing or cannot be decoded."""
    try:
        value = message.get(name)
    except Exception:  # the header parser breaks in many ways on hostile input; a header is no reason to lose a body
        return ""
    return one_line(str(value))[:20_000] if value is not None else ""


def _sorted(message: Any, left: list[int], depth: int) -> tuple[list[Any], list[Part]]:
    """The parts that are the body, and the others. Of alternatives the first with words is the body."""
    left[0] -= 1
    if left[0] < 0 or depth > limits.DEPTH:
        raise limits.Refusal("failed", "the message has more parts, or deeper ones, than are read")
    kind = message.get_content_type()
    if kind == "message/rfc822" or not message.is_multipart():
        if kind in ("text/plain", "text/html") and not _named(message) and _disposition(message) != "attachment":
            return [message], []
        return ([], []) if kind.startswith("multipart/") else ([], [_part(message)])
    children = [child for child in message.get_payload() if hasattr(child, "get_content_type")]
    sorted_children = [_sorted(child, left, depth + 1) for child in children]
    parts = [part for _, some in sorted_children for part in some]
    bodies = [some for some, _ in sorted_children if some]
    if kind != "multipart/alternative":
        return [body for some in bodies for body in some], parts
    worded = [some for some in bodies if any(content_of(body).strip() for body in some)]
    plain = [some for some in worded if all(body.get_content_subtype() == "plain" for body in some)]
    return next(iter((*plain, *worded)), []), parts


def content_of(part: Any) -> str:
    """The text of a part; what its character set does not explain is replaced, not lost."""
    with contextlib.suppress(LookupError, UnicodeError, ValueError, KeyError, AttributeError, TypeError):
        content = part.get_content()
        if isinstance(content, str) and "\ufffd" not in content:
            return content.encode("utf-8", "replace").decode("utf-8")
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, TypeError, AttributeError, AssertionError):
        return ""
    if not isinstance(payload, bytes):
        return ""
    from legalqa.ingest.formats import text

    try:
        return text.decoded(payload)
    except text.Undecodable:
        return payload.decode("utf-8", "replace")


def _part(message: Any) -> Part:
    kind = message.get_content_type()
    try:
        if kind == "message/rfc822":
            inner = message.get_payload(0)
            name = _named(message) or f"{_header(inner, 'Subject') or 'message'}.eml"
            return Part(name, inner.as_bytes())
        data = message.get_payload(decode=True)
    except Exception:  # the message parser breaks in many ways on hostile input; the other parts are not to blame
        return Part(_named(message) or f"unnamed {kind}", reason="it is damaged and could not be taken out")
    inside = kind.startswith("image/") and _disposition(message) != "attachment"
    name = _named(message) or f"unnamed {kind.replace('/', ' ')}{_ENDINGS.get(kind, '')}"
    return Part(name, data if isinstance(data, bytes) else b"", inside)


def _named(message: Any) -> str:
    try:
        return one_line(message.get_filename() or "")
    except Exception:  # as for headers
        return ""


def _disposition(message: Any) -> str:
    try:
        return message.get_content_disposition() or ""
    except Exception:  # as for headers
        return ""


def _sent(mail: Mail) -> datetime | None:
    try:
        sent = parsedate_to_datetime(mail.headers.get("Date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)


def _day(mail: Mail) -> str | None:
    """The day on which it was sent, as its sender counted it."""
    sent = _sent(mail)
    return sent.date().isoformat() if sent else None


def _properties(mail: Mail) -> Iterator[Metadatum]:
    """What puts the messages of a thread in order."""
    for name, header in (("message_id", "Message-ID"), ("in_reply_to", "In-Reply-To")):
        found = _ID.findall(mail.headers.get(header, ""))
        if not found and name == "in_reply_to":
            found = _ID.findall(mail.headers.get("References", ""))[-1:]
        if found:
            yield Metadatum(name, clean(found[0]))
    if sent := _sent(mail):
        yield Metadatum("sent", sent.isoformat())


def _people(mail: Mail) -> tuple[str, ...]:
    """Sender and recipients: names, or addresses where there is no name."""
    found: dict[str, None] = {}
    for name, address in getaddresses([mail.headers.get(header, "") for header in ("From", "To", "Cc")]):
        if name or address:
            found[name or address] = None
    return tuple(found)[:20]
