"""A Qdrant server on loopback for tests: the REST interface over qdrant-client's local mode.

What is real here is HTTP, the form of every request and answer, the key, and errors. The engine behind it is
qdrant-client's own (brute force in Python), not Qdrant's: speed and the engine's limits cannot be tested with it.
"""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from qdrant_client import QdrantClient, models

KEY = "open sesame"


class QdrantHttp:
    """Serves until `stop`; `start` again on the same folder finds what was written. `requests` counts them."""

    def __init__(self, folder: Path, key: str = "") -> None:
        self._folder, self._key = folder, key
        self._lock = threading.Lock()
        self.requests = 0
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        """The address for the setting ``index.server``."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def collections(self) -> list[str]:
        """Names of all collections."""
        with self._lock:
            return [collection.name for collection in self._local.get_collections().collections]

    def start(self) -> None:
        """Listen, on the same port as before."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._local = QdrantClient(path=str(self._folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), _handler(self))
        self._server.daemon_threads = True
        self._port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Be gone, as a server that was shut down."""
        self._server.shutdown()
        self._server.server_close()
        self._local.close()

    def answer(self, method: str, path: str, key: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one request."""
        self.requests += 1
        if self._key and key != self._key:
            return 401, {"status": {"error": "Invalid api-key"}}
        parts = path.split("?")[0].strip("/").split("/")
        if parts[0] != "collections" or len(parts) < 2:
            return 404, {"status": {"error": f"no route {path}"}}
        name, route = parts[1], "/".join(parts[2:])
        with self._lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # local mode says that it keeps no payload indexes
            exists = self._local.collection_exists(name)
            if not exists and route != "exists" and (method, route) not in (("PUT", ""), ("DELETE", "")):
                return 404, {"status": {"error": f"Collection `{name}` doesn't exist!"}}
            result = _ROUTES[method, route](self._local, name, json.loads(body or b"{}"))
        return 200, {"result": _plain(result), "status": "ok", "time": 0.0}


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", exclude_none=True)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _create(local: QdrantClient, name: str, body: dict[str, Any]) -> bool:
    wanted = models.CreateCollection(**body)
    return local.create_collection(name, wanted.vectors, wanted.sparse_vectors)


def _index(local: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    wanted = models.CreateFieldIndex(**body)
    assert wanted.field_schema is not None
    return local.create_payload_index(name, wanted.field_name, wanted.field_schema)


def _upsert(local: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    return local.upsert(name, models.PointsList(**body).points)


def _delete(local: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    selector: Any = TypeAdapter(models.PointsSelector).validate_python(body)
    return local.delete(name, selector)


def _payload(local: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    wanted: Any = models.SetPayload(**body)
    return local.set_payload(name, wanted.payload, points=wanted.filter or wanted.points)


def _query(local: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    wanted: Any = models.QueryRequest(**body)
    found = local.query_points(
        name,
        query=wanted.query,
        prefetch=wanted.prefetch,
        query_filter=wanted.filter,
        limit=wanted.limit or 10,
        with_payload=wanted.with_payload,
    )
    return {"points": [_plain(point) for point in found.points]}


def _scroll(local: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    wanted = models.ScrollRequest(**body)
    records, offset = local.scroll(
        name, scroll_filter=wanted.filter, limit=wanted.limit or 10, offset=wanted.offset, with_payload=False
    )
    return {"points": [_plain(record) for record in records], "next_page_offset": offset}


def _retrieve(local: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    wanted = models.PointRequest(**body)
    return local.retrieve(name, wanted.ids, with_payload=False, with_vectors=wanted.with_vector or False)


def _count(local: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    return local.count(name, models.CountRequest(**body).filter, exact=True)


def _facet(local: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    wanted = models.FacetRequest(**body)
    return local.facet(name, wanted.key, wanted.filter, wanted.limit or 10, exact=True)


_ROUTES: dict[tuple[str, str], Callable[[QdrantClient, str, dict[str, Any]], Any]] = {
    ("GET", "exists"): lambda local, name, _body: {"exists": local.collection_exists(name)},
    ("PUT", ""): _create,
    ("DELETE", ""): lambda local, name, _body: local.delete_collection(name),
    ("PUT", "index"): _index,
    ("PUT", "points"): _upsert,
    ("POST", "points"): _retrieve,
    ("POST", "points/delete"): _delete,
    ("POST", "points/payload"): _payload,
    ("POST", "points/query"): _query,
    ("POST", "points/scroll"): _scroll,
    ("POST", "points/count"): _count,
    ("POST", "facet"): _facet,
}


def _handler(served: QdrantHttp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, found = served.answer(self.command, self.path, self.headers.get("api-key", ""), body)
            data = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_POST = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler
