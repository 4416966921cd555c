"""Cite-checking a brief: every sentence held against the record that it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from legalqa.values.answer import CheckedCitation, Sentence
from legalqa.verify import assertions, authorities, citing, places, quotes, verdict
from legalqa.verify.record import Place, Record, Search, Support
from legalqa.verify.support import narrowed
from legalqa.verify.words import sentence_spans

QUOTED_WORDS = 4  # fewer words between quotation marks are a defined term or a nickname, not a quotation
AROUND_QUOTE = 600  # characters on either side of an uncited quotation that a sentence is held against
LONGEST_QUOTE = 6  # sentences that one pair of quotation marks may span
HEADING_WORDS = 12
_HEADING_LINE = re.compile(r"(?:^|(?<=\n\n))(?:[A-Z\d]{1,4}\.\s+)?(?P<words>[A-Z][^\n.?!;:,]{2,80})\n(?=[A-Z“\"])")
_NUMBERED = re.compile(r"(?:(?:\d{1,3}|[A-Za-z]|[ivxIVX]+)[.)]\s+(?=\S))")  # of a paragraph


def sentences(
    text: str, record: Record, support: Support | None = None, search: Search | None = None
) -> tuple[Sentence, ...]:
    """A verdict for every sentence of a draft, in order. Headings state nothing and are left out."""
    law = authorities.spans(text)
    checked: list[Sentence] = []
    before: str | None = None
    for start, end in statements(text, law):
        here = [(max(first - start, 0), last - start) for first, last in law if start <= first < end]
        sentence, before = _sentence(text[start:end], here, record, support, search, before)
        checked.append(sentence)
    return tuple(checked)


def headings_apart(text: str) -> str:
    """`text` with a blank line behind each heading that has a line of its own after a blank one, as in the text of a
    PDF, where the first sentence follows at once.
    """
    return _HEADING_LINE.sub(lambda match: match.group() + ("\n" if _titled(match["words"]) else ""), text)


def _titled(words: str) -> bool:
    long = [word for word in words.split() if len(word) > 3]
    return len(words.split()) <= HEADING_WORDS and all(word[0].isupper() or not word[0].isalpha() for word in long)


def statements(text: str, law: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """Offsets of what is judged as one sentence: a quotation is not cut, a citation goes with the sentence before.

    `law` are the citations of authorities in `text`.
    """
    merged: list[tuple[int, int]] = []
    pieces = 1
    for start, end in sentence_spans(text):
        if _heading(text[start:end]):
            continue
        numbered = _NUMBERED.match(text[start:end])
        start += numbered.end() if numbered else 0
        if merged and (
            _citation_only(text[start:end], [(a - start, b - start) for a, b in law if start <= a and b <= end + 1])
            or (
                _open_quote(text[slice(*merged[-1])])
                and pieces < LONGEST_QUOTE
                and "\n\n" not in text[merged[-1][1] : start]
            )
        ):
            merged[-1] = merged[-1][0], end
            pieces += 1
        else:
            merged.append((start, end))
            pieces = 1
    return merged


def _heading(text: str) -> bool:
    words = re.findall(r"[A-Za-z]{2,}", text)
    ended = re.search(r"[.?!:;][”\"’')\]]*$", text)
    if quotes.quotations(text, QUOTED_WORDS):
        return False
    return not words or (len(words) <= HEADING_WORDS and (not ended or text.isupper()) and not citing.find(text))


def _open_quote(text: str) -> bool:
    return text.count("“") > text.count("”") or text.count('"') % 2 == 1


def _citation_only(text: str, law: Sequence[tuple[int, int]]) -> bool:
    spans = [*((one.start, one.end) for one in citing.find(text, law)), *law]
    rest = re.sub(r"\b(?:[Ss]ee|[Aa]lso|[Aa]ccord|id)\b|\([^()]{0,40}\d{4}\)", "", citing.without(text, spans))
    return bool(spans) and not re.search(r"[A-Za-z]{3,}", rest)


def _sentence(
    text: str,
    law: Sequence[tuple[int, int]],
    record: Record,
    support: Support | None,
    search: Search | None,
    before: str | None,
) -> tuple[Sentence, str | None]:
    notes = verdict.Notes()
    found = citing.find(text, law)
    evidence: list[verdict.Evidence] = []
    for reference in found:
        before = citing.continued(reference.text, before)
        evidence += _resolve(before, record, notes)
    bare = citing.without(text, [*((one.start, one.end) for one in found), *law])
    wanted = [bare[start:end] for start, end in quotes.quotations(bare, QUOTED_WORDS)]
    evidence = _quotations(wanted, evidence, cited=bool(found), law=bool(law), record=record, notes=notes)
    held = [verdict.Evidence(one.citation, narrowed(bare, one.text), one.start, one.document) for one in evidence]
    if held or found:
        names = [one.text for one in found]
        score = verdict.judge(bare, held, record, notes, support, quoted=wanted, least_words=QUOTED_WORDS, known=names)
        if search and notes.verdict() == "unsupported" and assertions.states_a_fact(bare):
            heard = assertions.sought(bare, record, search, support)
            if there := assertions.elsewhere(heard, [one.citation for one in evidence]):
                notes.add("unsupported", f"the record says so elsewhere, in {there.place}")
    else:
        score = None
        if not notes.found and search and not law and assertions.states_a_fact(bare):
            decisive = assertions.judge(assertions.sought(bare, record, search, support), notes)
            if decisive:
                score = decisive.score
                evidence = [verdict.Evidence(decisive.cited())]
        elif not notes.found:
            why = "names an authority, but no place in the record" if law else "cites no place in the record"
            notes.add("uncited", f"{why}: nothing in it was checked against the record")
    citations = tuple(dict.fromkeys(one.citation for one in evidence))
    return Sentence(text, notes.verdict(), notes.reasons(), citations, score), before


def _resolve(reference: str, record: Record, notes: verdict.Notes) -> list[verdict.Evidence]:
    """The places that a reference may mean."""
    evidence = []
    for place in record.resolve(reference):
        document = record.document(place.document_id)
        if document:
            checked = places.cited(reference, document, place.start, place.end)
            text = verdict.seen(document, place.start, place.end)
            evidence.append(verdict.Evidence(checked, text, place.start, document))
    if not evidence:
        notes.add("bad_reference", f"“{reference}” cannot be resolved: {_why(reference, record)}")
        return [verdict.Evidence(CheckedCitation(reference, False))]
    if len(evidence) > 1 and not re.search(
        r"\d-[A-Z_]*\d+$", reference
    ):  # a range is several places and means them all
        notes.add("supported", f"“{reference}” may mean any of {len(evidence)} places; all were searched")
    return evidence


def _why(reference: str, record: Record) -> str:
    """Why a reference leads nowhere: the place is missing in a document that is there, or the document is."""
    name, pin = citing.parted(reference)
    whole = record.resolve(name) if pin else ()
    document = record.document(whole[0].document_id) if len(whole) == 1 else None
    if document is None:
        return "the record holds no such place that we can tell"
    called = places.file_name(document.path)
    if not document.paged and re.match(r"(?:at|pp?\.)\s", pin):
        return f"{called} has no pages of its own"
    return f"{called} has no {pin.removeprefix('at ')} that we can tell"


def _quotations(
    wanted: Sequence[str],
    evidence: list[verdict.Evidence],
    *,
    cited: bool,
    law: bool,
    record: Record,
    notes: verdict.Notes,
) -> list[verdict.Evidence]:
    """Holds each quotation against the cited places, or against the whole record where none is cited."""
    result = list(evidence)
    for quote in wanted:
        at = next((n for n, one in enumerate(result) if one.document and quotes.find(quote, one.text)), None)
        if at is None:
            at = next((n for n, one in enumerate(result) if one.document), None)
        if at is not None:
            one = result[at]
            assert one.document  # chosen so
            end = one.start + len(one.text)
            checked = verdict.quoted(one.citation.key, quote, one.document, one.start, end, record, notes)
            result.insert(0, checked) if one.citation.quote else result.__setitem__(at, checked)
        else:
            result += _uncited_quote(quote, record.find(quote), cited=cited, law=law, record=record, notes=notes)
    return result


def _uncited_quote(
    quote: str, found: Sequence[Place], *, cited: bool, law: bool, record: Record, notes: verdict.Notes
) -> list[verdict.Evidence]:
    short = verdict.short(quote)
    where = places.named_places(found, record)
    document = record.document(found[0].document_id) if found else None
    if document is None:
        if law:
            notes.add(
                "unsupported", f"the quoted words “{short}” do not stand in the record; the authority is not in it"
            )
        else:
            notes.add("bad_reference", f"the quoted words “{short}” stand nowhere in the record")
        return []
    if found[0].hidden:
        notes.add(
            "bad_reference",
            f"the quoted words “{short}” stand in the record only in text that cannot be seen on the page: {where[0]}",
        )
        return [verdict.Evidence(CheckedCitation("", False, quote=quote, elsewhere=where))]
    if cited:
        return [verdict.Evidence(CheckedCitation("", False, quote=quote, elsewhere=where))]
    notes.add("verbatim", f"the draft cites no place for “{short}”; the words stand in {where[0]}")
    start, end = max(found[0].start - AROUND_QUOTE, 0), min(found[0].end + AROUND_QUOTE, len(document.text))
    checked = places.cited("", document, found[0].start, found[0].end, quote=quote, elsewhere=where)
    return [verdict.Evidence(checked, verdict.seen(document, start, end), start, document)]
