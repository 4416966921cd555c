"""The engines of one open matter: encoder, index, model, page pictures. Each is loaded when it is first needed."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legalqa import aside, embedded, generation, models
from legalqa.errors import UserError
from legalqa.finding import sha256_of
from legalqa.index import space
from legalqa.index.catalog import Catalog
from legalqa.ingest import PageImage, Reader, ReadOptions, Unreadable
from legalqa.matter_record import MatterRecord
from legalqa.models import Role
from legalqa.originals import Originals
from legalqa.pointing import Pointing
from legalqa.settings import Settings
from legalqa.values import reading
from legalqa.values.answer import Condition
from legalqa.values.document import Document, StoredChunk
from legalqa.values.form import Mode
from legalqa.values.question import Understood

if TYPE_CHECKING:
    from legalqa.answer.compose import Composer
    from legalqa.answer.llm import LocalModel
    from legalqa.answer.retrieve import Found
    from legalqa.index.crossencoder import CrossEncoder
    from legalqa.index.encoder import Encoder
    from legalqa.index.vectors import VectorIndex

Span = tuple[str, int, int, float]  # document id, start, end, score
_VIEWED = 100  # documents up to which a filter looks at each, which needs no index and so no model


class Engines:
    """Loads each engine once, from whichever thread asks first."""

    def __init__(self, settings: Settings, folder: Path, catalog: Catalog) -> None:
        self.settings, self.folder, self.catalog = settings, folder, catalog
        self._lock = threading.RLock()
        self.originals = Originals(folder, catalog, settings.reader_memory_mb << 20)
        self._composers: dict[str, Composer] = {}
        self._models: list[LocalModel] = []

    @cached_property
    def encoder(self) -> Encoder:
        """The embedding model. Raises EnvironmentFault if it is missing or altered."""
        return load_encoder(self.settings)

    @cached_property
    def _encoder_of_matter(self) -> Encoder:
        """The encoder, once it is known to be the one that embedded the passages."""
        embedded.refuse_another(self.catalog, self.encoder.sha256)
        return self.encoder

    @cached_property
    def shard(self) -> VectorIndex:
        """The search index: in the matter's folder, or on the Qdrant server of the settings."""
        if self.settings.index.server:
            from legalqa.index import server
            from legalqa.library import read_info

            info = read_info(self.folder)
            assert info is not None
            return server.connect(self.settings.index, info.id, self.encoder.size)
        from legalqa.index.shard import Shard

        return Shard(self.folder / "index", self.encoder.size, free_space_mb=self.settings.free_space_mb)

    @cached_property
    def _store(self) -> Any:
        from legalqa.index.store import ShardStore

        return ShardStore(self.shard, self.catalog)

    @cached_property
    def reranker(self) -> CrossEncoder | None:
        """The cross-encoder that orders passages; None if the settings want none, or ours is not there.

        Raises EnvironmentFault if one that was chosen is missing, or any is altered; UserError if it is no reranker.
        """
        return self._cross_encoder("reranker", self.settings.reranker_model)

    @cached_property
    def reader(self) -> CrossEncoder | None:
        """The cross-encoder that chooses the evidence; as `reranker`."""
        return self._cross_encoder("reader", self.settings.reader_model)

    def _cross_encoder(self, role: Role, wanted: str) -> CrossEncoder | None:
        from legalqa.index.crossencoder import CrossEncoder

        files = self._cross_encoder_files(role, wanted)
        return CrossEncoder(files.folder, self.settings.threads) if files else None

    def _cross_encoder_files(self, role: Role, wanted: str) -> models.ModelFiles | None:
        if wanted == "auto":
            ours = (entry.id for entry in models.load_catalogue().model if entry.role == role and entry.starter)
            wanted = next((id for id in ours if models.is_here(self.settings.home, id)), "")
        if not wanted:
            return None
        files = models.locate(self.settings.home, wanted)
        if files.role != role:
            raise UserError(f"{wanted} is no {role}.", hint="See legalqa models list.")
        return files

    @cached_property
    def _reranking(self) -> Any:
        from legalqa.answer.rerank import Reranker
        from legalqa.index.likeness import Likeness
        from legalqa.index.vectors import embedded_text

        if self.reranker is None:
            return None

        def wording(nodes: Sequence[Any]) -> list[str]:
            about = (node.metadata for node in nodes)
            return [
                embedded_text(one["title"], one["section"], node.text) for one, node in zip(about, nodes, strict=True)
            ]

        embed = functools.partial(self._encoder_of_matter.embed, query=True)
        likeness = Likeness(self.shard, embed, self.reranker.cosine) if self.reranker.cosine else None
        return Reranker(self.reranker.score, wording, self.settings.rerank, likeness)

    def retrieve(self, question: Understood, conditions: Sequence[Condition], k: int) -> list[Found]:
        """The best places for a question, parents in place of children that were found together."""
        from legalqa.answer.retrieve import retrieve

        pointing = Pointing(self.catalog, self._fits, question, conditions)
        with self._lock:
            store, encoder, reranker = self._store, self._encoder_of_matter, self._reranking
        return retrieve(
            question,
            store=store,
            embed=functools.partial(encoder.embed, query=True),
            children=self.catalog.children,
            conditions=conditions,
            named=pointing.named(),
            exact=pointing.exact() if question.phrases else (),
            reranker=reranker,
            outlines=self.catalog.outline,
            k=k,
        )

    def holding(self, words: Sequence[str], conditions: Sequence[Condition]) -> list[StoredChunk]:
        """The searched chunks in which any of these words stand."""
        exact = Understood(" ".join(words), " ".join(words), phrases=tuple(words))
        return Pointing(self.catalog, self._fits, exact, conditions).exact()

    def nearest(self, words: str, asked: str, documents: Sequence[str], k: int) -> Iterator[list[StoredChunk]]:
        """The `k` children of each of the documents that are nearest to `asked`, by dense and BM25 ranking; the latter
        looks for `words`.
        """
        from llama_index.core.vector_stores.types import VectorStoreQuery, VectorStoreQueryMode

        from legalqa.answer.candidates import filters_of

        with self._lock:
            store, encoder = self._store, self._encoder_of_matter
        vector = encoder.embed([asked], query=True)[0].tolist()
        for id in documents:
            within = [Condition("document", "=", id), Condition("hidden", "!=", "yes")]
            query = VectorStoreQuery(
                query_embedding=vector,
                query_str=words,
                similarity_top_k=k,
                mode=VectorStoreQueryMode.HYBRID,
                filters=filters_of(within),
            )
            nodes = store.query(query).nodes or []
            yield self.catalog.chunks([node.node_id for node in nodes])

    def composer(self, model: str | None) -> Composer:
        """The answer engine with the model of that catalogue id (None: the one in the settings)."""
        from legalqa.answer.compose import Composer

        wanted = model or self.settings.generation_model
        with self._lock:
            if wanted not in self._composers:
                engine = generation.started(self.settings, generation.chosen(self.settings, wanted))
                self._models.append(engine)
                self._composers[wanted] = Composer(
                    engine,
                    self.encoder.embed,
                    embed_question=functools.partial(self.encoder.embed, query=True),
                    read=self.reader.read if self.reader else None,
                    max_tokens=self.settings.answer_tokens,
                )
            return self._composers[wanted]

    def mode(self, model: str | None) -> Mode:
        """How that model answers: as its ability allows, measured by the test as it is now."""
        from legalqa import ability

        found = generation.ability(self.settings, model)
        return "cited-prose" if found and found.writes and found.prompts == ability.stamp() else "quote-first"

    def answering(self, model: str | None) -> dict[str, str]:
        """What decides an answer besides question, record and program: the models' checksums and the settings."""
        chosen = self.settings
        wording = generation.chosen(chosen, model).id
        encoder = models.locate(chosen.home, chosen.embedding_model)
        wanted: tuple[tuple[Role, str], ...] = (("reranker", chosen.reranker_model), ("reader", chosen.reader_model))
        readers = {role: self._cross_encoder_files(role, id) for role, id in wanted}
        found = {"generation": wording, "embedding": encoder, **readers}
        hashes = {name: files.sha256 if files else "" for name, files in found.items()}
        limits = {name: str(getattr(chosen, name)) for name in ("rerank", "passages", "answer_tokens", "gpu_layers")}
        return {"model": wording.id, **hashes, "mode": self.mode(model), **limits}

    def ids(self) -> dict[str, str]:
        """The catalogue ids of the models that choose the evidence, by their role; EnvironmentFault if one is gone."""
        chosen = self.settings
        wanted: tuple[tuple[Role, str], ...] = (("reranker", chosen.reranker_model), ("reader", chosen.reader_model))
        found = {role: self._cross_encoder_files(role, id) for role, id in wanted}
        return {"embedding": chosen.embedding_model} | {role: files.id for role, files in found.items() if files}

    def support(self, claim: str, passage: str) -> float:
        """Semantic support, see `similarity`."""
        return similarity(self.encoder, claim, passage)

    def page_image(self, document: Document, page: int, scale: float) -> PageImage:
        """As `Originals.page_image`."""
        return self.originals.page_image(document, page, scale)

    def warm_images(self) -> None:
        """Start the drawing process."""
        self.originals.warm()

    def copy_of(self, sha256: str, path: str) -> Path:
        """As `Originals.copy_of`."""
        return self.originals.copy_of(sha256, path)

    def read_draft(self, file: Path) -> str:
        """The text of a draft to be checked, read in a process of its own."""
        if not file.is_file():
            raise UserError(f"There is no file {file}.")
        with aside.folder(self.folder, "draft") as scratch:
            options = ReadOptions(
                languages=self.settings.languages,
                page_seconds=self.settings.page_seconds,
                folders=(str(file.absolute()),),
                scratch=str(scratch),
            )
            reader = Reader(options)
            try:
                return reader.read(file.absolute(), sha256_of(file)).text
            except Unreadable as fault:
                raise UserError(f"{file} cannot be checked: {fault.reason}.") from None
            finally:
                reader.close()

    def record(self, load: Callable[[str], Document]) -> MatterRecord:
        """The matter as the verifier sees it."""
        return MatterRecord(self.catalog, load)

    def in_scope(self, conditions: Sequence[Condition]) -> set[str] | None:
        """Ids of the documents of which a filter leaves anything, None without one; a document with hidden text is in
        scope of what can be seen as of what cannot.
        """
        conditions = [condition for condition in conditions if condition.field != "hidden"]
        if not conditions:
            return None
        ids = self.catalog.documents()
        few = len(ids) <= _VIEWED
        views = (self.catalog.document(id, words=False) for id in (ids if few else self.catalog.without_chunks()))
        held = {view.id for view in views if self._fits(view, 0, max(len(view.text), 1), conditions)}
        return held if few else held | set(self.shard.counts(conditions))

    def filtered(
        self, places: Iterable[Span], conditions: Sequence[Condition], load: Callable[[str], Document]
    ) -> Iterator[Span]:
        """The places that a filter leaves."""
        for place in places:
            if not conditions or self._fits(load(place[0]), place[1], place[2], conditions):
                yield place

    def _fits(self, document: Document, start: int, end: int, conditions: Sequence[Condition]) -> bool:
        from legalqa.index.conditions import holds
        from legalqa.index.vectors import Point, governing_laws

        pages = document.pages_of(start, end)
        point = Point(
            id="",
            document_id=document.id,
            vector=b"",
            text="",
            start=start,
            end=end,
            names=self.catalog.names(document.id),
            type=document.type,
            date=document.date,
            parties=document.parties,
            bates=tuple(page.bates for page in pages if page.bates),
            pages=tuple(page.number for page in pages),
            kind=document.kind,
            laws=governing_laws(document),
            hidden=bool(reading.hidden_in(document, start, end)),
        )
        return holds(point.payload(), conditions)

    def reduced(self) -> str:
        """What is to be said of models that were started smaller than was wanted, for want of memory; "" if none is."""
        return " ".join(model.reduced for model in self._models if model.reduced)

    def warm(self) -> None:
        """Load what a first question needs."""
        space.read_ahead(self.folder / "catalog.sqlite", self.folder / "index")
        self.retrieve(Understood("warm", "warm"), (), 1)
        if self.reader:
            self.reader.score("warm", ["warm"])
        self.composer(None).warm(threading.Event())

    def break_off(self) -> None:
        """See `Matter.break_off`."""
        self.originals.break_off()

    def close(self) -> None:
        """Let every process go."""
        self.originals.close()
        if "shard" in vars(self):
            self.shard.close()
        for model in self._models:
            model.close()


def load_encoder(settings: Settings) -> Encoder:
    """The embedding model of the settings. Raises EnvironmentFault if it is missing or altered."""
    from legalqa.index.encoder import Encoder

    return Encoder(models.locate(settings.home, settings.embedding_model).folder, settings.threads)


def similarity(encoder: Encoder, claim: str, passage: str) -> float:
    """Cosine, 0 to 1, of a claim and the sentence of the passage that is nearest to it."""
    from legalqa.answer.evidence import sentences

    texts = [passage[sentence.start : sentence.end] for sentence in sentences(passage)] or [passage]
    vectors = encoder.embed([claim, *texts])
    return float(max(0.0, (vectors[1:] @ vectors[0]).max()))
