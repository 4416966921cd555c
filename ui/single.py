"""One window a user and home: a second start hands over what it was asked for, and the first window comes forward."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_PATIENCE = 2000  # milliseconds for an answer of the window that is there
_LONGEST = 4096  # bytes of a request
_HERE = b"here\n"


class Single(QObject):
    """The first start for a home listens; `asked` carries the matter that a later one was to open ("" for none)."""

    asked = Signal(str)

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._address = address(home)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def claim(self, matter: str = "") -> bool:
        """Whether this start is to show a window. False: there is one, and it was told to come forward with `matter`.

        One that does not answer is passed by: better two windows than none.
        """
        socket = QLocalSocket()
        socket.connectToServer(self._address)
        if not socket.waitForConnected(_PATIENCE):
            QLocalServer.removeServer(self._address)  # what a crash left
            self._server.listen(self._address)  # if it cannot, each start has its own window
            return True
        socket.write(json.dumps(matter).encode() + b"\n")
        return not (socket.waitForReadyRead(_PATIENCE) and socket.readAll().data() == _HERE)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    @Slot()
    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)

    @Slot()
    def _read(self) -> None:
        socket = self.sender()
        assert isinstance(socket, QLocalSocket)
        if socket.bytesAvailable() > _LONGEST:
            socket.abort()
            return
        if not socket.canReadLine():
            return
        try:
            matter = json.loads(bytes(socket.readLine().data()))
        except (ValueError, RecursionError):
            socket.abort()
            return
        socket.write(_HERE)
        socket.flush()
        self.asked.emit(matter if isinstance(matter, str) else "")


def address(home: Path) -> str:
    """Where the window of this user and home listens: a name on Windows, elsewhere a path in the user's own folder for
    such things, or in that for temporary files where the system has none.
    """
    name = "legalqa-" + hashlib.sha256(f"{Path.home()}\n{home.absolute()}".encode()).hexdigest()[:24]
    if sys.platform == "win32":
        return name
    own = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    return str((own if own.is_dir() else Path(tempfile.gettempdir())) / name)
