"""``python -m tests.fuzz``: fuzz for a time; what breaks a parser is kept in the corpus, where the tests find it.

``python -m tests.fuzz --seconds 600`` goes round all targets. ``python -m tests.fuzz --atheris rtf -max_total_time=60``
hands one to atheris (``pip install legalqa[fuzz]``), which is guided by coverage; libFuzzer's options follow the name.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import traceback
from collections import Counter

from legalqa.errors import EXIT_ENVIRONMENT, EXIT_PARTIAL

_SLICE = 2.0  # seconds at one target before the next
_SLOW = 10.0  # seconds of processor time that no input of this size may take


def main() -> int:
    """Fuzz; the exit code says whether anything broke."""
    if "--atheris" in sys.argv:
        return _guided(sys.argv[sys.argv.index("--atheris") + 1 :])
    from tests.fuzz import targets

    parser = argparse.ArgumentParser(description="Fuzz our parsers.")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--target", choices=targets.TARGETS, action="append")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    chance, end = random.Random(asked.seed), time.monotonic() + asked.seconds
    names = asked.target or list(targets.TARGETS)
    runs: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    while time.monotonic() < end:
        for name in names:
            until = min(time.monotonic() + _SLICE, end)
            while time.monotonic() < until:
                runs[name] += 1
                broken[name] += _broke(name, targets.mutated(chance.choice(targets.seeds(name)), chance))
    for name in names:
        print(f"{name:<12}{runs[name]:>10,} inputs{broken[name]:>6} broke it")
    return EXIT_PARTIAL if broken.total() else 0


_seen: set[str] = set()


def _broke(name: str, untrusted: bytes) -> bool:
    """Whether the input breaks the target; the first of each kind is kept."""
    from tests.fuzz import targets

    began = time.process_time()
    try:
        targets.TARGETS[name](untrusted)
        if time.process_time() - began < _SLOW:
            return False
        where = "slow"
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {frame.filename.rpartition('/')[2]}:{frame.lineno}"
    if (kind := f"{name}: {where}") not in _seen:
        _seen.add(kind)
        kept = targets.CORPUS / name
        kept.mkdir(parents=True, exist_ok=True)
        file = kept / hashlib.sha256(untrusted).hexdigest()[:16]
        file.write_bytes(untrusted)
        print(f"{kind} ({file.name})", file=sys.stderr)
    return True


def _guided(arguments: list[str]) -> int:
    try:
        import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError:
        print("atheris is not installed: pip install legalqa[fuzz]", file=sys.stderr)
        return EXIT_ENVIRONMENT
    with atheris.instrument_imports(include=["legalqa"]):
        from tests.fuzz import targets
    atheris.Setup([sys.argv[0], *arguments[1:]], targets.TARGETS[arguments[0]])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
