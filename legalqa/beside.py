"""What a reader must see beside the evidence: what amends it, what contradicts it, what the question gets wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from legalqa.amending import Amendments, Change
from legalqa.answer import premise, stated
from legalqa.answer.compose import Shown
from legalqa.answer.evidence import Evidence, candidates, evidence_of
from legalqa.answer.quoting import whole
from legalqa.answer.shapes import Wanted
from legalqa.answer.units import units
from legalqa.index.catalog import Catalog
from legalqa.passages import Passages
from legalqa.values import pin
from legalqa.values.answer import Answer, Passage, Sentence
from legalqa.values.document import Document
from legalqa.values.form import Remark, TermCount
from legalqa.values.question import SURE, Understood
from legalqa.verify import amounts, facts

_MOST = 2  # sentences put beside one: of amendments, and that contradict it
_LONGEST = 900  # characters of a replaced text that is quoted
_COUNTED = 200  # documents up to which the occurrences of a word are counted
_TELLING = ("amount", "percentage", "date", "duration", "time", "number", "currency", "bound", "negation", "modality")


_Spot = tuple[str, int, int]  # document id, start, end


class Beside:
    """Looks at the evidence of one matter's answers. `load` gives a document by id."""

    def __init__(
        self, catalog: Catalog, load: Callable[[str], Document], amendments: Amendments, passages: Passages
    ) -> None:
        self._catalog, self._load, self._amendments, self._passages = catalog, load, amendments, passages

    def arranged(self, question: Understood, wanted: Wanted, shown: Shown) -> Shown:
        """The evidence with the sentences that amend it before it, the latest first, and those that contradict it."""
        table = _Arrangement(shown, self._passages)
        for one in shown.evidence:
            changes = self._amendments.changing(one.document_id, one.start, one.end)[:_MOST]
            for change in changes:
                table.put(change.amending_id, change.start, change.end, before=one)
                table.note(self._said(change), (change.amending_id, change.start, change.end), one)
            for change in self._amendments.changed(one.document_id, one.start, one.end)[:_MOST]:
                if place := self._replaced(change):
                    table.put(change.base_id, *place, after=one)
                    table.note(self._said(change), one, (change.base_id, *place))
        for one in self._contradicting(shown):
            table.put(one.document_id, one.start, one.end, after=shown.evidence[0], known=one)
        found = table.shown()
        told = {frozenset((one.sentences[0], at)) for one in found.remarks for at in one.sentences[1:]}
        keys = {passage.key: passage for passage in found.passages}
        quoted = [
            self._quoted(at, one.document_id, one.start, one.end, keys[one.key])
            for at, one in enumerate(found.evidence)
        ]
        differ = stated.differing(wanted.value, question.core, quoted, amounts.quantities, _disagreements)
        return replace(
            found, remarks=(*found.remarks, *(one for one in differ if frozenset(one.sentences) not in told))
        )

    def compared(self, question: Understood, answer: Answer) -> Answer:
        """The rows of a comparison with in what they differ, where that can be told."""
        keys = {str(passage.key): passage for passage in answer.passages}
        quoted = [
            self._quoted(at, cited.document_id, cited.start, cited.end, keys[cited.key])
            for at, claim in enumerate(answer.claims)
            for cited in claim.citations
            if cited.document_id and cited.start is not None and cited.end is not None
        ]
        differ = stated.differing(None, question.core, quoted, amounts.quantities, _disagreements)
        across = [one for one in differ if len({quoted[at].document_id for at in one.sentences}) > 1]
        return replace(answer, form=replace(answer.form, remarks=(*answer.form.remarks, *across)))

    def led(self, wanted: Wanted, answer: Answer) -> Answer:
        """The answer with the value that it states, where one was asked for and all its quotes agree.

        A quote that is amended does not count, nor what an amendment takes out.
        """
        if wanted.value is None:
            return answer
        amended = {at for one in answer.form.remarks if one.kind == "amended" for at in one.sentences[1:]}
        quoted = [
            self._in_force(
                stated.Quoted(
                    at, cited.document_id, cited.start, self._text(cited.document_id, cited.start, cited.end), "", ""
                ),
                cited.end,
            )
            for at, claim in enumerate(answer.claims)
            if claim.copied and at not in amended
            for cited in claim.citations
            if cited.document_id and cited.start is not None and cited.end is not None
        ]
        values = stated.leading(wanted.value, quoted, amounts.quantities, answer.question)
        return replace(answer, form=replace(answer.form, values=values, shape="value" if values else answer.form.shape))

    def elsewhere(self, question: Understood, answer: Answer) -> Answer:
        """The answer with what is said of one that rests on other documents alone than the question surely is about;
        no value of theirs leads it.
        """
        cited = {citation.key for claim in answer.claims for citation in claim.citations}
        places = [passage for passage in answer.passages if str(passage.key) in cited]
        named = [scope.document for scope in question.scopes if scope.score >= SURE]
        if (
            not places
            or not named
            or {scope.document_id for scope in question.scopes} & {p.document_id for p in places}
        ):
            return answer
        other = _and(list(dict.fromkeys(passage.document for passage in places)))
        said = f"Not found in {_and(named)}; this stands in {other}."
        remark = Remark("elsewhere", said, tuple(range(len(answer.claims))))
        form = replace(answer.form, shape="statement", values=(), remarks=(remark, *answer.form.remarks))
        return replace(answer, form=form)

    def placed(self, question: Understood, passages: Sequence[Passage]) -> tuple[Passage, ...]:
        """The passages, those marked that are of other documents than the question surely is about."""
        about = {scope.document_id for scope in question.scopes}
        if not any(scope.score >= SURE for scope in question.scopes):
            return tuple(passages)
        return tuple(replace(one, elsewhere=one.elsewhere or one.document_id not in about) for one in passages)

    def absent(self, question: Understood, scope: Collection[str] | None) -> Remark | None:
        """What the question takes for granted and the documents never mention, None if there is nothing of the kind.

        A role must be missing from the documents that the question is about, with their amendments; a name from all.
        """
        held = [id for id in self._catalog.documents() if scope is None or id in scope]
        named = [one.document_id for one in question.scopes if one.score >= SURE and one.document_id in held]
        amending = [other for id in named for other in self._amendments.by_document().get(id, ())]
        for one in premise.presupposed(question):
            among = list(dict.fromkeys((*named, *amending))) if named and not one.name else held
            if among and not self._stands(one, among):
                return Remark(
                    "premise", f"{self._called(among, named)} not mention {one.missing()}.{self._read_of(among)}"
                )
        return None

    def counts(self, question: Understood, scope: Collection[str] | None) -> tuple[TermCount, ...]:
        """How often the words of a question stand in the documents that were searched."""
        found = []
        roles = [one.word for one in premise.presupposed(question)]
        for term in dict.fromkeys((*roles, *premise.counted(question))):
            ids = [id for id in self._holding(term) if scope is None or id in scope]
            wanted = premise.pattern(term)
            numbers = [len(wanted.findall(self._catalog.text(id))) for id in ids] if len(ids) <= _COUNTED else []
            if len(ids) <= _COUNTED:
                found.append(TermCount(term, sum(numbers), sum(number > 0 for number in numbers)))
        return tuple(found)

    def amended(self, sentence: Sentence) -> Sentence:
        """The sentence with what amends the documents that it cites."""
        return self._amendments.sentence(sentence)

    def _contradicting(self, shown: Shown) -> Iterator[Evidence]:
        """Sentences of the passages that say nearly what the best one says, with another value or the contrary."""
        best, *_ = shown.evidence
        chosen = {(one.document_id, one.start) for one in shown.evidence}
        found = 0
        for candidate in candidates(shown.passages):
            one = evidence_of(candidate, 0.0)
            if (
                found == _MOST
                or (one.document_id, one.start) in chosen
                or not stated.are_alike(best.reading, one.reading)
            ):
                continue
            if _disagreements(best.reading, one.reading):
                found += 1
                yield one

    def _replaced(self, change: Change) -> tuple[int, int] | None:
        """The words of the document that a change takes the place of: a sentence, or a short section."""
        base = self._load(change.base_id)
        if not change.old:
            return (change.base_start, change.base_end) if change.base_end - change.base_start <= _LONGEST else None
        regions = base.regions_of(change.base_start, change.base_end)
        parts = units(base.text[change.base_start : change.base_end], "", regions, change.base_start)
        holding = [one for one in parts if any(old in one.reading for old in change.old)]
        if len(holding) != 1:
            return None
        return change.base_start + holding[0].start, change.base_start + holding[0].end

    def _said(self, change: Change) -> str:
        base = self._load(change.base_id)
        day = f" of {change.date}" if change.date else ""
        return f"{change.name}{day} {change.verb} {change.what} of {base.title or PurePath(base.path).name}."

    def _quoted(self, at: int, document_id: str, start: int, end: int, passage: Passage) -> stated.Quoted:
        about = ", ".join(part for part in (passage.document, pin.words(passage)) if part)
        return stated.Quoted(
            at, document_id, start, self._text(document_id, start, end), " ".join(passage.section), about
        )

    def _text(self, id: str, start: int, end: int) -> str:
        return self._load(id).text[start:end]

    def _in_force(self, quoted: stated.Quoted, end: int) -> stated.Quoted:
        """A quoted sentence of an amendment without the words that it takes out, every offset as it was."""
        text = quoted.text
        for change in self._amendments.changed(quoted.document_id, quoted.start, end):
            for old in change.old:
                wanted = r"\s+".join(map(re.escape, old.split()))
                text = re.sub(wanted, lambda match: " " * len(match[0]), text)
        return replace(quoted, text=text)

    def _stands(self, one: premise.Presupposed, ids: Sequence[str]) -> bool:
        within = set(ids)
        words = one.terms if one.name else [] if " " in one.word else [one.word]
        if any(within & set(self._catalog.with_word(word)) for word in words):
            return True
        patterns = [premise.pattern(term) for term in one.terms]
        return any(pattern.search(text) for text in map(self._catalog.text, ids) for pattern in patterns)

    def _holding(self, term: str) -> list[str]:
        forms = (term, f"{term}s", f"{term}es", f"{term[:-1]}ies")
        return list(dict.fromkeys(id for form in forms for id in self._catalog.with_word(form)))

    def _called(self, ids: Sequence[str], named: Sequence[str]) -> str:
        """The documents as the subject of "do not mention"."""
        if not named or not set(ids) <= {
            *named,
            *(o for id in named for o in self._amendments.by_document().get(id, ())),
        }:
            return "The searched documents do" if len(ids) > 1 else f"{self._name(ids[0])} does"
        amending = len(ids) - len(named)
        with_amendments = f" and its amendment{'s' if amending > 1 else ''}" if amending else ""
        return f"{_and([self._name(id) for id in named])}{with_amendments} {'does' if len(ids) == 1 else 'do'}"

    def _name(self, id: str) -> str:
        return PurePath(self._catalog.document(id, words=False).path).name

    def _read_of(self, ids: Sequence[str]) -> str:
        """What limits the finding that a word stands nowhere: pages that were read by OCR, or not at all."""
        pages = [page for id in ids for page in self._catalog.document(id, words=False).pages]
        scanned = sum(page.source == "ocr" for page in pages)
        failed = sum(page.source == "failed" for page in pages)
        said = [f"{scanned} were read by OCR" if scanned else "", f"{failed} could not be read" if failed else ""]
        return f" Of their pages {' and '.join(part for part in said if part)}." if scanned or failed else ""


