"""Work that may crash, hang or swell up runs in a child process that can be stopped and killed.

Parsing a hostile file, the Qdrant shard and the language model all end the process they live in when they go wrong.
Each lives behind a `Child`: a pipe over which calls go one at a time and plain msgpack values come back. Nothing that
a child says is unpickled, so that a parser taken over by a document cannot take over its parent.

A child serves an object made by a factory ``module:function``. The factory is called in the child as
``factory(stop, *options)``; `stop` is a `Stop`, set while the call in progress should end early.
Public methods of the object can be called; one that is a generator streams its items.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import inspect
import itertools
import multiprocessing.connection
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from legalqa import confining, errors, kernel, offline
from legalqa.confining import Identity, Rights

T = TypeVar("T")
_ITEM, _DONE, _ERROR = b"i", b"d", b"e"
_FLAG = "--legalqa-child"
_HERE = str(Path(__file__).parents[1])
_START = "import sys; sys.path.insert(0, sys.argv[1]); from legalqa.child import main; main(int(sys.argv[2]))"
_GRACE = 5.0  # seconds that a stopped stream may take to end before its process is killed
_PATIENCE = 4  # times the seconds allowed, for a child that others keep from working
_AT_WORK = 0.02  # of the time that has passed: a child that works less than this waits for nothing that will come


class ChildDied(Exception):
    """The process ended in the middle of a call: `reason` says by which signal or exit code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChildTimeout(Exception):
    """The call said nothing for too long; its process has been killed."""


