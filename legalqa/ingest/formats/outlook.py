"""Outlook messages (.msg) through python-oxmsg, the only module that knows it.

A message inside a message is handed on as a file in the format of e-mail, since Outlook keeps it as a folder.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from legalqa.ingest import limits
from legalqa.ingest.context import Context
from legalqa.ingest.formats import mail
from legalqa.ingest.formats.mail import Mail, Part
from legalqa.ingest.formats.written import one_line
from legalqa.ingest.items import Item

_HIDDEN, _DATA, _LONG_NAME, _SHORT_NAME, _CONTENT_ID = 0x7FFE, 0x3701, 0x3707, 0x3704, 0x3712
_DISPLAY_NAME, _RTF, _HTML, _MESSAGE_ID, _IN_REPLY_TO, _REFERENCES = 0x3001, 0x1009, 0x1013, 0x1035, 0x1042, 0x1039
_KIND, _NAME, _ADDRESS, _SMTP = 0x0C15, 0x3001, 0x3003, 0x39FE
_TO, _CC = 1, 2
_FAULTS = (KeyError, ValueError, TypeError, AttributeError, struct.error, LookupError, AssertionError, OSError)


def read(file: Path, context: Context) -> Iterator[Item]:
    """An Outlook message. Raises Refusal, OSError."""
    if file.stat().st_size > limits.MAIL:
        raise limits.Refusal("failed", f"the message is larger than {limits.MAIL >> 20} MB and was not read")
    from oxmsg import Message

    try:
        message = Message.load(file.read_bytes())
        found = _mail(message, 0)
    except _FAULTS as error:
        raise limits.Refusal("failed", f"the Outlook message is damaged ({type(error).__name__})") from None
    yield from mail.items(found, context)


def _mail(message: Any, depth: int) -> Mail:
    found = Mail({"From": one_line(_or(lambda: message.sender)), "Subject": one_line(_or(lambda: message.subject))})
    headers = _or(lambda: {name.casefold(): value for name, value in message.message_headers.items()}) or {}
    for name, kind in (("To", _TO), ("Cc", _CC)):
        said = one_line(str(headers.get(name.casefold(), "")))
        found.headers[name] = said or ", ".join(_people(message, kind))
    found.headers["Date"] = one_line(str(headers.get("date", ""))) or _date(message)
    for name, code in (("Message-ID", _MESSAGE_ID), ("In-Reply-To", _IN_REPLY_TO), ("References", _REFERENCES)):
        found.headers[name] = one_line(str(headers.get(name.casefold(), "")) or _text(message.properties, code))
    found.plain = _or(lambda: message.body)
    found.html = _or(lambda: message.html_body)
    if not found.plain.strip() and not found.html:
        found.plain, found.html = _from_rtf(message)
    for storage in message._storage.iter_attachment_storages():
        if len(found.parts) >= limits.PARTS:
            raise limits.Refusal("failed", "the message has more parts, or deeper ones, than are read")
        found.parts.append(_attachment(storage, depth))
    return found


def _or(get: Any) -> Any:
    """What a property says, "" where it is missing or damaged: one property is no reason to lose the others."""
    try:
        return get() or ""
    except _FAULTS:
        return ""


def _text(properties: Any, code: int) -> str:
    return str(_or(lambda: properties.str_prop_value(code)))


def _people(message: Any, kind: int) -> Iterator[str]:
    for recipient in list(_or(lambda: message.recipients) or ())[:500]:
        properties = recipient.properties
        if _or(lambda properties=properties: properties.int_prop_value(_KIND)) == kind:
            name, address = _text(properties, _NAME), _text(properties, _SMTP) or _text(properties, _ADDRESS)
            same = name.casefold() == address.casefold()
            yield one_line(name if same or "@" not in address else f"{name} <{address}>".strip())


def _date(message: Any) -> str:
    sent = _or(lambda: message.sent_date)
    return format_datetime(sent) if sent else ""


def _from_rtf(message: Any) -> tuple[str, str]:
    """Plain text or HTML out of a body that Outlook kept as compressed RTF only."""
    packed = _or(lambda: message.properties.binary_prop_value(_RTF))
    if not packed:
        return "", ""
    from legalqa.ingest.formats import rtf

    written = rtf.written_of(unpacked(packed))
    return written.text, ""


def _attachment(storage: Any, depth: int) -> Part:
    from oxmsg.attachment import Attachment

    attachment = Attachment(storage)
    name = _text(attachment.properties, _LONG_NAME) or _text(attachment.properties, _SHORT_NAME)
    name = one_line(name or _text(attachment.properties, _DISPLAY_NAME))
    folder = next((inner for inner in storage.storages if inner.name.startswith("__substg1.0_3701")), None)
    if folder is not None:
        if not any(stream.name == "__properties_version1.0" for stream in folder.streams):
            return Part(name or "unnamed object", reason="it is an object of another program and was not taken out")
        if depth >= limits.DEPTH:
            raise limits.Refusal("failed", "the message has more parts, or deeper ones, than are read")
        inner = _mail(_inner(folder), depth + 1)
        return Part(f"{name or inner.headers['Subject'] or 'message'}.eml", _as_eml(inner))
    data = _or(lambda: attachment.file_bytes)
    if not data:
        return Part(name or "unnamed", reason="the message holds no content for it")
    inside = bool(_text(attachment.properties, _CONTENT_ID)) and _is_picture(data)
    return Part(name or "unnamed", data, inside)


def _inner(folder: Any) -> Any:
    """A message kept inside another: its table of properties begins 8 bytes earlier ([MS-OXMSG] 2.4.1)."""
    from oxmsg import Message
    from oxmsg.properties import Properties

    class Inner(Message):
        @property
        def properties(self) -> Any:
            return Properties(self._storage, properties_header_offset=24)

    return Inner(folder)


def _is_picture(data: bytes) -> bool:
    return data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM"))


def _as_eml(found: Mail) -> bytes:
    """A message in the format of e-mail, the same bytes each time."""
    message = EmailMessage()
    for name, value in found.headers.items():
        if value:
            try:
                message[name] = value
            except (ValueError, TypeError, IndexError, AttributeError):
                continue  # an address that cannot be one in an e-mail
    message.set_content(found.plain or "")
    if found.html and not found.plain.strip():
        message.set_content(found.html, subtype="html")
    for part in found.parts:
        if part.data:
            message.add_attachment(part.data, maintype="application", subtype="octet-stream", filename=part.name)
    if message.is_multipart():
        message.set_boundary("=" * 20 + "part" + "=" * 20)
    return bytes(message)


_PRIMER = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096


def unpacked(data: bytes) -> bytes:
    """Compressed RTF as [MS-OXRTFCP] describes it; b"" where it is damaged."""
    if len(data) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<II4sI", data)
    if kind == b"MELA":
        return data[16 : 16 + size]
    if kind != b"LZFu" or size > limits.MAIL:
        return b""
    window = bytearray(_PRIMER.ljust(_WINDOW, b"\0"))
    at, place, out = len(_PRIMER), 16, bytearray()
    while place < len(data) and len(out) < size:
        control, place = data[place], place + 1
        for bit in range(8):
            if place >= len(data):
                break
            if not control >> bit & 1:
                said, place = data[place : place + 1], place + 1
            else:
                if place + 2 > len(data):
                    return bytes(out)
                token = data[place] << 8 | data[place + 1]
                place += 2
                start, length = token >> 4, (token & 15) + 2
                if start == at:
                    return bytes(out)
                said = b""
                for offset in range(length):
                    byte = window[(start + offset) % _WINDOW]
                    out.append(byte)
                    window[at] = byte
                    at = (at + 1) % _WINDOW
                continue
            out += said
            window[at] = said[0]
            at = (at + 1) % _WINDOW
    return bytes(out)
