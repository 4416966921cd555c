"""E-mail (.eml) through the standard library: header lines, then the text body, then the names of attachments.

What an attachment holds is not read here.
"""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import Any

from legalqa.ingest.items import Opened

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_BLOCKS = "p, div, tr, li, h1, h2, h3, h4, h5, h6, blockquote, table, br, hr"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as text, and what its headers say."""

    text: str
    opened: Opened


def read(path: Path) -> Mail:
    """Read a message. Raises OSError; a malformed message gives what of it can be read."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    lines = [f"{name}: {value}" for name in _SHOWN if (value := _header(message, name))]
    attachments = [f"Attachment: {name}" for name in _attachments(message)]
    parts = ["\n".join(lines), _body(message).strip("\r\n"), "\n".join(attachments)]
    opened = Opened(
        0, paged=False, title=_header(message, "Subject"), type="email", date=_day(message), parties=_people(message)
    )
    return Mail("\n\n".join(part for part in parts if part) + "\n", opened)


def _header(message: EmailMessage, name: str) -> str:
    """A header in one line; "" where it is missing or cannot be decoded."""
    try:
        value = message.get(name)
    except Exception:  # the header parser breaks in many ways on hostile input; a header is no reason to lose a body
        return ""
    return " ".join(_CONTROL.sub("", str(value)).split()) if value is not None else ""


def _body(message: EmailMessage) -> str:
    """The text that the sender wrote; HTML is reduced to its words."""
    try:
        part = message.get_body(preferencelist=("plain", "html"))
    except (AttributeError, KeyError, ValueError):
        part = None
    if part is None:
        return "" if message.is_multipart() else _content(message)
    content = _content(part)
    return _text_of_html(content) if part.get_content_subtype() == "html" else content


def _content(part: Any) -> str:
    if part.get_content_maintype() not in ("text", "message"):
        return ""
    try:
        content = part.get_content()
    except (LookupError, UnicodeError, ValueError, KeyError, AttributeError):
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return content.encode("utf-8", "replace").decode("utf-8") if isinstance(content, str) else ""


def _text_of_html(html: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    for node in tree.css("script, style, head, template"):
        node.decompose()
    for node in tree.css(_BLOCKS):
        node.insert_after("\n")
    text = tree.body.text(separator="") if tree.body else ""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _attachments(message: EmailMessage) -> list[str]:
    names = []
    try:
        for part in message.iter_attachments():
            name = part.get_filename() or f"unnamed {part.get_content_type()}"
            names.append(" ".join(_CONTROL.sub("", name).split())[:200])
    except (AttributeError, KeyError, ValueError, TypeError):
        pass  # a message without usable parts has none that could be named
    return names


def _day(message: EmailMessage) -> str | None:
    """The day on which it was sent, as its sender counted it."""
    try:
        sent = parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).date().isoformat()


def _people(message: EmailMessage) -> tuple[str, ...]:
    """Sender and recipients: names, or addresses where there is no name."""
    found: dict[str, None] = {}
    for name, address in getaddresses([_header(message, header) for header in ("From", "To", "Cc")]):
        if name or address:
            found[name or address] = None
    return tuple(found)[:20]