class Stop(threading.Event):
    """Set while the call in progress should end early; also for C code, which must not wait for Python.

    `flag` is a C string: one character long while the event is set, empty otherwise.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flag = ctypes.create_string_buffer(2)

    def set(self) -> None:
        """Ask the call to end."""
        self.flag[0] = b"\x01"
        super().set()

    def clear(self) -> None:
        """Be ready for the next call."""
        self.flag[0] = b"\x00"
        super().clear()


class _Fault(msgspec.Struct):
    """An exception on its way through the pipe."""

    kind: str
    message: str
    kept: str = ""
    hint: str = ""


class Child:
    """A lazily started, restartable child process. Calls from several threads wait for one another.

    `memory` limits the address space in bytes (where the platform can). After a death the next call starts afresh.
    With `rights` it can do nothing else (where the platform can, see `confining`); without, what its user can.
    """

    def __init__(
        self, factory: str, *options: Any, memory: int | None = None, rights: Rights | None = None
    ) -> None:  # fmt: skip
        self._factory, self._options, self._memory, self._rights = factory, options, memory, rights
        self._call_lock, self._send_lock = threading.RLock(), threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._current, self._method, self._ended = 0, "", False
        self._numbers = itertools.count(1)
        self._given: dict[str, Identity] = {}  # what the running process may read, as it was when it was started

    @property
    def made_by(self) -> tuple[str, tuple[Any, ...], int | None]:
        """Factory, options and memory limit: what another machine needs in order to start the like."""
        return self._factory, self._options, self._memory

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def doing(self) -> str:
        """The method of the call in progress, "" without one."""
        return self._method if self._current else ""

    def may(self, read: Path, *, run: bool = False) -> None:
        """Let the process read this file, and start programs if `run`, from its next call on.

        What it may already it goes on with; otherwise it is ended, and the next one may read that file's folder, too.
        It is ended as well if the place was not there, or was another one, when it was started: a folder that was made
        meanwhile, a network drive that came back.
        """
        with self._call_lock:
            rights = self._rights
            if rights is None:
                return
            by = rights.covering(read)
            rights = rights if by else rights.and_folder_of(read)
            rights = rights.and_running() if run and not rights.runs else rights
            known = any((now := confining.identity(one)) and now == self._given.get(one) for one in by)
            if rights is not self._rights or not known:
                self._rights = rights
                self.close()

    def call(self, method: str, *args: Any, type: type[T], timeout: float | None = None) -> T:
        """Call `method` and return its result, converted to and validated as `type`.

        Raises what the method raised if that is a `LegalQAError`, `ChildDied`, `ChildTimeout`, `BugError`.
        """
        with self._call_lock:
            pipe = self._send(method, args)
            tag, payload = self._receive(pipe, timeout)
            if tag != _DONE:
                self.kill()
                raise errors.BugError(f"{self._factory} streamed where one answer was expected")
            return msgspec.msgpack.decode(payload, type=type)

    def stream(self, method: str, *args: Any, type: type[T], idle: float | None = None) -> Iterator[T]:
        """Call the generator `method` and yield its items as `type`; `idle` seconds without one is a timeout.

        A consumer that leaves early stops the call in the child.
        """
        with self._call_lock:
            pipe = self._send(method, args)
            finished = False
            try:
                while True:
                    try:
                        tag, payload = self._receive(pipe, idle)
                    except BaseException:
                        finished = True
                        raise
                    if tag == _DONE:
                        finished = True
                        return
                    yield msgspec.msgpack.decode(payload, type=type)
            finally:
                if not finished:
                    self._abandon(pipe)

    def stop(self) -> None:
        """Ask the call in progress to end early. Safe from any thread; without a call it does nothing."""
        pipe = self._pipe
        if pipe is not None and self._current:
            with contextlib.suppress(OSError):
                self._write(pipe, ("stop", self._current, ()))

    def kill(self) -> None:
        """End the process at once. The next call starts a new one."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.wait()
        if pipe is not None:
            pipe.close()

    def end(self) -> None:
        """End the process at once and for good: the call in progress, those that wait and all later ones raise
        `ChildDied`. Safe from any thread.
        """
        self._ended = True
        self.kill()

    def close(self) -> None:
        """Let the process end by itself, and kill it if it does not."""
        process, pipe = self._process, self._pipe
        if process is not None and pipe is not None:
            with contextlib.suppress(OSError):
                self._write(pipe, ("quit", 0, ()))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
        self.kill()

    def _start(self) -> Connection:
        """A fresh interpreter at the other end of a pipe.

        Not through `multiprocessing`, which would run the main module of whoever embeds us again. ``-P`` keeps the
        current folder, which may hold anything, off the path; our own path travels in the first message.
        """
        ours, theirs = multiprocessing.Pipe()
        self._given = self._rights.identities() if self._rights else {}
        handle = theirs.fileno()
        start = (
            [sys.executable, _FLAG] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-c", _START, _HERE]
        )
        self._process = subprocess.Popen(
            [*start, str(handle)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # ours is for results alone, whatever an engine prints
            start_new_session=True,  # Ctrl-C is the parent's to handle
            env={"OPENBLAS_NUM_THREADS": "1", **os.environ},  # children share the cores: NumPy's threads only wait
            **_inherited(handle),
        )
        theirs.close()
        self._pipe = ours
        with contextlib.suppress(OSError):  # a child that died at once is found dead by the call
            limits = self._memory, self._rights
            ours.send_bytes(msgspec.msgpack.encode((sys.path, self._factory, self._options, *limits)))
        return ours

    def _send(self, method: str, args: tuple[Any, ...]) -> Connection:
        self._current, self._method = next(self._numbers), method
        if self._process is not None and (self._ended or self._process.poll() is not None):
            self.kill()
        pipe = self._pipe or (None if self._ended else self._start())
        if pipe is None or self._ended:  # again: `end` may have looked for a process before this one was there
            self._current = 0
            self.kill()
            raise ChildDied("ended by whoever it worked for")
        try:
            self._write(pipe, (method, self._current, args))
        except OSError:
            raise self._died() from None
        return pipe

    def _write(self, pipe: Connection, message: tuple[str, int, tuple[Any, ...]]) -> None:
        with self._send_lock:
            pipe.send_bytes(msgspec.msgpack.encode(message))

    def _receive(self, pipe: Connection, timeout: float | None) -> tuple[bytes, bytes]:
        try:
            if timeout is not None and not self._answers(pipe, timeout):
                self.kill()
                raise ChildTimeout(f"no answer for {timeout:.0f} s")
            untrusted = pipe.recv_bytes()
        except (EOFError, OSError):
            raise self._died() from None
        tag, payload = untrusted[:1], untrusted[1:]
        if tag in (_DONE, _ERROR):
            self._current = 0
        if tag == _ERROR:
            raise _revived(msgspec.msgpack.decode(payload, type=_Fault))
        return tag, payload

    def _answers(self, pipe: Connection, timeout: float) -> bool:
        """Whether anything comes in time.

        On a busy machine it is the child's own work that counts, so that no page is lost because others were served
        first: up to `_PATIENCE` times as long, while it does work and has not worked for `timeout` seconds.
        """
        before = self._worked()
        if pipe.poll(timeout):
            return True
        end, worked = time.monotonic() + (_PATIENCE - 1) * timeout, self._worked()
        while before is not None and worked is not None and worked - before < 0.8 * timeout and time.monotonic() < end:
            if pipe.poll(timeout / 4):
                return True
            last, worked = worked, self._worked()
            if worked is not None and worked - last < _AT_WORK * timeout / 4:
                return False
        return False

    def _worked(self) -> float | None:
        """Seconds of processor time that the process has used; None where the platform does not say."""
        try:
            said = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8", errors="replace")
            user, system = said.rpartition(")")[2].split()[11:13]
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError):
            return None

    def _abandon(self, pipe: Connection) -> None:
        self.stop()
        end = time.monotonic() + _GRACE
        try:
            while self._receive(pipe, max(end - time.monotonic(), 0.01))[0] != _DONE:
                pass
        except (ChildDied, ChildTimeout, errors.LegalQAError):
            pass

    def _died(self) -> ChildDied:
        process = self._process
        code = None
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(_GRACE)
        self._current = 0
        self.kill()
        if code is not None and code < 0:
            return ChildDied(f"ended by {signal.Signals(-code).name}")
        return ChildDied(f"ended with exit code {code}")


