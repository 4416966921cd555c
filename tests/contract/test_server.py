"""A matter whose vectors are on a server: the wall between matters, what is said when something is wrong, deletion.

The server is `QdrantHttp`: real HTTP, with qdrant-client's local mode behind it.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from legalqa import settings
from legalqa.errors import Damaged, EnvironmentFault, UserError
from legalqa.index import server
from legalqa.settings import IndexSettings
from tests.conftest import Run
from tests.contract.qdrant_http import KEY, QdrantHttp
from tests.contract.test_shard import NDA, POINTS
from tests.index.synthetic import SIZE, embed


@pytest.fixture
def served(tmp_path: Path) -> Iterator[QdrantHttp]:
    made = QdrantHttp(tmp_path / "qdrant", KEY)
    yield made
    made.stop()


def place(served: QdrantHttp, key: str = KEY) -> IndexSettings:
    return IndexSettings.model_validate({"server": served.url, "api_key": key})


def test_matters_do_not_see_each_other(served: QdrantHttp) -> None:
    one, other = (server.connect(place(served), name, SIZE) for name in ("one", "other"))
    one.upsert(POINTS)
    other.upsert(POINTS[:1])
    assert other.count() == 1
    assert [hit.id for hit in other.search(embed(["confidential"])[0], "confidential", (), 10)] == [POINTS[0].id]
    assert other.ids(NDA) == []
    other.delete(NDA)
    other.delete_points([POINTS[2].id])
    server.destroy(place(served), "other")
    assert one.count() == 4
    assert served.collections == ["legalqa-one"]


def test_a_search_makes_no_collection_and_says_what_to_do(served: QdrantHttp) -> None:
    index = server.connect(place(served), "new", SIZE)
    with pytest.raises(Damaged, match="holds no search index") as caught:
        index.search(embed(["rent"])[0], "rent", (), 5)
    assert "legalqa index" in caught.value.hint
    assert served.collections == []
    index.flush()
    assert index.search(embed(["rent"])[0], "rent", (), 5) == []


def test_a_wrong_key_is_said_without_the_key(served: QdrantHttp) -> None:
    index = server.connect(place(served, "not the key"), "matter", SIZE)
    with pytest.raises(EnvironmentFault, match="refuses our key") as caught:
        index.upsert(POINTS)
    assert "LEGALQA_INDEX__API_KEY" in caught.value.hint
    assert "not the key" not in str(caught.value) + repr(place(served, "not the key"))


def test_a_server_that_is_down_is_said_with_what_is_kept(served: QdrantHttp) -> None:
    index = server.connect(place(served), "matter", SIZE)
    index.upsert(POINTS)
    served.stop()
    try:
        with pytest.raises(EnvironmentFault, match="does not answer") as caught:
            index.upsert(POINTS)
        assert "catalog" in caught.value.kept
        with pytest.raises(EnvironmentFault):
            server.destroy(place(served), "matter")
    finally:
        served.start()
    assert index.count() == 4


def test_settings_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    assert settings.load(tmp_path).index.server == ""
    file.write_text('[index]\nserver = "https://qdrant.firm.test"\napi_key = "secret"\n')
    assert settings.load(tmp_path).index.server == "https://qdrant.firm.test"
    assert "secret" not in repr(settings.load(tmp_path))
    monkeypatch.setenv("LEGALQA_INDEX__SERVER", "http://127.0.0.1:7000")
    found = settings.load(tmp_path).index
    assert (found.server, found.api_key.get_secret_value()) == ("http://127.0.0.1:7000", "secret")
    monkeypatch.delenv("LEGALQA_INDEX__SERVER")
    for line in ('servr = "http://x"', 'server = "qdrant.firm.test"', 'server = "http://user:pass@host:1"'):
        file.write_text(f"[index]\n{line}\n")
        with pytest.raises(UserError, match=r"index\.serv") as caught:
            settings.load(tmp_path)
        assert "pass@" not in str(caught.value)


def test_a_key_does_not_travel_in_the_clear() -> None:
    for address in ("http://10.0.0.7:6333", "http://localhost.evil.test", "http://127.0.0.1.evil.test"):
        with pytest.raises(ValidationError, match="in the clear"):
            IndexSettings.model_validate({"server": address, "api_key": "secret"})
    for address in ("https://10.0.0.7:6333", "http://localhost:6333", "http://[::1]:6333"):
        IndexSettings.model_validate({"server": address, "api_key": "secret"})


@pytest.mark.models
@pytest.mark.slow
def test_a_matter_on_the_server_from_the_command_line(served: QdrantHttp, run: Run, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "lease.txt").write_text("LEASE\n\n1. Rent. Tenant shall pay monthly rent of $12,500.00.\n")
    there = {"LEGALQA_INDEX__SERVER": served.url, "LEGALQA_INDEX__API_KEY": KEY}
    assert run("matter", "new", "Harbor", **there).returncode == 0
    indexed = run("index", files, "-m", "Harbor", **there)
    assert indexed.returncode == 0, indexed.stderr
    assert len(served.collections) == 1
    hits = json.loads(run("search", "monthly rent", "-m", "Harbor", "--json", **there).stdout)["hits"]
    assert [hit["document"] for hit in hits] == ["lease.txt"]
    asked = served.requests
    local = run("search", "monthly rent", "-m", "Harbor", "--json")
    assert served.requests == asked  # without the setting nobody calls
    assert local.returncode in (0, 4)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}"
    down = run("search", "monthly rent", "-m", "Harbor", LEGALQA_INDEX__SERVER=closed)
    assert down.returncode == 4
    assert "does not answer" in down.stderr
    assert "Traceback" not in down.stderr
    kept = run("matter", "delete", "Harbor", "--yes", LEGALQA_INDEX__SERVER=closed)
    assert kept.returncode == 4
    assert run("matter", "delete", "Harbor", "--yes", **there).returncode == 0
    assert served.collections == []
