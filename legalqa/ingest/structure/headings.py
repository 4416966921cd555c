"""Places in a text where a numbered heading may begin, and the words of its title.

A heading begins a line, or a clause after a run of spaces, as text files flattened from a web page have them, or, where
even those spaces are lost, a sentence. What stands around a number decides whether it can be one: "§ 50-6-204" at the
beginning of a wrapped line follows words that end no sentence, "4.2 of this Agreement" goes on in small letters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from legalqa.ingest.structure import numbering
from legalqa.ingest.structure.numbering import Numbered
from legalqa.ingest.structure.sequence import Candidate
from legalqa.values.document import Region

TITLE_MOST = 90  # characters
_LINE = re.compile(r"[^\r\n\f]+")
_BEGIN = re.compile(r"(?:^|[\r\n\f]|\s{2,}|\t)[ \t\u2002-\u200a\u202f\xa0]*(?=\S)")
_INLINE = re.compile(
    r"(?<=\S) (?=(?:ARTICLE|Article|SECTION|Section|§) ?[IVX\d]|ARTICLE [A-Z]{3}"
    r"|\d{1,2}\.\d{1,3}(?:\.\d{1,2}){0,2}[.)]?\s"
    r"|(?:\d{1,2}|[a-z])\. [A-Z“\"]|\([a-zA-Z]{1,4}\) {1,20}[A-Z“\"(])|(?<=\.) (?=\([a-z]{1,2}\) [a-z])"
)
_TITLE_END = re.compile(
    r"[.:](?=\s|$)|\s{3,}|[\r\n\f]|\s[–—-]\s|(?<=\w)\.(?=[A-Z])|\.?\s\((?:[ai]|A)\)\s|\sa\.\s(?=[A-Z“\"])|\s-{4,}"
    r"|(?<!ection)(?<!ECTION)(?<!rticle)(?<!lause)(?<!graph)\s(?=\d{1,2}\.\d{1,2}[.:)]?\s)"
)
_LEADERS = re.compile(r"\.{5,}|(?:\. ){4,}|…{2,}")
_PUNCTUATION = " \t.:–—-\u2002\u2003\u2009\u202f\xa0"
_TERM = re.compile(r"[“\"]([^“”\"\r\n]{1,60})[”\"]")
_SMALL_WORDS = (
    "a an and as at by for from in into of on or the to under upon with without not its per vs v if be no any"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_REFERENCE = re.compile(
    r"(?:of|and|or|to|above|below|hereof|herein|shall|is|are|will|may|through|as|in|if|but|by)\b|[,;)\]&]"
)
_HEAD = re.compile(
    r"(?:ARTICLE|Article|SECTION|Section) (?:[IVX\d]{1,5}\b(?!\.\d)|[A-Z]{3,9}\b)|(?<![\w.])\d{1,2}(?:[.)]|\.0\.?) "
)
_HEADS_LIST = re.compile(r"[.:]\s+Articles?$")  # "as follows: Article / 1. Rent"
_HEADED = re.compile(r"(?<![\w.])\d{1,2}(?:[.)]|\.\d{1,2}\.?) ")
_ABBREVIATION = re.compile(
    r"\b(?:No|Nos|Sec|Secs|Art|Arts|Ex|Exh|Para|Paras|Inc|Corp|Co|Ltd|cf|see|See|v|vs|U\.S|St|Mr|Ms|Dr)\.$"
)
_POINTS_AT = re.compile(
    r"\b(?:(?:[Ss]ub-?)?(?:[Ss]ections?|(?<![.:]\s)[Aa]rticles?|[Cc]lauses?|[Pp]aragraphs?)|[Ss]chedules?"
    r"|[Ee]xhibits?|Rules?|Items?|Form|under|with|in|of|to|and|or|the|by|this|that|see|See|§+)\s*$"
    r"|\b(?:[Aa]rticles?[ \t]*\Z|[Aa]ttachments?|[Aa]ppendi(?:x|ces)|[Aa]nnex(?:es)?)[ \t]*\r?\n?[ \t]*$"
)

_REFERS = ("Section", "Article", "Paragraph", "Clause", "Exhibit", "Schedule")
_TO = re.compile(r"to\s+(?:the\s+)?[A-Z]")  # "EXHIBIT A to Services Agreement"
_NUMBERED = re.compile(r"Section\s+\d{1,2}\.\d{1,2}\.?[ \t\xa0\u2000-\u200a\u202f]+$")
_NAME = re.compile(r"[a-z]{1,2}[A-Z]\w")  # eBay, mPhase
_QUESTION = re.compile(r"^[ \t]*(?:\d{1,2}[ \t]+)?Q\.?[ \t]", re.M)
_ANSWER = re.compile(r"[AQ]\.?\s")
_NEXT_LINE = re.compile(r"\s{1,12}[A-Z“\"][^\r\n\f]{2,200}")

_VERB = re.compile(
    r"\b(?:shall|will|is|are|was|were|be|may|must|can|has|have|had|does|do|agrees?|means?|includes?|represents?|warrants?)\b",
    re.I,
)

_LIST_BEFORE = re.compile(
    r"(?:[:;,]|\b(?:and|or|shall|that|which|to))\s*[\r\n]\s*$"
)  # "Tenant shall: / I. pay the rent;"
_LEAF = re.compile(r"(?:^|[\r\n\f])[ \t]*-?\d{1,3}-?$")

_GOES_ON = re.compile(
    r"\b(?:an?|the|of|to|in|on|by|for|with|under|from|at|as|and|or|that|which|its|this|such|any)\s*$", re.I
)

Key = tuple[str, tuple[int, ...]]


def places(
    text: str, skipped: Sequence[Region], listed: Mapping[Key, str], further: Sequence[int] = ()
) -> Iterator[Candidate]:
    """Every place where a heading may begin, in order. `skipped` are regions without any, `listed` the titles of
    a table of contents, `further` places behind a quotation mark, where none would be looked for.
    """
    starts = [region.start for region in skipped]
    width = _width(text)
    answers = len(_QUESTION.findall(text)) >= 3  # a transcript, where "A." is no letter of a list
    for start, inline in _starts(text, further):
        index = bisect_right(starts, start) - 1
        if (index >= 0 and start < skipped[index].end) or (answers and _ANSWER.match(text, start)):
            continue
        line = text[start : start + 400]
        end = _LINE.match(line)
        line = line[: end.end()] if end else ""
        read = list(numbering.readings(line))
        confirmed = _confirmed(text, start, line, read, listed)
        found = [
            number
            for number in read
            if confirmed or start in further or _plausible(text, start, line, number, inline, width)
        ]
        if not found:
            continue
        title = any(titled(text, start, number) for number in found)
        weak = inline and not (confirmed or title) and found[0].rank in (numbering.NUMBER, numbering.LOWER)
        if inline and not (confirmed or title or weak or found[0].rank >= numbering.DOTTED):
            continue
        strong = not inline and _parted(text, start) and title
        yield Candidate(start, tuple(found), strong, confirmed, inline, weak)


def _confirmed(text: str, start: int, line: str, read: Sequence[Numbered], listed: Mapping[Key, str]) -> bool:
    """Whether the table of contents lists the number with the words that follow here."""
    return (
        bool(read)
        and not _POINTS_AT.search(text, max(start - 30, 0), start)
        and any(
            _agrees(listed.get((n.style, n.values)), line[n.length :] or text[start + n.length : start + 200])
            for n in read
        )
    )


def titled(text: str, start: int, number: Numbered, listed: str | None = None) -> str:
    """The heading's words; "" where the number stands before running text."""
    after = start + number.length
    window = text[after : after + 3 * TITLE_MOST]
    stripped = window.lstrip(_PUNCTUATION)
    if number.rank <= numbering.TOP:
        stripped = stripped.lstrip("\r\n" + _PUNCTUATION)
    if listed and _agrees(listed, stripped):
        return _as_listed(stripped, listed)
    if number.rank >= numbering.DOTTED and (term := _TERM.match(stripped)):
        return term[1].strip(" ,.")
    end = _title_end(stripped, number)
    if number.rank >= numbering.LOWER and not (end and end.group()[0] in ".:") and not _alone(stripped):
        return ""  # an item of a list, not a heading
    return _title(stripped[: end.start()] if end else stripped[: TITLE_MOST + 1], stripped, number)


