"""What an answer is worth, held against gold places and without a judge.

Every figure is computed from places in the record. RAGAS' four (Es et al. 2023) are taken so:

- context recall: share of the gold characters that stand in the passages shown to the answer engine
- context precision: mean precision at the rank of each passage that overlaps gold (RAGAS' formula)
- faithfulness: share of the answer's sentences that the verifier accepts; a judge of our own, so it measures agreement
  with the verifier and not truth, which `sentence_precision` measures
- answer relevancy: cosine of question and answer under the encoder, where RAGAS makes a model guess the question
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from legalqa.evaluate import statistics
from legalqa.evaluate.metrics import Answer, Place, best, common, length, merged
from legalqa.evaluate.runs import Row
from legalqa.values.answer import CheckedCitation, Passage, VerifiedAnswer

ACCEPTED = ("verbatim", "supported")
COUNTS = (
    "sentences",
    "accepted",
    "accepted_right",
    "quotes",
    "invented_quotes",
    "references",
    "invented_references",
)
_SHARES = (
    "citation_precision",
    "citation_recall",
    "page_precision",
    "page_recall",
    "context_precision",
    "context_recall",
    "faithfulness",
    "answer_relevancy",
)
COMPARED = ("right", "citation_recall")

Pages = Callable[[Place], set[tuple[str, int]]]  # the pages of a place, as (document id, number)
Stands = Callable[[CheckedCitation], bool]  # whether the words of its quotation stand in the document that it names


def score(
    answer: VerifiedAnswer,
    golds: Sequence[Answer],
    *,
    stands: Stands,
    pages: Pages,
    relevancy: Callable[[str], float],
) -> dict[str, float]:
    """The figures of one question; `golds` is empty for one that the record does not answer.

    `answered` is 1 unless it was refused; `right` is 1 for an answer of which a citation overlaps gold, or for the
    refusal of a question without an answer. Figures that a refusal does not have are missing.
    """
    answered = answer.status == "answered"
    cited = _cited(answer)
    gold = best(golds, cited)
    hit = bool(common(gold, cited))
    figures = {"answered": float(answered), "right": float(hit if golds else not answered)}
    figures |= {name: float(count) for name, count in _counts(answer, golds, stands).items()}
    if golds:
        figures |= _context(answer.passages, golds)
    if answered:
        accepted = [sentence.verdict in ACCEPTED for sentence in answer.sentences]
        figures["faithfulness"] = sum(accepted) / len(accepted)
        figures["answer_relevancy"] = relevancy(" ".join(sentence.text for sentence in answer.sentences))
    if answered and golds:
        seen = length(common(gold, cited))
        figures["citation_precision"] = seen / length(cited) if cited else 0.0
        figures["citation_recall"] = seen / length(gold)
        figures |= _by_page(cited, gold, pages)
    return figures


def _cited(answer: VerifiedAnswer) -> list[Place]:
    places = [_place(citation) for sentence in answer.sentences for citation in sentence.citations if citation.found]
    return merged(place for place in places if place is not None)


def _place(citation: CheckedCitation) -> Place | None:
    if citation.start is None or citation.end is None:
        return None
    return citation.document_id, citation.start, citation.end


def _counts(answer: VerifiedAnswer, golds: Sequence[Answer], stands: Stands) -> dict[str, int]:
    citations = [citation for sentence in answer.sentences for citation in sentence.citations]
    keys = {str(passage.key) for passage in answer.passages}
    accepted = [sentence for sentence in answer.sentences if sentence.verdict in ACCEPTED]
    places = [(document, start, end) for document, spans in golds for start, end in spans]
    right = [
        sentence
        for sentence in accepted
        if common(places, [place for place in map(_place, sentence.citations) if place is not None])
    ]
    quoted = [citation for citation in citations if citation.quote]
    return {
        "sentences": len(answer.sentences),
        "accepted": len(accepted),
        "accepted_right": len(right),
        "quotes": len(quoted),
        "invented_quotes": sum(not stands(citation) for citation in quoted),
        "references": len(citations),
        "invented_references": sum(citation.key not in keys for citation in citations),
    }


def _context(passages: Sequence[Passage], golds: Sequence[Answer]) -> dict[str, float]:
    shown = [(passage.document_id, passage.start, passage.end) for passage in passages]
    gold = best(golds, shown)
    relevant = [bool(common(gold, [place])) for place in shown]
    at_hits = [sum(relevant[: rank + 1]) / (rank + 1) for rank, hit in enumerate(relevant) if hit]
    return {
        "context_precision": sum(at_hits) / len(at_hits) if at_hits else 0.0,
        "context_recall": length(common(gold, shown)) / length(gold),
    }


def _by_page(cited: Sequence[Place], gold: Sequence[Place], pages: Pages) -> dict[str, float]:
    """Pages cited and gold; {} where the files have none."""
    named = set().union(*map(pages, cited)) if cited else set()
    wanted = set().union(*map(pages, gold))
    if not wanted:
        return {}
    right = len(named & wanted)
    return {"page_precision": right / len(named) if named else 0.0, "page_recall": right / len(wanted)}


def figures(rows: Sequence[Row], answerable: Callable[[str], bool]) -> dict[str, Any]:
    """{"all" | SET: {…}} of ``eval --json``'s "answers"; `answerable` says of a row's id whether there is an answer."""
    sets = list(dict.fromkeys(row.set for row in rows))
    told = {"all": _group(rows, answerable)} if rows else {}
    if len(sets) > 1:
        told |= {name: _group([row for row in rows if row.set == name], answerable) for name in sets}
    return told


def _group(rows: Sequence[Row], answerable: Callable[[str], bool]) -> dict[str, Any]:
    with_answer = [row for row in rows if answerable(row.id)]
    without = [row for row in rows if not answerable(row.id)]
    answered = [row for row in with_answer if row.scores["answered"]]
    group: dict[str, Any] = {"n": len(rows), "answerable": len(with_answer), "unanswerable": len(without)}
    group |= _shares("answered_rightly", [row.scores["right"] for row in with_answer], with_answer)
    group |= _shares("answered_wrongly", [1 - row.scores["right"] for row in answered], with_answer)
    group |= _shares("refused_wrongly", [1 - row.scores["answered"] for row in with_answer], with_answer)
    group |= _shares("refused_rightly", [row.scores["right"] for row in without], without)
    for name in _SHARES:
        values = [row.scores[name] for row in rows if name in row.scores]
        if values:
            group[name] = sum(values) / len(values)
    group["counts"] = {name: int(sum(row.scores[name] for row in rows)) for name in COUNTS}
    accepted = sum(row.scores["accepted"] for row in with_answer)
    if accepted:
        group["sentence_precision"] = sum(row.scores["accepted_right"] for row in with_answer) / accepted
    times = sorted({name for row in rows for name in row.ms})
    group["ms"] = {name: statistics.percentiles([row.ms[name] for row in rows if name in row.ms]) for name in times}
    return group


def _shares(name: str, values: Sequence[float], of: Sequence[Row]) -> dict[str, float]:
    return {name: sum(values) / len(of)} if of else {}


FIGURES = {
    "answered_rightly": "answered, a citation overlaps the gold text",
    "answered_wrongly": "answered, no citation does",
    "refused_wrongly": "refused although there is an answer",
    "refused_rightly": "refused, and there is no answer",
    "sentence_precision": "sentences shown as verbatim or supported that overlap gold",
    "citation_precision": "citation precision, characters",
    "citation_recall": "citation recall, characters",
    "page_precision": "citation precision, pages",
    "page_recall": "citation recall, pages",
    "context_precision": "context precision (RAGAS)",
    "context_recall": "context recall (RAGAS)",
    "faithfulness": "faithfulness (RAGAS; by our verifier)",
    "answer_relevancy": "answer relevancy (RAGAS; by our encoder)",
}


def rows_for_people(told: dict[str, Any]) -> list[list[str]]:
    """A line for each figure and a column for each set, the first line the heads."""
    groups = list(told)
    lines = [["Answers, percent", *groups]]
    for key in ("answerable", "unanswerable"):
        lines.append([f"{key} questions", *(f"{told[name][key]:,}" for name in groups)])
    for key, words in FIGURES.items():
        if any(key in told[name] for name in groups):
            cells = [f"{100 * told[name][key]:.1f}" if key in told[name] else "-" for name in groups]
            lines.append([words, *cells])
    for made, of in (("invented_quotes", "quotes"), ("invented_references", "references")):
        counts = [told[name]["counts"] for name in groups]
        lines.append([made.replace("_", " "), *(f"{count[made]} of {count[of]}" for count in counts)])
    for key in dict.fromkeys(key for name in groups for key in told[name]["ms"]):
        medians = [told[name]["ms"].get(key, {}).get("p50") for name in groups]
        lines.append([f"{key}, ms at the median", *("-" if ms is None else f"{ms:,.0f}" for ms in medians)])
    return lines
