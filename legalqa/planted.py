"""The planted-error suite: claims about a matter's own documents with errors planted in them, put to the verifier.

For a firm to run after every change of a model or of the program; the report of one page is for its file.
"""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from legalqa import __version__
from legalqa.errors import Cancelled, UserError
from legalqa.evaluate import planting
from legalqa.evaluate.planting import Planted
from legalqa.matter import Matter
from legalqa.settings import Settings
from legalqa.values.answer import Answer, Citation, Claim, Passage
from legalqa.values.document import Document
from legalqa.verify import check
from legalqa.verify.predicates import ROLES
from legalqa.verify.words import sentence_spans

if TYPE_CHECKING:
    from legalqa.index.encoder import Encoder

SEED = 20
EACH = 20  # claims of a kind
ACCEPTED = ("verbatim", "supported")
OnStep = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was run on what, and what came of it. `documents` is the SHA-256 over the hashes of the matter's files."""

    matter: str
    program: str
    at: str
    seed: int
    count: int
    documents: str
    models: tuple[tuple[str, str, str], ...]  # role, catalogue id, SHA-256
    figures: dict[str, Any]
    wrong: tuple[tuple[str, str], ...]  # id and kind of each claim that was judged wrongly

    def as_json(self) -> dict[str, Any]:
        """``eval --planted --json``."""
        return {
            "about": {
                "matter": self.matter, "program": self.program, "at": self.at, "seed": self.seed,
                "documents": self.count, "fingerprint": self.documents,
                "models": [{"role": role, "id": id, "sha256": sha256} for role, id, sha256 in self.models],
            },
            "planted": self.figures,
            "wrong": [{"id": id, "kind": kind} for id, kind in self.wrong],
        }  # fmt: skip


def run(
    matter: Matter,
    settings: Settings,
    *,
    seed: int = SEED,
    each: int = EACH,
    on_step: OnStep | None = None,
    stop: threading.Event,
) -> Report:
    """Plant, verify, count. Raises UserError if the matter holds too little text, Cancelled on `stop`."""
    from legalqa.engines import load_encoder

    encoder = load_encoder(settings)
    documents = {id: matter.document(id) for id in sorted(matter.catalog.documents())}
    claims = planting.plant(tuple(documents.values()), sentence_spans, ROLES, seed, each)
    if not any(claim.true for claim in claims):
        raise UserError("The matter holds no sentences to plant errors in.", hint="Index its documents first.")
    judge = _Judge(matter, documents, encoder)
    judged: list[tuple[Planted, bool]] = []
    for done, claim in enumerate(claims, 1):
        if stop.is_set():
            raise Cancelled("Stopped.", kept="Nothing was written.", hint="Run it again to measure.")
        judged.append((claim, judge.flags(claim)))
        if on_step:
            on_step("checking planted claims", done, len(claims))
    whole = hashlib.sha256("".join(sorted(one.sha256 for one in documents.values())).encode()).hexdigest()
    return Report(
        matter.info.name,
        __version__,
        datetime.now(UTC).isoformat(timespec="seconds"),
        seed,
        len(documents),
        whole,
        (("embedding", settings.embedding_model, encoder.sha256),),
        planting.figures(judged),
        tuple((claim.id, claim.kind) for claim, flagged in judged if flagged == claim.true),
    )


class _Judge:
    """Puts a claim to the verifier as a sentence of an answer that cites one passage."""

    def __init__(self, matter: Matter, documents: dict[str, Document], encoder: Encoder) -> None:
        from legalqa.engines import similarity
        from legalqa.matter_record import MatterRecord

        self._documents = documents
        self._record = MatterRecord(matter.catalog, matter.document)
        self._support = functools.partial(similarity, encoder)

    def flags(self, claim: Planted) -> bool:
        """Whether the verifier finds fault with it: by its verdict, or with an authority that nothing vouches for."""
        text = f"“{claim.text}”" if claim.quoted else claim.text
        cited = Citation("1", claim.text if claim.quoted else "")
        answer = Answer("", (Claim(text, (cited,), copied=True),), (self._passage(claim),))
        checked = check(answer, self._record, support=self._support)
        if claim.kind == "invented_authority":
            return any(authority.status in ("unknown", "malformed") for authority in checked.authorities)
        return checked.sentences[0].verdict not in ACCEPTED

    def _passage(self, claim: Planted) -> Passage:
        document = self._documents[claim.document_id]
        start, end = claim.start, claim.end
        pages = tuple(page.number for page in document.pages_of(start, end))
        return Passage(
            1, document.title, document.id, document.path, document.section_of(start), pages,
            document.bates_of(start, end), start, end, 0.0, document.text[start:end],
            regions=document.regions_of(start, end),
        )  # fmt: skip
