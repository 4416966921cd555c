"""Does the record really say so? Values in, values out: no disk, no model, no network.

``check`` verifies an answer, ``check_draft`` a brief, ``check_claim`` one sentence against one passage.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from legalqa.values.answer import Answer
from legalqa.verify import authorities as _authorities
from legalqa.verify import draft as _draft
from legalqa.verify import quotes as _quotes
from legalqa.verify import verdict as _verdict
from legalqa.verify.places import named_places
from legalqa.verify.record import Checked, ClaimVerdict, Place, Record, Search, Support
from legalqa.verify.words import squeezed

__all__ = ["Checked", "ClaimVerdict", "Place", "Record", "Search", "Support", "check", "check_claim", "check_draft"]


def check(
    answer: Answer,
    record: Record,
    *,
    support: Support | None = None,
    listed: Collection[str] = (),
    today: date | None = None,
) -> Checked:
    """A verdict for every sentence of `answer`, in order, and every authority that it names.

    `support` adds semantic similarity to the support score; `listed` is the firm's own list of authorities; `today`
    is what counts as the future in a citation's year (default: the clock).
    """
    passages = {str(passage.key): passage for passage in answer.passages}
    sentences = tuple(_verdict.sentence(claim, passages, record, support) for claim in answer.claims)
    text = squeezed("\n\n".join(claim.text for claim in answer.claims))
    return Checked(
        sentences,
        _authorities.check(text, lambda words: named_places(record.find(words), record), listed=listed, today=today),
    )


def check_draft(
    text: str,
    record: Record,
    *,
    support: Support | None = None,
    search: Search | None = None,
    listed: Collection[str] = (),
    today: date | None = None,
) -> Checked:
    """Cite-checks a brief: quotations of four words or more must stand in the record, references to the record must
    resolve, and what a sentence says must be what the cited place says. A sentence that cites nothing is sought in the
    record by `search`, where it is given. Headings are left out.
    """
    text = _draft.headings_apart(squeezed(text))
    sentences = _draft.sentences(text, record, support, search)
    named = _authorities.check(text, lambda words: named_places(record.find(words), record), listed=listed, today=today)
    return Checked(sentences, named)


def check_claim(
    claim: str,
    passage: str,
    *,
    support: Support | None = None,
    listed: Collection[str] = (),
    today: date | None = None,
) -> ClaimVerdict:
    """The verdict on one sentence against one passage, without a matter: `verbatim`, `supported`, `unsupported`, or
    `bad_reference` if the sentence puts words between quotation marks that the passage does not hold. An authority is
    `in_record` here if the passage holds it.
    """

    def stands(words: str) -> tuple[str, ...]:
        return ("the passage",) if _quotes.find(words, passage) else ()

    notes = _verdict.Notes()
    score = _verdict.weigh_alone(claim, passage, notes, support)
    named = _authorities.check(squeezed(claim), stands, listed=listed, today=today)
    return ClaimVerdict(notes.verdict(), notes.reasons(), score, named)
