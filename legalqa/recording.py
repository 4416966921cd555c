"""What stands in the audit file of each act: questions as they were asked, passages and sentences as hashes.

What cannot be recorded is not done, or not shown: an answer that nobody can account for is none.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import legalqa
from legalqa import answer_cache
from legalqa.audit import Audit
from legalqa.engines import Engines
from legalqa.errors import Cancelled, EnvironmentFault, LegalQAError
from legalqa.values.answer import SearchResult, Verdict, VerifiedAnswer
from legalqa.values.audit import AuditEntry, Event
from legalqa.values.matter import IndexReport


class Recording:
    """Writes what is done in a matter into its audit file, each act once."""

    def __init__(self, engines: Engines, audit: Audit) -> None:
        self._engines, self._audit = engines, audit

    def asked(self, how: dict[str, Any], answer: VerifiedAnswer, event: Event = "ask") -> AuditEntry:
        """A question, `how` it was asked, and what was answered. Raises EnvironmentFault or Denied as `Audit.record`:
        then the answer must not be shown.
        """
        said = {"cached": answer.cached, "stopped": answer.stopped, **self.outcome(answer)}
        with _not_shown("The answer", _ASK_AGAIN):
            return self._audit.record(event, {**how, **said, **self.standing(how.get("model"))})

    def checked(self, file: Path, text: str, checked: VerifiedAnswer) -> None:
        """A draft that was cite-checked. Raises as `asked`."""
        said = {"file": str(file), "sha256": _hash(text), **self.outcome(checked), **self.standing(None)}
        with _not_shown("The draft was checked. What was found"):
            self._audit.record("verify", said)

    def searched(self, how: dict[str, Any], found: SearchResult) -> None:
        """A search, if the policy wants searches recorded. Raises as `asked`."""
        if self._engines.settings.policy.record_searches:
            places = [[hit.document_id, hit.start, hit.end] for hit in found.hits]
            with _not_shown("What was found"):
                self._audit.record("search", {**how, "hits": places, "index": self.index()})

    @contextlib.contextmanager
    def indexing(self, paths: Sequence[Path], how: dict[str, Any]) -> Iterator[list[IndexReport]]:
        """Around an indexing run, which puts its report into the list; a run that ends early is recorded, too."""
        self._audit.check()
        details: dict[str, Any] = {"paths": [str(path.absolute()) for path in paths], **how}
        reports: list[IndexReport] = []
        try:
            yield reports
        except BaseException as error:
            details["ended"] = "stopped" if isinstance(error, Cancelled) else type(error).__name__
            with contextlib.suppress(LegalQAError):  # what ended the run is what must be told
                self._audit.record("index", {**details, "index": self.index()})
            raise
        for report in reports:
            counts = {name: len(getattr(report, name)) for name in _COUNTED}
            details |= {**counts, "unchanged": report.unchanged, "index": self.index()}
            with _kept("What was read is in the matter."):
                self._audit.record("index", details)

    @contextlib.contextmanager
    def export(
        self, what: str, target: Path, verdicts: Iterable[Verdict | None] = (), **details: Any
    ) -> Iterator[None]:
        """Around the writing of a file for others: recorded before it is written, and if that fails, so is this.

        `verdicts` are those of the sentences that it gives as the record's, not those that it shows as faults. Raises
        Denied if the policy does not allow it, EnvironmentFault or Denied as `Audit.record`: then nothing is written.
        """
        self._engines.settings.policy.require_export(what, verdicts)
        entry = self._audit.record("export", {"what": what, "file": str(target.absolute()), **details})
        try:
            yield
        except BaseException as error:
            with contextlib.suppress(LegalQAError):
                self._audit.record("failed", {"entry": entry.number, "error": type(error).__name__})
            raise

    def event(self, event: Event, **details: Any) -> AuditEntry:
        """Any other act. Raises as `Audit.record`."""
        return self._audit.record(event, details)

    def outcome(self, answer: VerifiedAnswer) -> dict[str, Any]:
        """What was answered, without its words: hashes, verdicts, places."""
        return {
            "status": answer.status,
            "sentences": [
                {
                    "sha256": _hash(one.text),
                    "verdict": one.verdict,
                    "cites": [[cited.document_id, cited.start, cited.end] for cited in one.citations],
                }
                for one in answer.sentences
            ],
            "authorities": [{"sha256": _hash(one.text), "status": one.status} for one in answer.authorities],
            "passages": [
                {"document": one.document_id, "start": one.start, "end": one.end, "sha256": _hash(one.text)}
                for one in answer.passages
            ],
        }

    def standing(self, model: str | None) -> dict[str, Any]:
        """What decides an answer besides the question: models, index, program."""
        try:
            models = self._engines.answering(model)
        except LegalQAError:  # answered without a model
            models = {}
        return {"models": models, "index": self.index(), "program": legalqa.__version__}

    def index(self) -> dict[str, Any]:
        """The index by its documents and how they were read: the same fingerprint, the same passages to find."""
        catalog = self._engines.catalog
        ids = catalog.documents()
        read = sorted(catalog.read_with().items())
        return {"documents": len(ids), "sha256": answer_cache.fingerprint([sorted(ids), read])}


_ASK_AGAIN = "It is kept in the matter, if that can be written: asked again it comes at once."
_COUNTED = ("added", "replaced", "removed", "failed", "duplicates", "skipped")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@contextlib.contextmanager
def _not_shown(what: str, kept: str = "") -> Iterator[None]:
    """A fault of the audit file, told as the reason why something is not shown."""
    try:
        yield
    except LegalQAError as fault:
        raise type(fault)(
            f"{what} is not shown, because it could not be recorded. {fault.message}",
            kept=kept,
            hint=fault.hint,
        ) from None


@contextlib.contextmanager
def _kept(kept: str) -> Iterator[None]:
    try:
        yield
    except EnvironmentFault as fault:
        raise EnvironmentFault(fault.message, kept=kept, hint=fault.hint) from None