def _title_end(stripped: str, number: Numbered) -> re.Match[str] | None:
    """What ends a title; "SECTION 1. SERVICES Section 1.1" ends it before its own first section."""
    ends = [_TITLE_END.search(stripped)]
    if len(number.values) == 1:
        ends.append(re.search(rf"\s(?:Section|SECTION|§)\s?{number.values[0]}\.\d", stripped))
    return min((end for end in ends if end), key=lambda end: end.start(), default=None)


def _title(words_of: str, stripped: str, number: Numbered) -> str:
    title = " ".join(words_of.split())
    if not title or len(title) > TITLE_MOST or title.count("(") != title.count(")"):
        return ""
    if number.rank <= numbering.TOP and any(n.style != "bare" for n in numbering.readings(stripped)):
        return ""
    words = re.findall(r"[^\W\d_][\w'’]*", title)
    named = [word for word in words if word.lower() not in _SMALL]
    if not named or not words[0][0].isupper():
        return ""
    rest = stripped[len(words_of) :]
    runs_in = re.match(r"[.:] ?\S", rest) and number.rank < numbering.BRACKET
    alone = re.match(r"[ \t]*\r?\n", rest) and number.rank < numbering.BRACKET
    short = (
        (runs_in or alone) and len(words) <= 6 and not _VERB.search(title)
    )  # "2.5 Risk management: Bunker One shall"
    capitals = sum(word[0].isupper() for word in named)
    sentence = capitals < len(named) and not runs_in and (rest[:1] == "." or len(words) > 6 or _VERB.search(title))
    if (capitals < 0.7 * len(named) and not short) or (sentence and not title.isupper()):
        return ""
    if title in _REFERS or "$" in title:
        return ""
    return title.strip(' ,;"“”_-')