class _Arrangement:
    """Evidence in the order in which it is shown, and what is said of it."""

    def __init__(self, shown: Shown, passages: Passages) -> None:
        self._evidence, self._shown, self._place = list(shown.evidence), list(shown.passages), passages
        self._notes: list[tuple[str, _Spot, _Spot]] = []

    def put(
        self,
        document_id: str,
        start: int,
        end: int,
        *,
        before: Evidence | None = None,
        after: Evidence | None = None,
        known: Evidence | None = None,
    ) -> None:
        """A place of the record before or after another. Where it is quoted in part, the whole takes its stead."""
        here = next((one for one in self._evidence if _covers(one, document_id, start, end)), None)
        if here is not None and (after is not None or (before and self._stands_before(here, before))):
            return
        held = here if here is not None and here.start <= start and end <= here.end else None
        new = held or known or self._new(document_id, start, end)
        self._evidence = [one for one in self._evidence if one is before or not _covers(one, document_id, start, end)]
        beside = next((at for at, one in enumerate(self._evidence) if one in (before, after)), 0)
        self._evidence.insert(beside + (after is not None), new)

    def _stands_before(self, here: Evidence, other: Evidence) -> bool:
        return other in self._evidence and self._evidence.index(here) <= self._evidence.index(other)

    def note(self, text: str, one: Evidence | _Spot, other: Evidence | _Spot) -> None:
        """Something said of two places."""
        self._notes.append((text, _spot(one), _spot(other)))

    def shown(self) -> Shown:
        """The whole; what is said of several places in the same words is said once."""
        told: dict[str, list[int]] = {}
        for text, one, other in self._notes:
            first, second = self._at(one), self._at(other)
            if first is not None and second is not None and first != second:
                told.setdefault(text, [first]).append(second)
        remarks = (Remark("amended", text, tuple(dict.fromkeys(at))) for text, at in told.items())
        return Shown(tuple(self._evidence), tuple(self._shown), tuple(remarks))

    def _at(self, spot: _Spot) -> int | None:
        return next((at for at, one in enumerate(self._evidence) if _covers(one, *spot)), None)

    def _new(self, document_id: str, start: int, end: int) -> Evidence:
        key = max((passage.key for passage in self._shown), default=0) + 1
        passage = replace(self._place.at(document_id, start, end), key=key)
        self._shown.append(passage)
        return whole(passage)


def _spot(place: Evidence | _Spot) -> _Spot:
    return (place.document_id, place.start, place.end) if isinstance(place, Evidence) else place


def _covers(one: Evidence, document_id: str, start: int, end: int) -> bool:
    return one.document_id == document_id and one.start < end and start < one.end


def _disagreements(one: str, other: str) -> list[str]:
    """In what two sentences about one thing disagree, in words."""
    by_kind: dict[str, str] = {}
    for finding in facts.findings(one, other):
        if finding.kind in _TELLING:
            by_kind.setdefault(finding.kind, finding.reason)
    reasons = by_kind.values()
    told = [
        reason.replace("the sentence", "the first").replace("the cited passage", "the second") for reason in reasons
    ]
    return [reason for reason in told if "stands nowhere" not in reason]


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
