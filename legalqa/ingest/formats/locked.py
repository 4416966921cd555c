"""Office files under a password, opened through msoffcrypto. The only module that knows it."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from legalqa.ingest import limits
from legalqa.ingest.context import Context
from legalqa.ingest.kinds import OLE
from legalqa.ingest.limits import Refusal

_IN_MEMORY = 32 << 20  # bytes of a decrypted file
_STANDARD = "VelvetSweatshop"  # the password that Excel sets and tries by itself


@contextlib.contextmanager
def opened(file: Path, context: Context, what: str) -> Iterator[BinaryIO]:
    """The file open for reading, decrypted if one of the passwords fits. Raises Refusal, OSError."""
    with file.open("rb") as stream:
        if stream.read(len(OLE)) != OLE:
            stream.seek(0)
            yield stream
            return
        stream.seek(0)
        with tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(context.spool) if context.spool else None) as plain:
            _decrypt(stream, plain, context, what)
            plain.seek(0)
            yield plain  # type: ignore[misc]


def _decrypt(stream: BinaryIO, plain: Any, context: Context, what: str) -> None:
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    try:
        office = msoffcrypto.OfficeFile(stream)
        if not office.is_encrypted():
            raise Refusal("failed", f"the {what} is damaged or in a format of before 2007")
    except (FileFormatError, ParseError, ValueError, KeyError, OSError, AttributeError, TypeError):
        raise Refusal("encrypted", "the file is protected in a way that cannot be opened") from None
    for password in (_STANDARD, *context.passwords):
        try:
            office.load_key(password=password, verify_password=True)
            plain.seek(0)
            plain.truncate()
            office.decrypt(plain)
            return
        except (InvalidKeyError, DecryptionError):
            continue
        except (FileFormatError, ParseError, ValueError, KeyError, AttributeError, TypeError):
            raise Refusal("encrypted", "the file is protected in a way that cannot be opened") from None
    raise limits.locked(context.passwords)
