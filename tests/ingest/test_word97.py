"""Old Word files: ``lease.doc``, which LibreOffice 7.4 made from ``lease.fodt``, whole and damaged."""

from __future__ import annotations

import struct
from pathlib import Path

import olefile
from hypothesis import given, settings
from hypothesis import strategies as st

from legalqa.ingest.kinds import kind_of
from tests.ingest import compound
from tests.ingest.formats import Found, found

LEASE = Path(__file__).parent / "lease.doc"


def streams() -> tuple[bytes, bytes]:
    """The two streams that hold the document."""
    with olefile.OleFileIO(str(LEASE)) as ole:
        return ole.openstream("WordDocument").read(), ole.openstream("1Table").read()


def reread(folder: Path, document: bytes, table: bytes) -> Found:
    return found(compound.write(folder / "a.doc", {"WordDocument": document, "1Table": table}))


def test_text_numbers_tables_and_notes() -> None:
    assert kind_of(LEASE) == "doc"
    result = found(LEASE)
    assert result.text == (
        "Harbor Point Lease — Confidential\n\nCOMMERCIAL LEASE\n\n1. Rent\n\n"
        "1.1 Base Rent. Tenant shall pay $12,500.00 per month.\n\n"
        "1.2 Late Charges. Due in ten (10) days, “café” – § 5.\n\n"
        "(a) five percent; and\n\n(b) interest.\n\n2. Term\n\n2.1 Five years.\n\nVisible text.\n\n"
        "Year | Rent\n1 | $150,000 per annum\n\nAfter the table.\n\nThe end.\n\nBOXED NOTICE\n\n"
        "1 Adjusted each year under Section 1.2.\n\nPage 1\n\nSECRETWORDS\n\nClient will not accept this.\n\n"
    )
    assert result.properties() == {"tracked_changes": "1 deleted"}
    assert result.regions("header") == [("Harbor Point Lease — Confidential", "")]
    assert result.regions("footer") == [("Page 1", "")]
    assert result.regions("footnote") == [("1 Adjusted each year under Section 1.2.", "1")]
    assert result.regions("table") == [("Year | Rent\n1 | $150,000 per annum", "Year | Rent")]
    assert result.regions("hidden") == [
        ("SECRETWORDS", "hidden by its format"),
        ("Client will not accept this.", "comment"),
    ]


def test_without_its_lists_the_text_is_still_read(tmp_path: Path) -> None:
    document, table = map(bytearray, streams())
    pairs = 36 + 2 * 14 + 4 * 22 + 2
    start = struct.unpack_from("<I", document, pairs + 8 * 73)[0]
    table[start : start + 2] = b"\xff\xff"  # so many lists
    result = reread(tmp_path, bytes(document), bytes(table))
    assert "\n\nRent\n\nBase Rent. Tenant shall pay" in result.text


def test_locked_and_older_files_are_told(tmp_path: Path) -> None:
    document, table = streams()
    flags = struct.unpack_from("<H", document, 10)[0] | 0x0100
    refused = reread(tmp_path, document[:10] + struct.pack("<H", flags) + document[12:], table).refused
    assert refused is not None
    assert refused.state == "encrypted"
    refused = reread(tmp_path, document[:2] + struct.pack("<H", 101) + document[4:], table).refused
    assert refused is not None
    assert refused.state == "unsupported"


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_damage_breaks_the_reader(tmp_path_factory: object, data: st.DataObject) -> None:
    document, table = map(bytearray, streams())
    for stream in (document, table):
        for _ in range(data.draw(st.integers(0, 6))):
            at = data.draw(st.integers(0, min(len(stream) - 5, 2000)))
            stream[at : at + 4] = data.draw(
                st.binary(min_size=4, max_size=4) | st.sampled_from([b"\xff" * 4, bytes(4)])
            )
    folder = tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    result = reread(folder, bytes(document), bytes(table))
    assert result.refused is None or result.refused.reason.startswith("the ")
    assert result.refused is None or "broke the reader" not in result.refused.reason