def _alone(stripped: str) -> bool:
    """Whether a short line of capitalised words stands alone."""
    line = re.split(r"[\r\n\f]|\s{3}", stripped, maxsplit=1)[0]
    return len(line) <= TITLE_MOST and not line.rstrip().endswith((";", ",", "and", "or"))


def _starts(text: str, further: Sequence[int]) -> list[tuple[int, bool]]:
    """Where a line, a clause or a sentence begins that could be a heading; whether that is amid a line."""
    found = dict.fromkeys(further, False) | dict(_begun(text))
    return sorted(found.items())


def _begun(text: str) -> Iterator[tuple[int, bool]]:
    inline = _INLINE.finditer(text)
    following = next(inline, None)
    for match in _BEGIN.finditer(text):
        start = match.end()
        while following is not None and following.end() < start:
            yield following.end(), True
            following = next(inline, None)
        if text[start] in "§(" or text[start].isalnum():
            yield start, False
    while following is not None:
        yield following.end(), True
        following = next(inline, None)


def _plausible(text: str, start: int, line: str, number: Numbered, inline: bool, width: int) -> bool:
    """Whether what stands around a number lets it be a heading."""
    rest = line[number.length :]
    if _LEADERS.search(line[:200]):
        return False
    tight = rest[:1] not in ("", " ", "\t") and not rest[:1].isupper()
    if tight and rest[:1] in "(,;)/%$[&'’":
        return False
    rest = rest.lstrip(_PUNCTUATION)
    parted = not inline and _parted(text, start)
    if number.style == "section" and _NUMBERED.search(text, max(start - 30, 0), start):
        return False  # "Section 7.07 Section 16 Matters"
    if number.style == "exhibit":
        alone = re.split(r"\s{3}", line[number.length :])[0]
        named = len(alone.strip()) <= TITLE_MOST and not rest.startswith((",", ")", ";"))
        named = named and (not rest[:1].islower() or (bool(_TO.match(rest)) and not _VERB.search(alone)))
        return parted and named and not _POINTS_AT.search(text, max(start - 30, 0), start)
    if number.rank >= numbering.BRACKET:
        return parted or _ended_before(text, start, inline, number, width)
    small = rest[:1].islower() and not _NAME.match(rest)
    listed = small and not inline and _LIST_BEFORE.search(text, max(start - 60, 0), start)
    if (_REFERENCE.match(rest) and not listed) or (small and number.rank < numbering.DOTTED and not listed):
        return False
    if number.style == "bare":
        return parted and len(line) <= TITLE_MOST and bool(titled(text, start, number))
    if not rest and number.rank not in (numbering.TOP, numbering.PART) and not _title_follows(text, start + len(line)):
        return False
    if number.rank in (numbering.LETTER, numbering.LOWER):
        return parted or (
            (not inline or number.rank == numbering.LOWER) and _ended_before(text, start, inline, number, width)
        )
    return parted or bool(listed) or _ended_before(text, start, inline, number, width)


