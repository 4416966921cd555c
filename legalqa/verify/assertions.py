"""A sentence without a cite that states a fact: what does the record say of it?

The places that a search finds are held against the sentence like cited ones. `supported` names the place that says so,
`unsupported` the one that says otherwise; where neither is plain nothing is said: "cannot tell".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from legalqa.values.answer import CheckedCitation
from legalqa.values.document import Document
from legalqa.verify import facts, logic, places, verdict
from legalqa.verify import support as scoring
from legalqa.verify.facts import Finding
from legalqa.verify.record import Record, Search, Support
from legalqa.verify.words import content, squeezed

SAYS_SO = 0.75  # least support score of a place that is said to hold the statement
SURELY = 0.80  # the same, of a place other than the one that is cited
OF_THE_SAME = 0.70  # least support score of a place that is said to contradict it: it must speak of the same thing
WORDS_TO_SUPPORT = 4  # that carry meaning; fewer stand together by chance
LEAST_WORDS = 2  # that carry meaning; a shorter sentence states too little to be found
_FIGURES = ("amount", "percentage", "date", "duration", "time", "number", "currency")
_OPINION = re.compile(  # what a brief argues, which no record can say
    r"(?i)\b(?:should|must be (?:denied|granted|dismissed)|reasonable (?:jury|juror|person|factfinder)"
    r"|this (?:memorandum|brief|motion|court should)|summary judgment is|as a matter of law|respectfully"
    r"|therefore the court|it follows)\b"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One place held against a statement."""

    document: Document
    start: int
    end: int
    findings: tuple[Finding, ...]
    score: float
    confirmed: bool  # holds every negation of the sentence, and the sentence says enough to be found

    @property
    def place(self) -> str:
        """The place as a reader looks it up."""
        return places.named(self.document, self.start, self.end)

    def cited(self, *, found: bool = True) -> CheckedCitation:
        """The place as a citation that the draft does not have."""
        return places.cited("", self.document, self.start, self.end, found=found)


def states_a_fact(text: str) -> bool:
    """Whether the sentence says something that a record can hold: no argument, no question."""
    return not text.rstrip().endswith("?") and not _OPINION.search(text) and len(set(content(text))) >= LEAST_WORDS


def sought(text: str, record: Record, search: Search, support: Support | None) -> tuple[Heard, ...]:
    """The places that a search finds for the sentence, each held against it, best support first."""
    claim = squeezed(text)
    heard = []
    for place in search(claim):
        document = record.document(place.document_id)
        if document is None or place.hidden:
            continue
        passage = squeezed(verdict.seen(document, place.start, place.end))
        known = places.known_names(document, place.start)
        found = tuple(facts.findings(claim, passage, known))
        score = scoring.score(claim, passage, support, known)
        enough = len(set(content(claim))) >= WORDS_TO_SUPPORT and logic.confirmed(claim, passage)
        heard.append(Heard(document, place.start, place.end, found, score, enough))
    return tuple(sorted(heard, key=lambda one: -one.score))


def judge(heard: Sequence[Heard], notes: verdict.Notes) -> Heard | None:
    """Adds what the record says of the sentence to `notes`; the place that decides, None where it cannot be told."""
    says = next((one for one in heard if one.confirmed and not one.findings and one.score >= SAYS_SO), None)
    against = next((one for one in heard if one.score >= OF_THE_SAME and _contradicting(one.findings)), None)
    if says and against and against.score > says.score + 0.1:
        says = None  # what speaks of it more closely counts
    if says:
        notes.add("supported", f"the draft cites no place; the record says so in {says.place}")
        return says
    if against:
        for finding in _contradicting(against.findings):
            notes.add("unsupported", finding.reason.replace("the cited passage", against.place))
        notes.add("unsupported", f"the draft cites no place; the record says otherwise in {against.place}")
        return against
    near = f"; the nearest is {heard[0].place}" if heard and heard[0].score >= 0.5 else ""
    notes.add("uncited", f"cites no place, and it cannot be told whether the record says so{near}")
    return None


def elsewhere(heard: Sequence[Heard], cited: Sequence[CheckedCitation]) -> Heard | None:
    """The place that says what the cited one does not."""
    spans = [(one.document_id, one.start, one.end) for one in cited if one.found and one.start is not None]
    for one in heard:
        inside = any(
            id == one.document.id and (start or 0) <= one.start and one.end <= (end or 0) for id, start, end in spans
        )
        if one.confirmed and not one.findings and one.score >= SURELY and not inside:
            return one
    return None


def _contradicting(findings: Sequence[Finding]) -> list[Finding]:
    """Those that speak against the sentence; that a name or a figure is not mentioned speaks neither way."""
    return [
        one for one in findings if one.kind != "name" and not (one.kind in _FIGURES and "stands nowhere" in one.reason)
    ]
