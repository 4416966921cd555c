"""What the Linux kernel offers a process that gives up rights for good: Landlock, a seccomp filter, no crash dumps.

Called through ctypes, since no kept library with a permissive licence covers both. Landlock (kernel 5.13) limits what
may be reached in the file system by place, and what may be done to processes outside; the filter refuses system calls
that reading a document never needs. Both hold for every process that is started afterwards.
See landlock(7), seccomp(2) and Documentation/userspace-api/landlock.rst of the kernel.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

EXECUTE, WRITE, READ, LIST, REMOVE, SOCKET = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 9
_REFER, _TRUNCATE = 1 << 13, 1 << 14
CHANGE: Final = WRITE | 1 << 4 | REMOVE | 1 << 7 | 1 << 8 | SOCKET | 1 << 10 | 1 << 12 | _REFER | _TRUNCATE
_OF_FILES: Final = EXECUTE | WRITE | READ | _TRUNCATE  # what can be said of a file; the rest is of folders
_HANDLED: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}  # rights that a version of Landlock knows
_NET: Final = 0b11  # bind and connect by TCP, from version 4 on
_SCOPED: Final = 0b11  # abstract UNIX sockets and signals stay inside, from version 6 on
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, alike on every machine
_NO_NEW_PRIVILEGES, _DUMPABLE, _SECCOMP, _FILTER = 38, 4, 22, 2  # of prctl
_NEW_USER = 0x10000000  # of clone: a user namespace, where one would be root
_MACHINES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # as seccomp calls them
_CALLS: Final = {  # name → number on x86_64, on aarch64
    "socket": (41, 198),
    "connect": (42, 203),
    "clone": (56, 220),
    "clone3": (435, 435),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "open_by_handle_at": (304, 265),
    "kcmp": (312, 272),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}
_SPECIAL: Final = frozenset(("socket", "clone", "clone3"))


def landlock_version() -> int:
    """The version of Landlock that this kernel has, 0 without it."""
    if sys.platform != "linux":
        return 0
    return max(int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), 1)), 0)


def has_filter() -> bool:
    """Whether this machine takes our seccomp filter."""
    if sys.platform != "linux" or os.uname().machine not in _MACHINES:
        return False
    return _libc().prctl(_SECCOMP, _FILTER, None, 0, 0) < 0 and ctypes.get_errno() == errno.EFAULT


def no_core_files() -> None:
    """A crash of this process, and of those that it starts, leaves no file with what it had in memory."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def unreadable() -> None:
    """The memory of this process is read by nobody of the same user, nor handed to a program that collects crashes."""
    if sys.platform == "linux":
        _libc().prctl(_DUMPABLE, 0, 0, 0, 0)


def restrict(rules: Iterable[tuple[Path, int]]) -> None:
    """Leave this thread, and what it starts, these rights in the file system and no TCP; needs `landlock_version`.

    `rules` are places with their rights, which hold for everything below; a place that is not there is passed over.
    Raises OSError if the kernel refuses.
    """
    version = landlock_version()
    handled = _HANDLED.get(version, _HANDLED[3])
    attributes = struct.pack("=QQQ", handled, _NET if version >= 4 else 0, _SCOPED if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _called("landlock_create_ruleset", _libc().syscall(_CREATE, attributes, ctypes.c_size_t(size), 0))
    try:
        for place, rights in rules:
            _add(ruleset, place, rights & handled)
        _called("prctl", _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _called("landlock_restrict_self", _libc().syscall(_RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)


def filter_calls() -> None:
    """Refuse, from now on, what reading never needs (`_CALLS`); of sockets only UNIX streams that connect to nobody
    are left. Raises OSError if the kernel refuses.
    """
    steps = _program(os.uname().machine)
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    kept = ctypes.create_string_buffer(code)
    program = struct.pack("@HP", len(steps), ctypes.addressof(kept))
    _called("prctl", _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _called("seccomp", _libc().prctl(_SECCOMP, _FILTER, program, 0, 0))


def _add(ruleset: int, place: Path, rights: int) -> None:
    try:
        handle = os.open(place, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]  # Linux alone
    except OSError:
        return
    try:
        allowed = rights if place.is_dir() else rights & _OF_FILES
        if allowed:
            _called("landlock_add_rule", _libc().syscall(_ADD, ruleset, 1, struct.pack("=Qi", allowed, handle), 0))
    finally:
        os.close(handle)


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter in the kernel's BPF: operation, steps to jump if true, if false, operand."""
    load, equal, at_least, both, give = 0x20, 0x15, 0x35, 0x54, 0x06
    column = list(_MACHINES).index(machine)
    refuse, allow = (give, 0, 0, 0x00050000 | errno.EPERM), (give, 0, 0, 0x7FFF0000)
    steps = [(load, 0, 0, 4), (equal, 1, 0, _MACHINES[machine]), refuse, (load, 0, 0, 0)]  # calls of another machine
    if machine == "x86_64":
        steps += [(at_least, 0, 1, 0x40000000), refuse]  # calls of x32
    for name, numbers in _CALLS.items():
        if name not in _SPECIAL:
            steps += [(equal, 0, 1, numbers[column]), refuse]
    missing = (give, 0, 0, 0x00050000 | errno.ENOSYS)  # then the C library takes clone, whose flags can be seen
    steps += [(equal, 0, 1, _CALLS["clone3"][column]), missing]
    steps += [(equal, 0, 4, _CALLS["clone"][column]), (load, 0, 0, 16), (both, 0, 0, _NEW_USER), (equal, 1, 0, 0)]
    steps += [refuse, (load, 0, 0, 0), (equal, 0, 6, _CALLS["socket"][column])]
    steps += [(load, 0, 0, 16), (equal, 0, 3, 1), (load, 0, 0, 24), (both, 0, 0, 0xF), (equal, 1, 0, 1), refuse]
    return [*steps, allow]


def _called(name: str, result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")
    return result


@cache
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc
