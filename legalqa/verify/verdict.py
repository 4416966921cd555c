"""The ladder: every sentence gets exactly one verdict, the worst of what was found, with the reasons in words.

Nothing is deleted or repaired. ``bad_reference`` is worse than ``unsupported``, than ``uncited``, than ``supported``,
than ``verbatim``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from legalqa.values import reading
from legalqa.values.answer import WORST_FIRST, CheckedCitation, Citation, Claim, Passage, Sentence, Verdict
from legalqa.values.document import Document
from legalqa.verify import copies, facts, places, quotes, wording
from legalqa.verify import support as scoring
from legalqa.verify.record import Place, Record, Support
from legalqa.verify.words import squeezed

OCR_LIKENESS = 90.0  # rapidfuzz ratio from which on a difference on an OCR page may be the reader's fault
EXPLAINED_LIKENESS = 60.0  # below it, naming the nearest words explains nothing
_MARKER = re.compile(r"\s*\[\d+(?:\s*[,;]\s*\d+)*\]")
_WHOLE = re.compile(r"[“\"](.+)[”\"][.,;:]?", re.DOTALL)
_MEANING_CUT = re.compile(r"(?i)\b(?:not|no|never|neither|nor|unless|except|without|provided|but|only|if)\b|n['’]t\b")


@dataclass(slots=True)
class Notes:
    """What was found about one sentence, in the order in which it was found."""

    found: list[tuple[Verdict, str]] = field(default_factory=list)

    def add(self, verdict: Verdict, reason: str) -> None:
        if (verdict, reason) not in self.found:
            self.found.append((verdict, reason))

    def verdict(self) -> Verdict:
        return min((verdict for verdict, _ in self.found), key=WORST_FIRST.index)

    def reasons(self) -> tuple[str, ...]:
        """Worst first; what speaks for the sentence is left out once something speaks against it."""
        worst = self.verdict()
        ranked = sorted(self.found, key=lambda note: WORST_FIRST.index(note[0]))
        against = [note for note in ranked if note[0] not in ("supported", "verbatim")]
        return tuple(dict.fromkeys(reason for _, reason in (against or ranked) if reason)) or (worst,)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One citation, looked up. `text` is what the sentence is held against ("" if the place does not exist)."""

    citation: CheckedCitation
    text: str = ""
    start: int = 0
    document: Document | None = None


def sentence(claim: Claim, passages: Mapping[str, Passage], record: Record, support: Support | None = None) -> Sentence:
    """The verdict on one sentence of an answer."""
    notes = Notes()
    evidence = [_look_up(citation, passages, record, notes) for citation in claim.citations]
    least = scoring.THRESHOLD if claim.copied else scoring.WRITTEN_THRESHOLD
    quoted = [cited.quote for cited in claim.citations]
    score = judge(claim.text, evidence, record, notes, support, quoted=quoted, least=least)
    if not claim.copied and notes.verdict() != "verbatim":
        for fault in wording.faults(claim.text, "\n\n".join(one.text for one in evidence if one.document)):
            notes.add("unsupported", fault)
    return Sentence(claim.text, notes.verdict(), notes.reasons(), tuple(one.citation for one in evidence), score)


def _look_up(citation: Citation, passages: Mapping[str, Passage], record: Record, notes: Notes) -> Evidence:
    passage = passages.get(citation.key.strip().strip("[]"))
    if passage is None:
        notes.add("bad_reference", f"source {citation.key or '?'} is not among the passages shown")
        return Evidence(CheckedCitation(citation.key, False, quote=citation.quote))
    document = record.document(passage.document_id)
    if document is None or document.text[passage.start : passage.end] != passage.text:
        notes.add("bad_reference", f"the record no longer holds source {citation.key} as it was shown")
        return Evidence(CheckedCitation(citation.key, False, passage.document, passage.document_id, passage.path))
    if citation.document_id not in (None, passage.document_id):
        notes.add("bad_reference", f"source {citation.key} is a passage of another document than the one cited")
    if citation.quote:
        return quoted(citation.key, citation.quote, document, passage.start, passage.end, record, notes, citation)
    start, end = _narrowed(citation, passage.start, passage.end)
    text = seen(document, passage.start, passage.end)
    return Evidence(places.cited(citation.key, document, start, end), text, passage.start, document)


def seen(document: Document, start: int, end: int) -> str:
    """``[start, end)`` as its words are compared: running heads, line numbers and hidden text blanked out."""
    near = document.regions_of(start, end)
    return reading.Reading(document.text[start:end], near, offset=start).masked()


def _narrowed(citation: Citation | None, start: int, end: int) -> tuple[int, int]:
    """The span that a citation names, if it lies within the passage; otherwise the passage."""
    if citation and citation.start is not None and citation.end is not None:
        inside = start <= citation.start < citation.end <= end
        return (citation.start, citation.end) if inside else (start, end)
    return start, end


