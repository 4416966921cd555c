"""Do the facts of a sentence agree with the passage that it cites? Each disagreement is a finding, told in words.

Checked are amounts, percentages, dates, durations and numbers with their bounds ("not less than"), names, who acts on
whom, negation and modality. Where it cannot be told there is no finding: agreement is never concluded from silence,
for that is what the support score is for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from legalqa.verify import belonging, entities
from legalqa.verify.amounts import Quantity, quantities
from legalqa.verify.copies import changes
from legalqa.verify.logic import contradictions
from legalqa.verify.names import missing_names

_REFERENCE = re.compile(
    r"(?i)(?:sections?|§§?|articles?|art\.|paragraphs?|¶¶?|pages?|pp?\.|exhibit|ex\.|schedule|no\.)\s*$"
)


LONG_FIGURE = 2  # digits that a bare number must have more of to vouch for a sum


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement. `kind`: amount, percentage, date, duration, time, number, currency, bound, timing, name,
    parties, negation, modality or wording. `reason` is for an attorney to read.
    """

    kind: str
    reason: str


def findings(claim: str, passage: str, known: Iterable[str] = ()) -> list[Finding]:
    """What in `claim` disagrees with `passage`.

    `known` are texts that may supply names and the numbers of sections without the passage naming them: the
    document's title, its parties, the section's heading.
    """
    known = tuple(known)
    found = _figures(claim, passage, known)
    found += [
        Finding("name", f"name: “{name}” does not stand in the cited passage")
        for name in missing_names(claim, passage, known)
    ]
    found += [
        Finding("name", f"name: the cited passage has a {' '.join(theirs)} where the sentence has a {' '.join(ours)}")
        for ours, theirs in entities.otherwise(claim, passage)
    ]
    seen = {finding.kind for finding in found}
    for kind, reason in changes(claim, passage):
        if not (kind == "number" and seen & {"amount", "percentage", "date", "duration", "time", "number"}):
            found.append(Finding(kind, reason))
    seen = {finding.kind for finding in found}
    found += [Finding(kind, reason) for kind, reason in contradictions(claim, passage) if kind not in seen]
    return list(dict.fromkeys(found)) or _belonging(claim, passage)


def anchored(claim: str, passage: str) -> bool:
    """Whether the claim states figures with a unit (sums, shares, dates, periods), and the passage holds every one."""
    there = quantities(passage)
    stated = [ours for ours in quantities(claim) if ours.kind != "number"]
    return bool(stated) and all(
        any(_same(ours, theirs, ()) for theirs in there if theirs.kind == ours.kind or len(theirs.value) > LONG_FIGURE)
        for ours in stated
    )


def _belonging(claim: str, passage: str) -> list[Finding]:
    """Figures that stand in the passage, but not of what the sentence says them."""
    mixed = [
        Finding(ours.kind, f"{ours.kind}: {ours.text} stands in another row of the cited table, “{row}”")
        for ours, row in belonging.rows_mixed(claim, passage)
    ]
    return mixed + [
        Finding(
            ours.kind,
            f"{ours.kind}: the cited passage says {theirs.text} of this; its {ours.text} is of something else",
        )
        for ours, theirs in belonging.misplaced(claim, passage)
    ]


def _figures(claim: str, passage: str, known: Sequence[str]) -> list[Finding]:
    there = quantities(passage)
    years = {_parts(theirs.value)[0] for theirs in there if theirs.kind == "date"} - {""}
    found: list[Finding] = []
    for ours in quantities(claim):
        same = [theirs for theirs in there if _same(ours, theirs, years)]
        if same:
            found += _bounds(ours, same)
        elif not (_REFERENCE.search(claim[: ours.start]) and any(ours.figure in _numbers(text) for text in known)):
            found.append(_disagreement(ours, belonging.nearest_first(claim, ours, passage)))
    return list(dict.fromkeys(found))


def numbers_differ(one: str, other: str) -> bool:
    """Whether two texts state different numbers."""
    return _numbers(one) != _numbers(other)


def _numbers(text: str) -> set[str]:
    return {quantity.figure for quantity in quantities(text)}


def _same(ours: Quantity, theirs: Quantity, years: Collection[str]) -> bool:
    """Whether `theirs` says `ours`. A bare number agrees with any kind: what it counts cannot be told. `years` are
    those of the passage: a day without a year may be of any of them, of any at all if it names none.
    """
    if ours.kind == "date":
        return theirs.kind == "date" and _date_says(theirs.value, ours.value, years)
    if theirs.kind == "date":
        return ours.kind == "number" and ours.figure.lstrip("0") in {
            part.lstrip("0") for part in theirs.value.split("-") if part
        }
    if ours.kind == theirs.kind and ours.kind != "number":
        units = (ours.unit, f"business {ours.unit}") if "-" in ours.text else (ours.unit,)  # "the five-day period"
        return ours.value == theirs.value and theirs.unit in units
    if ours.kind != "number" and theirs.label:
        return False
    if "number" in (ours.kind, theirs.kind):
        return ours.figure == theirs.figure or ours.value == theirs.value
    return False


def _date_says(theirs: str, ours: str, years: Collection[str]) -> bool:
    """Whether an ISO date says at least as much: every part that `ours` names stands in `theirs`."""
    year, month, day = _parts(ours)
    their_year, their_month, their_day = _parts(theirs)
    undated = not their_year and bool(their_day) and (year in years or not years)
    return (not year or year == their_year or undated) and month == their_month and (not day or day == their_day)


def _parts(iso: str) -> tuple[str, str, str]:
    year, _, rest = ("", "", iso[2:]) if iso.startswith("--") else iso.partition("-")
    month, _, day = rest.partition("-")
    return year, month, day


def _disagreement(ours: Quantity, there: Sequence[Quantity]) -> Finding:
    kind: str = ours.kind
    alike = [theirs for theirs in there if theirs.kind == ours.kind and not theirs.label]
    if ours.kind == "amount" and any(theirs.value == ours.value for theirs in alike):
        kind, alike = "currency", [theirs for theirs in alike if theirs.value == ours.value]
    alike.sort(key=lambda theirs: theirs.unit != ours.unit and theirs.figure != ours.figure)
    says = list(dict.fromkeys(theirs.text for theirs in alike))[:3]
    if says:
        return Finding(kind, f"{kind}: the sentence says {ours.text}, the cited passage says {' / '.join(says)}")
    return Finding(kind, f"{kind}: {ours.text} stands nowhere in the cited passage")


def _bounds(ours: Quantity, same: Sequence[Quantity]) -> list[Finding]:
    found = []
    if ours.bound and all(theirs.bound == -ours.bound for theirs in same):
        mine, its = ("at least", "at most") if ours.bound > 0 else ("at most", "at least")
        found.append(
            Finding("bound", f"bound: the sentence makes {ours.text} {mine} that much, the cited passage {its}")
        )
    if ours.side and all(theirs.side and theirs.side != ours.side for theirs in same):
        found.append(
            Finding("timing", f"timing: the sentence says {ours.text} {ours.side}, the cited passage {same[0].side}")
        )
    return found
