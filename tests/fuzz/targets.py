"""What is fuzzed: every parser of ours that reads what others wrote, with inputs to begin with.

A target takes bytes and returns; what the parser may say of a bad input is caught here, anything else is a fault.
"""

from __future__ import annotations

import contextlib
import email.message
import functools
import io
import random
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from legalqa import audit, exchange, settings
from legalqa.answer import gguf, where
from legalqa.errors import BugError, Denied, EnvironmentFault, UserError
from legalqa.ingest.kinds import kind_of
from legalqa.models import catalogue
from legalqa.shipped import folder as shipped
from legalqa.values import bates
from legalqa.verify import amounts, authorities, citing, disclosure, draft, resolve
from tests.index import synthetic
from tests.ingest.formats import found
from tests.models import ggufs

Target = Callable[[bytes], None]
CORPUS: Final = Path(__file__).parent / "corpus"
_scratch = tempfile.TemporaryDirectory(prefix="legalqa-fuzz-")
_FOLDER: Final = Path(_scratch.name)
_DOCUMENT: Final = synthetic.document(synthetic.prose(3), "lease.txt")


def _text(untrusted: bytes) -> str:
    return untrusted.decode("utf-8", "replace")


def _where(untrusted: bytes) -> None:
    try:
        conditions = where.parse(_text(untrusted))
    except UserError:
        return
    assert where.parse(where.unparse(conditions)) == conditions


def _policy(untrusted: bytes) -> None:
    file = _FOLDER / "policy.toml"
    file.write_bytes(untrusted)
    _loaded(policy_file=file)


def _profile(untrusted: bytes) -> None:
    file = _FOLDER / "policy.plist"
    file.write_bytes(untrusted)
    _loaded(policy_file=file)


def _settings(untrusted: bytes) -> None:
    home = _FOLDER / "home"
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_bytes(untrusted)
    _loaded(home=home)


def _loaded(home: Path | None = None, policy_file: Path | None = None) -> None:
    try:
        settings.load(home or _FOLDER, policy_file or _FOLDER / "none.toml")
    except (UserError, EnvironmentFault, Denied):
        return


def _catalogue(untrusted: bytes) -> None:
    try:
        catalogue.parse(_text(untrusted))
    except BugError:  # it is ours: a test reads it
        return


def _cites(untrusted: bytes) -> None:
    text = _text(untrusted)
    named = [resolve.Named(_DOCUMENT.id, "lease.txt", "Lease", "lease")]
    for reference in citing.find(text):
        resolve.resolve(
            citing.normal(text[reference.start : reference.end]), named, lambda _id: _DOCUMENT, lambda _b: ()
        )
    resolve.resolve(text, named, lambda _id: _DOCUMENT, lambda _b: ())
    for span in resolve.within(text, _DOCUMENT):
        assert 0 <= span.start <= span.end <= len(_DOCUMENT.text)
    with contextlib.suppress(ValueError):  # a range that ends before it begins
        bates.span(text)


def _draft(untrusted: bytes) -> None:
    text = _text(untrusted)
    for start, end in draft.statements(text, authorities.spans(text)):
        assert 0 <= start <= end <= len(text)
    amounts.quantities(text)
    disclosure.find(text)


def _audit(untrusted: bytes) -> None:
    file = _FOLDER / "audit.jsonl"
    file.write_bytes(untrusted)
    list(audit.entries_in(file))


def _gguf(untrusted: bytes) -> None:
    try:
        gguf.parse(untrusted, len(untrusted))
    except EnvironmentFault:
        return


@functools.cache
def _importing() -> settings.Settings:
    return settings.load(_FOLDER / "library", _FOLDER / "none.toml")


def _archive(untrusted: bytes) -> None:
    file = _FOLDER / "matter.legalqa"
    file.write_bytes(untrusted)
    try:
        exchange.read(_importing(), file)
    except (UserError, EnvironmentFault, Denied):
        pass
    else:
        shutil.rmtree(_FOLDER / "library" / "matters")


def _file(suffix: str) -> Target:
    """Reads a document of that kind with the reading process's own code; what it finds is checked there."""

    def read(untrusted: bytes) -> None:
        file = _FOLDER / f"document{suffix}"
        file.write_bytes(untrusted)
        spool = _FOLDER / "spool"
        spool.mkdir(exist_ok=True)
        if kind_of(file):
            found(file, spool=spool)

    return read


TARGETS: Final[dict[str, Target]] = {
    "where": _where,
    "policy": _policy,
    "profile": _profile,
    "settings": _settings,
    "catalogue": _catalogue,
    "cites": _cites,
    "draft": _draft,
    "audit": _audit,
    "gguf": _gguf,
    "archive": _archive,
    **{name: _file(f".{name}") for name in ("txt", "md", "eml", "mbox", "html", "rtf", "zip", "csv", "docx", "xlsx")},
}


def seeds(name: str) -> list[bytes]:
    """Inputs to begin with: small ones that a parser takes, and those of the corpus, which it did not once."""
    kept = sorted((CORPUS / name).glob("*")) if (CORPUS / name).is_dir() else []
    return [*_made(name), *(path.read_bytes() for path in kept)]