def quoted(
    key: str,
    quote: str,
    document: Document,
    start: int,
    end: int,
    record: Record,
    notes: Notes,
    citation: Citation | None = None,
) -> Evidence:
    """Holds a quotation against ``document.text[start:end]``, the place that is cited for it."""
    text = seen(document, start, end)
    for first, last in dict.fromkeys((_narrowed(citation, start, end), (start, end))):
        match = quotes.find(quote, seen(document, first, last)) or quotes.find(
            quote, _with_heads(document, first, last)
        )
        if match:
            _note_marks(match, notes)
            at, to = first + match.start, first + match.end
            if before := places.cut_negation(document, at):
                notes.add("verbatim", f"note: in the record the words follow “{before}”")
            return Evidence(places.cited(key, document, at, to, quote=quote), text, start, document)
    if unseen := next((place for place in places.standing(quote, document) if _within(place, start, end)), None):
        notes.add(
            "bad_reference",
            f"the quoted words “{short(quote)}” stand there only in text that cannot be seen on the page:"
            f" {unseen.hidden}",
        )
        checked = places.cited(key, document, unseen.start, unseen.end, quote=quote, found=False)
        return Evidence(checked, text, start, document)
    where = places.elsewhere(quote, record, document)
    at, to = start, end
    if where:
        notes.add(
            "bad_reference", f"the quoted words “{short(quote)}” do not stand in the cited place but in {where[0]}"
        )
    else:
        near = _explained(quote, document, start, end, notes)
        at, to = near or (start, end)
    checked = places.cited(key, document, at, to, quote=quote, elsewhere=where, found=False)
    return Evidence(checked, text, start, document)


def _with_heads(document: Document, start: int, end: int) -> str:
    """``[start, end)`` with its running heads, which may be quoted themselves, and without what cannot be seen."""
    unseen = document.regions_of(start, end, "hidden")
    return reading.Reading(document.text[start:end], unseen, offset=start).masked()


def _within(place: Place, start: int, end: int) -> bool:
    return bool(place.hidden) and start <= place.start and place.end <= end


def _explained(quote: str, document: Document, start: int, end: int, notes: Notes) -> tuple[int, int] | None:
    """Says why a quotation was not found, by the words nearest to it; returns where these stand."""
    near = quotes.nearest(quote, seen(document, start, end))
    if near is None or near.likeness < EXPLAINED_LIKENESS:
        notes.add("bad_reference", f"the quoted words “{short(quote)}” stand neither in the cited place nor elsewhere")
        return None
    place = start + near.start, start + near.end
    changed = quotes.difference(quote, _with_words_before(quote, near, seen(document, start, end)))
    says = f"the record says “{changed[1]}”, the quotation “{changed[0]}”" if changed else "the record differs"
    if near.likeness >= OCR_LIKENESS and places.read_by_ocr(document, *place) and not copies.changes(quote, near.text):
        certain = document.confidence_of(*place)
        how = f"; its least certain word was read with {certain:.0f}% confidence" if certain is not None else ""
        notes.add(
            "unsupported", f"on a page read by OCR the words stand nearly so: {says}{how}; compare the page itself"
        )
    elif _unhyphened(quote) == _unhyphened(near.text):
        notes.add(
            "unsupported", f"the words differ in a hyphen alone, which a line's end may have taken or given: {says}"
        )
    else:
        notes.add("bad_reference", f"the quoted words “{short(quote)}” do not stand there: {says}")
    return place


def _unhyphened(text: str) -> str:
    return quotes.fold(text.strip()).text.replace("-", "").strip(" .,;:").lower()


def _with_words_before(quote: str, near: quotes.Near, text: str) -> str:
    """The nearest words, with three before them where the quotation opens with others: a "not" may be among them."""
    if quote.split()[0].lower() == near.text.split()[0].lower():
        return near.text
    before = re.split(r"[.;:]\s", text[max(near.start - 60, 0) : near.start])[-1].split()[-3:]
    return " ".join((*before, near.text))


def _note_marks(match: quotes.Match, notes: Notes) -> None:
    """What omissions and brackets do to a quotation."""
    for gap in match.omitted:
        cut = _MEANING_CUT.search(gap)
        if cut:
            notes.add("unsupported", f"the quotation omits “{short(gap)}”, which holds “{cut.group()}”")
        else:
            notes.add("supported", f"quoted with omissions: “{short(gap)}” is left out")
    for new, old in match.altered:
        if new.lower() == old.lower():
            notes.add("verbatim", f"quoted with alterations: [{new}] stands for “{old}”")
        elif _MEANING_CUT.search(new + " " + old) or facts.numbers_differ(new, old):
            notes.add("unsupported", f"the quotation has [{new}] where the record says “{short(old)}”")
        else:
            notes.add("supported", f"quoted with alterations: [{new}] stands for “{short(old)}”")


