"""A question's way from passages to a verified answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from legalqa.values.document import Box, Region
from legalqa.values.form import Form
from legalqa.values.question import Understood

Verdict = Literal["bad_reference", "unsupported", "uncited", "supported", "verbatim"]
WORST_FIRST: tuple[Verdict, ...] = ("bad_reference", "unsupported", "uncited", "supported", "verbatim")
AuthorityStatus = Literal["in_record", "in_list", "unknown", "malformed"]
Field = Literal[
    "document", "type", "date", "party", "bates", "page", "kind", "parent", "path", "governing_law", "hidden"
]
Operator = Literal["=", "!=", ">=", "<=", ">", "<"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One term of `--where`: all terms must hold. `among` are values of which any one will do, in place of `value`."""

    field: Field
    operator: Operator
    value: str
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in the record that was found and may be cited, with all that a reader needs to see it.

    `key` is the number by which an answer cites it (1, 2, …); 0 outside an answer. `start`/`end` are offsets into
    the text of document `document_id`; ``text == document.text[start:end]``. `regions` are those of the document that
    reach into it, in offsets of the document. For `pin`, `lines` and `labels` see `legalqa.values.pin`; `hidden` says
    why the text cannot be seen on its page, "" where it can; `amended_by` names the documents that amend this one;
    `elsewhere` says that the question is surely about other documents than this one.
    """

    key: int
    document: str
    document_id: str
    path: str
    section: tuple[str, ...]
    pages: tuple[int, ...]
    bates: tuple[str, ...]
    start: int
    end: int
    score: float
    text: str
    boxes: tuple[Box, ...] = ()
    paged: bool = True  # False: the file has no pages of its own, and no pin cite should name one
    regions: tuple[Region, ...] = ()
    pin: str = ""
    lines: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    header: str = ""  # of the table that holds it, where the header row is not part of it
    hidden: str = ""
    amended_by: tuple[str, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """What a sentence points at: a passage's key, and the words that it claims stand there ("" for none).

    Written by the answer engine or read from a draft: nothing in it has been checked. `document_id`, `start`, `end`
    narrow the place inside the passage where they are known.
    """

    key: str
    quote: str = ""
    document_id: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, with its citations. `copied` says that decoding could only copy it."""

    text: str
    citations: tuple[Citation, ...] = ()
    copied: bool = False


@dataclass(frozen=True, slots=True)
class ModelId:
    """The model that wrote an answer: catalogue id and SHA-256 of its file."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine proposes: nothing of it is final until verified. `claims` is empty for "not found"."""

    question: str
    claims: tuple[Claim, ...]
    passages: tuple[Passage, ...]
    model: ModelId | None = None
    stopped: bool = False
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class CheckedCitation:
    """A citation after checking. `found` False: no such key, page or quote; `elsewhere` then names the true place.

    `header` is the header row of the table that the cited row stands in; for the rest see `Passage`.
    """

    key: str
    found: bool
    document: str = ""
    document_id: str = ""
    path: str = ""
    section: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    bates: tuple[str, ...] = ()
    quote: str = ""
    start: int | None = None
    end: int | None = None
    boxes: tuple[Box, ...] = ()
    ocr_confidence: float | None = None
    elsewhere: tuple[str, ...] = ()
    paged: bool = True  # False: the file has no pages of its own, and no pin cite should name one
    pin: str = ""
    lines: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    header: str = ""
    hidden: str = ""
    amended_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A claim with its verdict, the reasons for it in words, and its checked citations."""

    text: str
    verdict: Verdict
    reasons: tuple[str, ...]
    citations: tuple[CheckedCitation, ...]
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """A case or statute named in the text, and whether the record or the firm's list knows it."""

    text: str
    status: AuthorityStatus
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """What stood behind an answer: documents and pages in scope, the pages that nobody could read, and those of which
    a part could not be read.
    """

    documents: int
    pages: int
    unreadable_pages: tuple[str, ...] = ()
    partly_read: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """The only form of an answer that may be shown as final. `understood` is None where no question was asked.

    `cached` says that the same question was answered before from the same record by the same models, and that this is
    that answer; `ms` is then what it took to look it up.
    """

    status: Literal["answered", "not_found", "checked"]
    sentences: tuple[Sentence, ...]
    authorities: tuple[Authority, ...]
    passages: tuple[Passage, ...]
    searched: Searched
    model: ModelId | None
    ms: dict[str, float]
    question: str = ""
    stopped: bool = False
    understood: Understood | None = None
    form: Form = field(default_factory=Form)
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of an answer while it is being made: never final, shown greyed. `text` is all of it so far."""

    stage: Literal["retrieving", "answering", "verifying"]
    text: str = ""
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, best first, and under which filters; `understood` is None for an exact phrase."""

    query: str
    filters: tuple[Condition, ...]
    hits: tuple[Passage, ...]
    ms: float
    understood: Understood | None = None
