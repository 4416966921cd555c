"""What is understood of a question before anything is searched: shown to the user, who may change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from legalqa.values.document import Definition

SURE = 0.6  # score of a scope from which on it is said without "perhaps"
MentionKind = Literal["document", "party", "type", "date", "bates", "cite", "phrase", "term"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Words ``[start, end)`` of a question that name something of the matter, and what they are taken for.

    `value` is the thing as the matter writes it ("Harbor Point LLC", "lease", "2019-03-01"); `document_ids` are the
    documents that it may mean, best first, empty if it means none in particular; `alternatives` are other things of
    the matter that the words may mean, best first.
    """

    start: int
    end: int
    kind: MentionKind
    value: str
    document_ids: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is understood of a question and is not to count: a mention by its kind and value, or of kind "document" one
    that it is taken to be about, by its id.
    """

    kind: MentionKind
    value: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words of a matter that a question may go on with: a term that documents define, a party, a heading."""

    text: str
    kind: Literal["term", "party", "heading"]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What questions may call a document by. `names` are the file names that it is known under; `people` those who
    sign, are examined or examine; `law` what governs it; `bates` its first and last number; `opening` its first
    characters; `amends` the ids of the documents that it amends.
    """

    id: str
    names: tuple[str, ...]
    title: str = ""
    type: str = "other"
    date: str | None = None
    parties: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    law: str = ""
    bates: tuple[str, str] | None = None
    definitions: tuple[Definition, ...] = ()
    opening: str = ""
    amends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """A document that a question is taken to be about: how surely, from 0 to 1, and why in words.

    `document` is its file name.
    """

    document_id: str
    score: float
    reason: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question, taken apart.

    `text` is what was asked, made standalone if it followed other questions; `core` is what is asked, without the words
    that only name documents, never empty for a question that is not; `scopes` are the documents it is about, best
    first, empty for the whole matter; `expansions` are other words for what is asked (synonyms of the law, the matter's
    own defined terms); `phrases` are the exact words in quotation marks, without them.
    """

    text: str
    core: str
    mentions: tuple[Mention, ...] = ()
    scopes: tuple[Scope, ...] = ()
    expansions: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
