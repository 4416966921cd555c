"""Files from an address: fetched in parts, compared with the checksum, refused where there is no room."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legalqa import models
from legalqa.errors import EnvironmentFault, LegalQAError, UserError
from legalqa.library import Library
from legalqa.models import fetch, space
from tests.models import ggufs

CONTENT = ggufs.encoded({"general.architecture": "llama"}, {"a": np.arange(1 << 20, dtype=np.float32)})
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Mirror:
    """A server of the firm that cuts the line: after `cuts[n]` bytes of the n-th answer, never once they are used up.

    `asked` are the ranges that were asked for. One that has no `ranges` sends the whole again.
    """

    def __init__(self) -> None:
        self.cuts: list[int] = []
        self.asked: list[str] = []
        self.ranges = True
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/models/Firm-Model-Q4_K_M.gguf"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        self.asked.append(to.headers["Range"])
        start = int(to.headers["Range"].removeprefix("bytes=").rstrip("-")) if self.ranges else 0
        if start >= len(CONTENT):
            to.send_error(416)
            return
        if "missing" in to.path:
            to.send_error(404)
            return
        to.send_response(206 if self.ranges else 200)
        if self.ranges:
            to.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        to.send_header("Content-Length", str(len(CONTENT) - start))
        to.end_headers()
        to.wfile.write(CONTENT[start:][: self.cuts.pop(0) if self.cuts else None])
        to.close_connection = True


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    made = Mirror()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_line_that_is_cut_halfway_is_gone_on_with(mirror: Mirror, tmp_path: Path) -> None:
    half = len(CONTENT) // 2
    mirror.cuts = [half, 1000]
    file = fetch.fetched(mirror.address, SHA256, tmp_path)
    assert file.name == "Firm-Model-Q4_K_M.gguf"
    assert file.read_bytes() == CONTENT
    assert mirror.asked == ["bytes=0-", f"bytes={half}-", f"bytes={half + 1000}-"]
    assert fetch.fetched(mirror.address, SHA256, tmp_path) == file
    assert len(mirror.asked) == 3  # nothing is asked for again


def test_the_next_attempt_goes_on_where_the_last_was_given_up(mirror: Mirror, tmp_path: Path) -> None:
    mirror.cuts = [5000, 0]  # a line over which nothing more comes
    with pytest.raises(EnvironmentFault, match="could not be fetched") as told:
        fetch.fetched(mirror.address, SHA256, tmp_path)
    assert "goes on from there" in told.value.kept
    assert fetch.fetched(mirror.address, SHA256, tmp_path).read_bytes() == CONTENT
    assert mirror.asked[-1] == "bytes=5000-"


def test_a_process_that_was_killed_is_gone_on_after(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / SHA256).mkdir()
    (tmp_path / SHA256 / "part").write_bytes(CONTENT)  # all of it was there when the power went
    assert fetch.fetched(mirror.address, SHA256, tmp_path).read_bytes() == CONTENT


def test_a_server_that_cannot_go_on_sends_all_of_it_again(mirror: Mirror, tmp_path: Path) -> None:
    mirror.cuts, mirror.ranges = [5000], False
    assert fetch.fetched(mirror.address, SHA256, tmp_path).read_bytes() == CONTENT


def test_a_wrong_checksum_is_refused_and_nothing_is_kept_of_it(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="has the checksum") as told:
        models.pull_file(tmp_path / "home", mirror.address, "0" * 64)
    assert told.value.exit_code == 4
    assert not (tmp_path / "home" / "models").exists()
    with pytest.raises(EnvironmentFault, match="has the checksum"):
        fetch.fetched(mirror.address, "0" * 64, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("address", "sha256"),
    [("{}", ""), ("{}", "abc"), ("ftp://x.test/a.gguf", SHA256), ("http://u:p@x.test/a.gguf", SHA256)],
)
def test_what_cannot_be_checked_is_not_fetched(mirror: Mirror, tmp_path: Path, address: str, sha256: str) -> None:
    with pytest.raises(UserError):
        fetch.fetched(address.format(mirror.address), sha256, tmp_path)
    assert mirror.asked == []


def test_an_address_that_has_nothing_is_said(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="404"):
        fetch.fetched(mirror.address.replace("models", "missing"), SHA256, tmp_path)


def test_too_little_room_says_how_much_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "large.gguf"
    with file.open("wb") as sparse:
        sparse.write(CONTENT)
        sparse.truncate(1 << 43)
    monkeypatch.setattr("legalqa.models.provision.sha256_of", lambda _path: "0" * 64)
    with pytest.raises(EnvironmentFault, match=r"takes 8,388,6\d\d MiB, .* MiB are missing") as told:
        models.add(tmp_path / "home", file)
    assert told.value.exit_code == 4
    assert "Nothing was changed" in told.value.kept
    assert not (tmp_path / "home").exists()


def test_too_little_room_stops_a_fetch(mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(space, "_MARGIN", 1 << 60)
        assert fetch.main(mirror.address, str(tmp_path / "part")) == 4
    assert "are missing" in capsys.readouterr().err
    assert not (tmp_path / "part").exists()


def test_the_policy_says_whom_to_ask(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('servers = ["https://mirror.firm.test"]\n', encoding="utf-8")
    library = Library(tmp_path / "home", policy_file=tmp_path / "policy.toml")
    with pytest.raises(LegalQAError, match="does not allow the server") as told:
        library.pull_model(mirror.address, SHA256)
    assert told.value.exit_code == 5
    assert mirror.asked == []
