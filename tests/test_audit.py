"""The audit file: what was written is there, and nothing of it can be changed, cut or added unnoticed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legalqa.audit import FILE, Audit
from legalqa.errors import Denied, EnvironmentFault
from legalqa.index.catalog import AuditHead, Catalog
from legalqa.index.lock import FileLock


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[Audit]:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    yield Audit(tmp_path, catalog)
    catalog.close()


def fill(audit: Audit, count: int = 3) -> None:
    for number in range(count):
        audit.record("ask", {"question": f"Who owns the quay, № {number}?", "where": ""})


def test_entries_come_back_in_order_and_agree(audit: Audit) -> None:
    assert audit.verify().faults == ()
    fill(audit)
    audit.record("search", {"text": 'a "quoted"\n\ud800 line', "k": 20})
    assert [entry.number for entry in audit.entries()] == [1, 2, 3, 4]
    assert [entry.details["question"][-2] for entry in audit.entries() if entry.event == "ask"] == ["0", "1", "2"]
    assert list(audit.entries())[3].details["text"] == 'a "quoted"\n\ud800 line'
    report = audit.verify()
    assert (report.entries, report.faults) == (4, ())
    assert audit.verify(report.head).faults == ()


@given(place=st.integers(min_value=0), byte=st.integers(0, 255))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_is_found(audit: Audit, tmp_path: Path, place: int, byte: int) -> None:
    file = tmp_path / FILE
    if not file.exists():
        fill(audit)
    whole = file.read_bytes()
    at = place % len(whole)
    file.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
    try:
        assert bool(audit.verify().faults) is (whole[at] != byte)
    finally:
        file.write_bytes(whole)


def test_every_byte_counts(audit: Audit, tmp_path: Path) -> None:
    """Each byte of a small file, changed by one bit, to a line end, and to another digit, letter or quote."""
    audit.record("ask", {"question": "Wem gehört der Kai?", "k": 20})
    audit.record("export", {"what": "review", "file": "grid.csv"})
    file = tmp_path / FILE
    whole = file.read_bytes()
    unnoticed = []
    for at, was in enumerate(whole):
        for now in {was ^ 1, was ^ 0x80, ord("\n"), ord("0"), ord('"'), ord(" ")} - {was}:
            file.write_bytes(whole[:at] + bytes([now]) + whole[at + 1 :])
            if not audit.verify().faults:
                unnoticed.append((at, now))
    assert unnoticed == []


@pytest.mark.parametrize("change", ["cut", "first gone", "middle gone", "swapped", "gone", "half a line", "more"])
def test_lines_that_are_missing_moved_or_added_are_found(audit: Audit, tmp_path: Path, change: str) -> None:
    fill(audit)
    file = tmp_path / FILE
    one, two, three = file.read_bytes().splitlines(keepends=True)
    changed = {
        "cut": [one, two],
        "first gone": [two, three],
        "middle gone": [one, three],
        "swapped": [one, three, two],
        "half a line": [one, two, three[:40]],
        "more": [one, two, three, three],
        "gone": [],
    }[change]
    file.write_bytes(b"".join(changed))
    if change == "gone":
        file.unlink()
    assert audit.verify().faults
    audit.record("ask", {"question": "and after that?"})
    assert [entry.details.get("question") for entry in audit.entries()][-1] == "and after that?"
    if change != "more":  # what is behind the last line that was written is cut off, and that is recorded
        assert audit.verify().faults  # what is written later hides nothing
    else:
        assert [entry.event for entry in audit.entries()] == ["ask", "ask", "ask", "repair", "ask"]


def test_an_older_file_and_catalog_do_not_have_the_head_that_was_noted(audit: Audit, tmp_path: Path) -> None:
    fill(audit, 2)
    file, earlier = tmp_path / FILE, audit._catalog.audit_head()
    kept = file.read_bytes()
    fill(audit, 1)
    head = audit.verify().head
    file.write_bytes(kept)
    audit._catalog.set_audit_head(earlier)
    assert audit.verify().faults == ()
    assert audit.verify(head).faults == ("the head that was noted is none of this file's",)


@pytest.mark.parametrize("cut", [0, 1, 30])
def test_a_crash_between_file_and_catalog_loses_no_whole_line(audit: Audit, tmp_path: Path, cut: int) -> None:
    fill(audit, 1)
    before = audit._catalog.audit_head()
    fill(audit, 1)
    audit._catalog.set_audit_head(before)  # it died before the catalog knew
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[: None if cut == 0 else -cut])
    audit.record("search", {"text": "quay"})
    assert audit.verify().faults == ()
    assert [entry.event for entry in audit.entries()] == ["ask", "ask" if cut == 0 else "repair", "search"]


def test_many_writers_at_once(audit: Audit, tmp_path: Path) -> None:
    others = [Audit(tmp_path, Catalog(tmp_path / "catalog.sqlite")) for _ in range(3)]
    threads = [threading.Thread(target=fill, args=(one, 5)) for one in (audit, *others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (audit.verify().entries, audit.verify().faults) == (20, ())
    for other in others:
        other._catalog.close()


def test_what_cannot_be_recorded_is_refused(audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legalqa.audit._PATIENCE", 0.05)
    lock = FileLock(tmp_path / "audit.lock")
    assert lock.acquire()
    with pytest.raises(Denied):
        fill(audit)
    lock.release()
    (tmp_path / FILE).mkdir()
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        fill(audit)
    assert audit._catalog.audit_head() == AuditHead()