def judge(
    text: str,
    evidence: Sequence[Evidence],
    record: Record,
    notes: Notes,
    support: Support | None = None,
    quoted: Iterable[str] = (),
    least_words: int = 1,
    known: Iterable[str] = (),
    least: float = scoring.THRESHOLD,
) -> float | None:
    """Holds the sentence itself against its evidence and adds what was found to `notes`. Returns the support score.

    `quoted` are quotations that were checked already; shorter ones than `least_words` are not checked. `known` are
    texts besides the document's title, parties and sections that may supply names.
    """
    if not evidence:
        notes.add("uncited", "cites no place in the record: nothing in it was checked")
        return None
    held = [one for one in evidence if one.document]
    if not held:
        return None
    bare = _MARKER.sub("", squeezed(text)).strip()
    if _verbatim(bare, held, notes):
        return 1.0
    _check_inner_quotes(bare, held, record, notes, {quote for quote in quoted if quote}, least_words)
    passage = "\n\n".join(dict.fromkeys(one.text for one in held))
    names = [name for one in held if one.document for name in places.known_names(one.document, one.start)]
    headers = [one.citation.header for one in held if one.citation.header]
    return weigh(bare, passage, notes, support, [*names, *headers, *known], least)


def weigh(
    claim: str,
    passage: str,
    notes: Notes,
    support: Support | None,
    known: Iterable[str] = (),
    least: float = scoring.THRESHOLD,
) -> float:
    """Facts and support of a free sentence against a passage; `least` is the support score that it must reach."""
    claim, passage = squeezed(claim), squeezed(passage)
    known = tuple(known)
    for finding in facts.findings(claim, passage, known):
        notes.add("unsupported", finding.reason)
    score = scoring.score(claim, passage, support, known)
    if least == scoring.THRESHOLD and facts.anchored(claim, passage):
        least = scoring.ANCHORED_THRESHOLD
    if score < least:
        notes.add("unsupported", f"support: the cited passage carries too little of the sentence ({score:.0%})")
    else:
        notes.add("supported", f"the facts agree with the cited passage, which carries {score:.0%} of the sentence")
    return score


def weigh_alone(claim: str, passage: str, notes: Notes, support: Support | None) -> float:
    """A sentence against a bare passage: words, quotations, facts, support."""
    claim = squeezed(claim)
    match = quotes.find(unquoted(claim), passage)
    if match:
        _note_marks(match, notes)
        if match.literal:
            notes.add("verbatim", "the words stand in the passage")
        return 1.0
    for start, end in quotes.quotations(claim):
        match = quotes.find(claim[start:end], passage)
        if match:
            _note_marks(match, notes)
        else:
            notes.add("bad_reference", f"the passage does not hold the quoted words “{short(claim[start:end])}”")
    return weigh(claim, passage, notes, support)


def _check_inner_quotes(
    text: str, held: Sequence[Evidence], record: Record, notes: Notes, checked: set[str], least_words: int
) -> None:
    """Quotation marks inside a sentence promise the very words, whatever else is cited."""
    for start, end in quotes.quotations(text, least_words):
        quote = text[start:end]
        if quote in checked:
            continue
        match = next((match for one in held if (match := quotes.find(quote, one.text))), None)
        if match:
            _note_marks(match, notes)
            continue
        where = places.elsewhere(quote, record, held[0].document)
        if where:
            notes.add(
                "bad_reference", f"the quoted words “{short(quote)}” do not stand in the cited place but in {where[0]}"
            )
        else:
            one = held[0]
            assert one.document  # held
            _explained(quote, one.document, one.start, one.start + len(one.text), notes)


def _verbatim(text: str, held: Sequence[Evidence], notes: Notes) -> bool:
    """Whether the sentence consists of words of the cited place and of nothing else."""
    bare = unquoted(text)
    for one in held:
        match = quotes.find(bare, one.text)
        if match and match.literal and one.document:
            start, end = one.start + match.start, one.start + match.end
            notes.add("verbatim", "the words stand in the cited place, exactly")
            if before := places.cut_negation(one.document, start):
                notes.add("verbatim", f"note: in the record the words follow “{before}”")
            certain = one.document.confidence_of(start, end)
            if certain is not None and places.read_by_ocr(one.document, start, end):
                notes.add("verbatim", f"note: read by OCR, the least certain word with {certain:.0f}% confidence")
            return True
    return False


def unquoted(text: str) -> str:
    """A text between quotation marks without them; any other text as it is."""
    whole = _WHOLE.fullmatch(text.strip())
    return whole[1] if whole else text.strip()


def short(text: str, length: int = 80) -> str:
    """The beginning of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + " …"