_PAGE: Final = (
    b"<html><head><title>T</title><style>p.x{display:none}</style></head><body><h1>ORDER</h1><p class=x>no</p>"
    b"<table><tr><td>1<td>2</table><ol start=3><li>a</ol></body></html>"
)
_RTF: Final = (
    b"{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\fcharset204 A;}}{\\header H}\\pard Rent is \\'93due\\'94 \\u8212?"
    b"{\\v hidden}{\\footnote note}\\par\\trowd\\cell a\\row}"
)
_TOML: Final = {
    "policy": b'export = false\nretention_days = 30\nexport_verdict = "supported"\nfolders = ["~/c"]\n'
    b'[locked]\nworkers = 2\n[locked.index]\nserver = "https://q.firm.test"\n',
    "settings": b'workers = 2\nlanguages = "eng+deu"\ngpu_layers = 3\n[index]\nserver = "https://q.firm.test"\n',
}


@functools.cache
def _made(name: str) -> tuple[bytes, ...]:
    if name in _TOML:
        return (_TOML[name],)
    if name == "catalogue":
        return ((shipped("models") / "catalog.toml").read_bytes()[:3000],)
    if name == "profile":
        import plistlib

        values = {"export": False, "locked": {"workers": 2}}
        return plistlib.dumps(values, fmt=plistlib.FMT_BINARY), plistlib.dumps(values)
    if name == "gguf":
        return (ggufs.encoded({"general.architecture": "llama", "n": 2}, {"a": np.zeros((2, 3), np.float32)}),)
    if name in ("zip", "docx", "xlsx", "archive", "eml", "mbox"):
        return (_packed(name),)
    return {
        "where": (b"type=lease,nda date>=2019-01-01 bates=HB1-HB9 party='A B'", b"document=\"a 'b'.pdf\""),
        "cites": (b"Lease \xc2\xa7 4.2(a); HARBOR000101-114; Ex. B at 45:3-17, \xc2\xb6 12.", b"Lease, p. 3"),
        "draft": (b'1. TERM\nThe rent is $5,000.00 ("Rent"). See Roe v. Wade, 410 U.S. 113 (1973). SSN 078-05-1120.',),
        "audit": (
            b'{"entry":{"number":1,"at":"2026-01-01T00:00:00Z","who":"a","event":"x"},"hash":"0","previous":""}\n',
        ),
        "html": (_PAGE,),
        "rtf": (_RTF,),
        "md": (b"# Title\n\n1. a\n   - b\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx\n```\n> q\n",),
        "csv": (b'a;b\n"1;2";3\n"x""y";\n', b"\xff\xfea\x00,\x00b\x00"),
        "txt": (b"ARTICLE I\n\n1.1 Rent. The rent is due.\x0cPage 2\n", b"\xfe\xff\x00a\x00\n"),
    }[name]


def _packed(name: str) -> bytes:
    if name in ("eml", "mbox"):
        message = email.message.EmailMessage()
        message["From"], message["Subject"] = '"Dana Quint" <d@q.test>', "=?utf-8?q?Rent_due?="
        message["Date"] = "Tue, 03 Jan 2023 10:00:00 +0200"
        message.set_content("See attached.\n> quoted\n")
        message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="../a.csv")
        return (b"From d@q.test Tue Jan  3 10:00:00 2023\n" if name == "mbox" else b"") + message.as_bytes()
    into = io.BytesIO()
    if name == "docx":
        import docx

        document = docx.Document()
        document.add_heading("LEASE", 1)
        document.add_table(1, 2).cell(0, 0).text = "Rent"
        document.save(into)
    elif name == "xlsx":
        import openpyxl

        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(["Rent", 5000, "=A1"])
        book.save(into)
    elif name == "archive":
        return _exported()
    else:
        with zipfile.ZipFile(into, "w") as archive:
            archive.writestr("a/../b.txt", "The rent is due.")
            archive.writestr("c.eml", _packed("eml"))
    return into.getvalue()


def _exported() -> bytes:
    from legalqa.library import Library

    library = Library(_FOLDER / "exporting", policy_file=_FOLDER / "none.toml")
    library.create("m")
    library.export("m", _FOLDER / "made.legalqa")
    return (_FOLDER / "made.legalqa").read_bytes()


_TOKENS: Final = (
    *(b"\x00", b"\xff" * 8, b"\r\n", b"'", b'"', b"{", b"}", b"[", b"=", b"<", b"</", b"&#x110000;", b"%00", b"\\u-1?"),
    *(b"-1", b"1e999", b"99999999999999999999", b"\xed\xa0\x80", "\u202e".encode(), b"../", b"A" * 300, b"Content-"),
)


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """A few changes of a seed: bytes turned, taken away, doubled, moved, or replaced by what often breaks parsers."""
    data = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 2, 4, 16, 64)))
        match chance.randrange(6):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end] * chance.choice((1, 2, 50))
            case 3:
                data[at:at] = chance.choice(_TOKENS)
            case 4:
                data[at:end] = chance.choice(_TOKENS)
            case _:
                data[at:end] = chance.randbytes(end - at)
    return bytes(data[: 1 << 16])