def _revived(fault: _Fault) -> Exception:
    kind = getattr(errors, fault.kind, errors.BugError)
    if isinstance(kind, type) and issubclass(kind, errors.LegalQAError):
        return kind(fault.message, kept=fault.kept, hint=fault.hint)
    return errors.BugError(fault.message)


def _described(error: BaseException) -> _Fault:
    """What may leave the child: of an unknown error only kind and place, since its text may quote a document."""
    if isinstance(error, errors.LegalQAError):
        return _Fault(type(error).__name__, error.message, error.kept, error.hint)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _Fault("EnvironmentFault", "The disk is full.", "What was written before is kept.", "Free some space.")
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
    return _Fault("BugError", f"{type(error).__name__} at {place}")


def _inherited(handle: int) -> dict[str, Any]:
    """How a new process is given our end of the pipe, and nothing else."""
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        return {"startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})}
    return {"pass_fds": (handle,)}


def serve_if_asked() -> None:
    """In a frozen application the program is its own interpreter: be a child if it was started as one."""
    if len(sys.argv) == 3 and sys.argv[1] == _FLAG:
        main(int(sys.argv[2]))


def main(handle: int) -> None:
    """The child's main: answer calls until the parent goes away. It speaks to nobody else."""
    offline.seal()
    if sys.platform == "win32":
        pipe: Any = multiprocessing.connection.PipeConnection(handle)
    else:
        pipe = Connection(handle)
    path, factory, options, memory, rights = msgspec.msgpack.decode(
        pipe.recv_bytes(), type=tuple[list[str], str, list[Any], int | None, Rights | None]
    )
    sys.path[:] = path
    kernel.unreadable()
    if rights is not None:
        confining.confine(rights)
    _serve(pipe, factory, options, memory)


def _serve(pipe: Connection, factory: str, options: list[Any], memory: int | None) -> None:
    if memory is not None and sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    calls: queue.SimpleQueue[tuple[str, int, list[Any]]] = queue.SimpleQueue()
    stop = Stop()
    current, stopped = [0], [0]  # numbers of the call in progress and of the last one to be stopped
    threading.Thread(target=_listen, args=(pipe, calls, stop, current, stopped), daemon=True).start()
    served: Any = None
    while True:
        method, number, args = calls.get()
        if method == "quit":
            break
        stop.clear()
        current[0] = number
        if stopped[0] == number:  # it was stopped before it began
            stop.set()
        try:
            if served is None:
                module, _, name = factory.partition(":")
                served = getattr(importlib.import_module(module), name)(stop, *options)
            _answer(pipe, getattr(served, method), args)
        except (BrokenPipeError, EOFError):
            break
        except BaseException as error:
            pipe.send_bytes(_ERROR + msgspec.msgpack.encode(_described(error)))
        finally:
            current[0] = 0
    if served is not None and hasattr(served, "close"):
        served.close()
    os._exit(0)


def _answer(pipe: Connection, method: Any, args: list[Any]) -> None:
    if inspect.isgeneratorfunction(method):
        for item in method(*args):
            pipe.send_bytes(_ITEM + msgspec.msgpack.encode(item))
        pipe.send_bytes(_DONE)
    else:
        pipe.send_bytes(_DONE + msgspec.msgpack.encode(method(*args)))


def _listen(
    pipe: Connection,
    calls: queue.SimpleQueue[tuple[str, int, list[Any]]],
    stop: threading.Event,
    current: list[int],
    stopped: list[int],
) -> None:
    """Take calls from the pipe; a parent that has gone ends this process whatever it is doing."""
    while True:
        try:
            method, number, args = msgspec.msgpack.decode(pipe.recv_bytes(), type=tuple[str, int, list[Any]])
        except (EOFError, OSError):
            os._exit(0)
        if method == "stop":
            stopped[0] = number
            if number == current[0]:
                stop.set()
        else:
            calls.put((method, number, args))
