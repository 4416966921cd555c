"""PDFs that pdfium refuses, rewritten by qpdf through pikepdf. The only module that knows pikepdf."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from legalqa.ingest import limits


def rewritten(file: Path, target: Path, passwords: Sequence[str] = ()) -> Path | None:
    """A sound copy of what can be recovered, in `target` and without encryption; None if nothing can be.

    Raises Refusal if no password opens the file.
    """
    import pikepdf

    locked = False
    for password in ("", *passwords):
        try:
            with pikepdf.open(file, password=password, suppress_warnings=True) as pdf:
                if not len(pdf.pages):
                    return None
                pdf.save(target)
            return target
        except pikepdf.PasswordError:
            locked = True
        except (pikepdf.PdfError, ValueError, RuntimeError, OSError, OverflowError, TypeError):
            return None
    if locked:
        raise limits.locked(passwords)
    return None