def _title_follows(text: str, end: int) -> bool:
    """Whether the next line could be the title of a number that stands alone."""
    return bool(_NEXT_LINE.match(text, end))


def _parted(text: str, start: int) -> bool:
    """Whether a blank line, a run of spaces or the beginning of the text comes before."""
    before = text[max(start - 40, 0) : start]
    gap = before[len(before.rstrip()) :]
    return gap == before or gap.count("\n") > 1 or gap.count("\r") > 1 or "\f" in gap or (
        len(gap) >= 3 and "\n" not in gap
    )  # fmt: skip


def _follows_heading(before: str, value: int) -> bool:
    """Whether the heading "ARTICLE 5 FORECASTS" or "5. Term" ends right before the 5.1 of its first section."""
    heads = [m for m in _HEAD.finditer(before) if any(r.values == (value,) for r in numbering.readings(m.group()))]
    return bool(heads) and not re.search(r"[a-z]\.\s|;", before[heads[-1].end() :])


def _follows_title(before: str, value: int) -> bool:
    """Whether a heading without a full stop ends right before the 1. or (a) of its first clause."""
    if value != 1:
        return False
    heads = list(_HEADED.finditer(before))
    words = before[heads[-1].end() :].split() if heads else []
    named = [word for word in words if word.lower() not in _SMALL]
    return 0 < len(named) <= 12 and all(word[0].isupper() for word in named)


def _ended_before(text: str, start: int, inline: bool, number: Numbered, width: int) -> bool:
    """Whether the words before end a sentence, a clause, a heading or a page (its number)."""
    before = text[max(start - 120, 0) : start].rstrip()
    if not inline and _HEADS_LIST.search(before):
        return True
    if _POINTS_AT.search(before) and not before.endswith((" and", " or")):
        return False
    if inline:
        if number.style == "dotted2" and number.values[1] == 1 and _follows_heading(before, number.values[0]):
            return True
        if number.rank <= numbering.TOP and _LEAF.search(before):
            return True
        if number.rank >= numbering.LOWER and _follows_title(before, number.values[-1]):
            return True
        return before.endswith((".", ".”", '."', ".)", "]", ":")) and not _ABBREVIATION.search(before)
    if _HEADS_LIST.search(before) or before.endswith(
        (".", ";", ":", ",", "”", '"', "and", "or", "—", "-", "_", "]", ")")
    ):
        return not _ABBREVIATION.search(before)
    last = re.split(r"[\r\n\f]", before)[-1].strip()
    early = len(last) < 0.7 * width and not _GOES_ON.search(last)
    return last.isdigit() or last.isupper() or early or (len(last) < 60 and last.istitle())


def _width(text: str) -> int:
    """How long the lines of a text mostly are: one that ends well before ends its paragraph."""
    lengths = sorted(end - start for start, end in (m.span() for m in _LINE.finditer(text)) if end - start >= 30)
    return lengths[len(lengths) * 4 // 5] if lengths else 0


def _agrees(listed: str | None, rest: str) -> bool:
    """Whether the text goes on with the title that the table of contents gives, whatever its punctuation and case."""
    if not listed or rest.lstrip().startswith("("):
        return False
    wanted = _letters(listed)[:40]
    return len(wanted) >= 3 and _letters(rest[: 3 * TITLE_MOST]).startswith(wanted)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _as_listed(stripped: str, listed: str) -> str:
    """The words of the text that the table of contents has as the title."""
    wanted, count = len(_letters(listed)), 0
    for index, char in enumerate(stripped):
        count += char.isalnum()
        if count >= wanted and not stripped[index + 1 : index + 2].isalnum():
            return " ".join(stripped[: index + 1].split())[: 2 * TITLE_MOST]
    return " ".join(listed.split())[: 2 * TITLE_MOST]
