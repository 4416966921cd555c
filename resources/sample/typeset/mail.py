"""The e-mail thread: one message as a mail program would have sent it, the older ones quoted below."""

from __future__ import annotations

from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

HEADERS = {
    "Received": "from mail.tidewell.example (mail.tidewell.example [192.0.2.25]) by mx.harborline.example with ESMTPS "
    "id 4WZk1q2Vt9z; Thu, 01 Aug 2024 15:42:06 -0400",
    "Message-ID": "<20240801194200.7C11F@tidewell.example>",
    "In-Reply-To": "<20240718211604.3B90A@harborline.example>",
    "References": "<20240713100511.19E2D@tidewell.example> <20240718150327.5A4C8@tidewell.example> "
    "<20240718211604.3B90A@harborline.example>",
    "X-Mailer": "Harbor Mail 6.2",
    "Importance": "high",
}
BOUNDARY = "----=_Part_0801_4417.1722541320"


def build(source: str) -> bytes:
    """The thread as an .eml file with a plain and an HTML part."""
    newest, *older = source.split("\n===\n")
    head, _, body = newest.partition("\n\n")
    message = EmailMessage(SMTP.clone(header_factory=HeaderRegistry()))
    message["Received"] = HEADERS["Received"]
    for line in head.splitlines():
        name, _, value = line.partition(": ")
        message[name] = value
    for name, value in HEADERS.items():
        if name != "Received":
            message[name] = value
    plain = "\n\n".join([body.strip(), *(f"________________________________\n{text.strip()}" for text in older)]) + "\n"
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(_html(body, older), subtype="html", cte="quoted-printable")
    message.set_boundary(BOUNDARY)
    return message.as_bytes()


def _html(body: str, older: list[str]) -> str:
    """The HTML part, each older message below a rule with its header in bold."""
    parts = [_paragraphs(body)]
    for text in older:
        head, _, rest = text.strip().partition("\n\n")
        lines = (line.partition(": ") for line in head.splitlines())
        shown = "<br>\n".join(f"<b>{escape(name)}:</b> {escape(value)}" for name, _, value in lines)
        parts.append(f'<hr>\n<p class="head">{shown}</p>\n{_paragraphs(rest)}')
    style = "body{font-family:Calibri,sans-serif;font-size:11pt}.head{color:#333}"
    content = "\n".join(parts)
    return f"<html><head><style>{style}</style></head><body>\n{content}\n</body></html>\n"


def _paragraphs(text: str) -> str:
    """Paragraphs of HTML for paragraphs of text."""
    pieces = (escape(piece.strip()).replace("\n", "<br>\n") for piece in text.strip().split("\n\n"))
    return "\n".join(f"<p>{piece}</p>" for piece in pieces)
