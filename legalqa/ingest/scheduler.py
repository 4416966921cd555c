"""A connection to a Dask scheduler, after a look at whether its workers read as we do."""

from __future__ import annotations

import logging
import re
import threading
from concurrent.futures import CancelledError
from typing import Any
from uuid import uuid4

from legalqa import errors, offline
from legalqa.ingest import outpost

_CONNECT_SECONDS = 5.0
_ADDRESS = re.compile(r"(tcp|tls)://[^/\s]+:\d{1,5}")


class Cluster:
    """A connection to a scheduler, after a look at whether its workers read as we do."""

    def __init__(self, address: str) -> None:
        self.id = uuid4().hex
        self._address = address
        self.client = _connected(address)
        try:
            self._compare()
        except BaseException:
            self.client.close()
            raise

    def threads(self) -> list[str]:
        """The worker of each thread of the cluster, by turns."""
        try:
            found: dict[str, int] = self.client.nthreads()
            rounds = range(max(found.values(), default=0))
            return [worker for turn in rounds for worker, threads in sorted(found.items()) if turn < threads]
        except (OSError, TimeoutError, CancelledError, RuntimeError):
            raise self._lost() from None

    def tell(self, what: Any) -> None:
        """Have every worker do something for this home, without waiting for it or minding who is gone."""
        threading.Thread(target=self.have, args=(what,), daemon=True).start()  # Dask's own wait=False does nothing

    def have(self, what: Any) -> None:
        """Have every worker do something for this home; whoever is gone has done it."""
        try:
            self.client.run(what, self.id, on_error="ignore")
        except Exception:  # on a way out: a cluster that is gone has forgotten us already
            logging.getLogger(__name__).debug("the cluster could not be told")

    def close(self) -> None:
        """Say goodbye and disconnect."""
        self.have(outpost.goodbye)
        self.client.close(timeout=_CONNECT_SECONDS)

    def require(self) -> None:
        """Raise EnvironmentFault if the connection is lost."""
        if self.client.status != "running":
            raise self._lost()

    def _compare(self) -> None:
        ours = outpost.identity()
        try:
            found = self.client.run(outpost.identity, on_error="return")
        except (OSError, TimeoutError, CancelledError):
            raise self._lost() from None
        if not found:
            raise self.deserted()
        for worker, theirs in sorted(found.items()):
            if not isinstance(theirs, str):
                raise errors.EnvironmentFault(
                    f"The Dask worker at {worker} has no LegalQA that can read for us.",
                    kept="Nothing was changed.",
                    hint=f"Install there what is installed here: {ours}.",
                )
            if theirs != ours:
                raise different(theirs)

    def deserted(self) -> errors.EnvironmentFault:
        """The fault that there are no workers."""
        return errors.EnvironmentFault(
            f"The Dask cluster at {self._address} has no workers.",
            kept="What was written before is kept.",
            hint=f"Start some: dask worker {self._address}. Or index without --scheduler.",
        )

    def _lost(self) -> errors.EnvironmentFault:
        return errors.EnvironmentFault(
            f"The connection to the Dask scheduler at {self._address} is lost.",
            kept="What was written before is kept.",
            hint="See whether it runs, and run this again: it goes on where it stopped.",
        )


def checked(address: str) -> str:
    """The address of a scheduler. Raises UserError for what is none."""
    if not _ADDRESS.fullmatch(address):
        raise errors.UserError(
            f"{address!r} is not the address of a Dask scheduler.",
            hint="Write it as tcp://host:8786 or tls://host:8786.",
        )
    return address


def different(theirs: str) -> errors.EnvironmentFault:
    """The fault that a worker would read the same bytes as another document."""
    return errors.EnvironmentFault(
        f"A Dask worker reads with other versions than this machine: {theirs} there, {outpost.identity()} here.",
        kept="Nothing that it would read differently was taken from it.",
        hint="Install the same LegalQA, with the same locked packages, on every machine of the cluster.",
    )


def _connected(address: str) -> Any:
    try:
        from distributed import Client, Security
    except ImportError:
        raise errors.EnvironmentFault(
            "The package that speaks to Dask clusters is not installed.",
            kept="Nothing was changed.",
            hint="Install legalqa[cluster], or index without --scheduler.",
        ) from None
    offline.let_through(address)
    security: Any = Security
    configured = security()
    if address.startswith("tls://") and not (configured.tls_ca_file and configured.tls_client_cert):
        raise errors.EnvironmentFault(
            "Dask's configuration names no certificates for tls://.",
            kept="Nothing was changed.",
            hint="Set ca-file, client.cert and client.key under distributed.comm.tls, e.g. by "
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE.",
        )
    for name in ("distributed.client", "distributed.comm", "distributed.core"):  # faults are told as errors of ours
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client: Any = Client
        return client(address, timeout=_CONNECT_SECONDS, set_as_default=False, name="legalqa")
    except (OSError, TimeoutError, ValueError) as error:
        raise errors.EnvironmentFault(
            f"No Dask scheduler answers at {address} ({type(error).__name__}).",
            kept="Nothing was changed.",
            hint="Start one (dask scheduler), correct --scheduler, or index without it.",
        ) from None
