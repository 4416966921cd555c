"""A home on an encrypted volume: forty words of the record are in no file on the disk, while open or after a kill.

The recipe is that of docs/admin.md (gocryptfs). Everything that a run could write to is looked through: the encrypted
folder, the user's home with its caches, temporary folders, the current folder. That the search finds what is there is
shown by the same search in the home as its user sees it.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from legalqa import Library, volumes
from legalqa.index.database import Database

_SHARED = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))  # where programs write whatever TMPDIR says
_WORD = re.compile(rb"q\0?(?:[0-9a-f]\0?){14}x")  # one of the words, in UTF-8 or UTF-16
_LARGEST = 64 << 20  # bytes of a file of others that is looked through there
_OPEN = """
import sys, time
from pathlib import Path
from legalqa import Library
if __name__ == "__main__":
    matter = Library(apart=True).open("m")
    matter.ask(sys.argv[1], fresh=True)
    matter.page_image(matter.search(sys.argv[2]).hits[0].document_id, 1)
    print("open", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """The encrypted folder, and the same as its user sees it."""
    if shutil.which("gocryptfs") is None or not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("gocryptfs is not installed, or there is no FUSE")
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed: a way that text goes would not be tried")
    cipher, plain, password = tmp_path / "cipher", tmp_path / "plain", tmp_path / "password"
    for made in (cipher, plain):
        made.mkdir()
    password.write_text(secrets.token_hex())
    subprocess.run(["gocryptfs", "-q", "-init", "-passfile", password, cipher], check=True, capture_output=True)
    mount = subprocess.run(
        ["gocryptfs", "-q", "-passfile", password, cipher, plain], capture_output=True, text=True, check=False
    )
    if mount.returncode:
        pytest.skip(f"nothing can be mounted here: {mount.stderr[:200]}")
    try:
        yield cipher, plain
    finally:
        subprocess.run(["fusermount3", "-u", "-z", plain], check=False, capture_output=True)


def record(folder: Path, words: list[str]) -> None:
    """Forty words in files of every way through which a text goes: read at once, converted, taken out of another."""
    clauses = [f"{n}. Clause {word}. The tenant {word} shall pay ${n},500 a month." for n, word in enumerate(words, 1)]
    folder.mkdir()
    (folder / "lease.txt").write_text("LEASE\n\n" + "\n\n".join(clauses[:10]))
    paragraphs = "".join(f"<text:p>{clause}</text:p>" for clause in clauses[10:20])
    with zipfile.ZipFile(folder / "letter.odt", "w") as odt:
        odt.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        odt.writestr("META-INF/manifest.xml", _MANIFEST)
        odt.writestr("content.xml", _CONTENT.format(paragraphs))
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", clauses[20]
    message.set_content("\n\n".join(clauses[21:25]))
    message.add_attachment("\n\n".join(clauses[25:30]).encode(), "text", "plain", filename="exhibit.txt")
    (folder / "mail.eml").write_bytes(message.as_bytes())
    with zipfile.ZipFile(folder / "production.zip", "w") as archive:
        archive.writestr("box/exhibit.txt", "\n\n".join(clauses[30:]))


def found_in(places: list[Path], words: list[str], since: float = 0.0) -> dict[str, set[str]]:
    """Which words stand in which files, or in their names, in UTF-8 or UTF-16."""
    found: dict[str, set[str]] = {}
    for path in (path for place in places for path in _files(place, since)):
        with contextlib.suppress(OSError):
            looks = {match.replace(b"\0", b"").decode() for match in _WORD.findall(path.read_bytes().lower())}
            here = looks.intersection(words) | {word for word in words if word in path.name}
            if here:
                found[str(path)] = here
    return found


def _files(place: Path, since: float) -> Iterator[Path]:
    for folder, folders, names in os.walk(place):
        if since:  # what others keep there is left alone
            folders[:] = [one for one in folders if _is_recent(Path(folder, one), since)]
        for name in names:
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink() and (not since or _is_recent(path, since)):
                yield path


def _is_recent(path: Path, since: float) -> bool:
    try:
        stat = path.stat()
    except OSError:
        return False
    return stat.st_mtime >= since and stat.st_size < _LARGEST


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_forty_words_of_the_record_are_in_no_file_on_the_disk(
    volume: tuple[Path, Path], tmp_path: Path, models_home: Path
) -> None:
    cipher, plain = volume
    began = time.time()
    words = [f"q{secrets.token_hex(7)}x" for _ in range(40)]
    record(plain / "files", words)
    home = plain / "home"
    home.mkdir()
    (home / "models").symlink_to(models_home / "models")
    assert volumes.described(home) == f"yes: gocryptfs at {plain}"
    own = tmp_path / "user"
    outside = [cipher, own]
    for made in ("cache", "temporary", "work"):
        (own / made).mkdir(parents=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
        "LEGALQA_HOME": str(home),
        "HOME": str(own),
        "XDG_CACHE_HOME": str(own / "cache"),
        "TMPDIR": str(own / "temporary"),
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }

    def run(*arguments: str) -> None:
        command = [sys.executable, "-m", "legalqa.cli", *arguments]
        done = subprocess.run(command, env=environment, cwd=own / "work", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def nothing_outside(when: str) -> None:
        for found in (found_in(outside, words), found_in(list(_SHARED), words, began)):
            there = {path: here for path, here in found.items() if not path.startswith(str(plain))}
            assert there == {}, when

    run("index", str(plain / "files"), "-m", "m", "-q", "--copy")
    run("ask", f"What must the tenant {words[3]} pay?", "-m", "m")
    run("verify", str(plain / "files" / "letter.odt"), "-m", "m")
    run("matter", "export", "m", str(plain / "m.legalqa"))
    control = set[str]().union(*found_in([home], words).values())
    assert len(control) == len(words), "the search must find what its user sees"
    nothing_outside("after commands")

    command = [sys.executable, "-c", _OPEN, f"What must the tenant {words[5]} pay?", words[12]]
    window = subprocess.Popen(
        command, env=environment, cwd=own / "work", stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert window.stdout is not None
    assert window.stdout.readline() == "open\n"
    nothing_outside("while open")
    (plain / "files" / "more.txt").write_text("\n\n".join(f"{word} {word}" for word in words))
    reading = subprocess.Popen(
        [sys.executable, "-m", "legalqa.cli", "index", str(plain / "files"), "-m", "m", "--json-lines"],
        env=environment, cwd=own / "work", stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert reading.stdout is not None
    reading.stdout.readline()
    for one in (reading, window):
        os.kill(one.pid, signal.SIGKILL)
        one.wait()
        one.stdout.close()  # type: ignore[union-attr]
    nothing_outside("after a kill")
    assert [info.slug for info in Library(home).matters()] == ["m"]
    subprocess.run(["fusermount3", "-u", "-z", plain], check=True, capture_output=True)
    nothing_outside("after it was locked")


@pytest.mark.skipif(sys.platform != "linux", reason="open files are looked at as Linux shows them")
def test_the_catalog_sorts_in_memory_and_in_no_file_elsewhere(tmp_path: Path) -> None:
    """SQLite's own temporary files have no name, but their blocks are on the disk that holds the system's folder."""
    database, opened = Database(tmp_path / "catalog.sqlite"), set[str]()

    def look() -> int:
        for handle in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                opened.add(str(handle.readlink()))
        return 0

    connection = database.connection
    connection.set_progress_handler(look, 100_000)
    rows = connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)"
        " SELECT hex(randomblob(400)) AS t FROM n ORDER BY t"
    )
    assert len(rows.fetchall()) == 40_000
    database.close()
    assert [path for path in opened if "etilqs" in path] == []


_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:text>{}</office:text></office:body></office:document-content>"
)
