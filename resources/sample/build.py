"""Builds the sample matter's documents from ``sources``: ``python resources/sample/build.py [FOLDER]``.

Without a folder the documents that are kept in this repository are written again. The same sources give the same
bytes every time; a test holds us to it.
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # so that the script runs from any folder and needs no installation

from typeset import lease, mail, plain, records, scan, transcript, word  # noqa: E402

NOON = datetime.time(12)


def _source(name: str) -> str:
    """The text of a source."""
    return (HERE / "sources" / name).read_text(encoding="utf-8")


def _day(year: int, month: int, day: int) -> datetime.datetime:
    """Noon of a day: a Word file keeps the moment it was written."""
    return datetime.datetime.combine(datetime.date(year, month, day), NOON)


def documents() -> dict[str, bytes]:
    """Every document of the matter, by file name."""
    return {
        "Industrial Lease 2019-03-15.pdf": lease.build(_source("lease_1.txt") + "\n" + _source("lease_2.txt")),
        "First Amendment 2021-09-20.pdf": plain.amendment(_source("amendment_1.txt")),
        "Second Amendment 2023-02-10.docx": word.build(
            _source("amendment_2.txt"),
            "Second Amendment to Industrial Lease",
            _day(2023, 2, 8),
            "Second Amendment to Industrial Lease",
        ),
        "NDA Tidewell - Cobalt Ridge 2024-01-08.docx": word.build(
            _source("nda.txt"), "Mutual Non-Disclosure Agreement", _day(2024, 1, 5), "Confidential"
        ),
        "Northgate letter 2024-06-11 (scan).pdf": scan.build(_source("scan_letter.txt")),
        "HARBOR000101-000114.pdf": records.produced(_source("bates_set.txt")),
        "Email thread Quint-Renner 2024-08-01.eml": mail.build(_source("email_thread.txt")),
        "Meeting notes 2024-07-19.txt": _source("meeting_notes.txt").encode(),
        "Notice of Default 2024-09-12.pdf": plain.letter(
            _source("notice_of_default.txt"), "Gregory T. Alden, President", "September 12, 2024"
        ),
        "Reply to Notice of Default 2024-09-19.docx": word.build(
            _source("reply_letter.txt"), "Letter to K. L. Brandt", _day(2024, 9, 19), "Whitcomb Thayer, P.C."
        ),
        "Northgate invoice NMS-24-1187.pdf": records.invoice(_source("invoice.csv")),
        "Complaint 2024-12-04.pdf": plain.pleading(
            _source("complaint.txt"), entry=1, filed="12/04/24", first_page_id=1, counterclaim=False
        ),
        "Deposition of Dana Okafor 2025-03-18.pdf": transcript.build(_source("deposition.txt")),
        "Order 2025-08-29.pdf": plain.pleading(
            _source("order.txt"), entry=52, filed="08/29/25", first_page_id=611, counterclaim=True
        ),
    }


def build(folder: Path) -> list[Path]:
    """Write the documents into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in documents().items():
        path = folder / name
        path.write_bytes(content)
        written.append(path)
    return written


if __name__ == "__main__":
    for path in build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "documents"):
        print(f"{path.stat().st_size:>9,}  {path.name}")
