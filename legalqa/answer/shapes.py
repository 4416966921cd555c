"""What kind of answer a question wants: one value, a row for each document that has something, or a comparison.

Rules over the words and over what was understood; where none of them is sure, the question is like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from legalqa.answer.understand.kinds import kind_at
from legalqa.values.form import ValueKind
from legalqa.values.question import Understood
from legalqa.values.types import FAMILIES, TYPES

Kind = Literal["listing", "comparison", "plain"]
MOST_COMPARED: Final = 6

_AGREEMENTS: Final = (*FAMILIES["agreement"], "lease", "nda", "amendment", "other")
_ALL: Final = frozenset(("agreement", "agreements", "contract", "contracts", "deal", "deals"))
_PLURAL: Final = re.compile(r"(?:s|ndas|correspondence|papers)$", re.IGNORECASE)
_NOUN: Final = r"(?P<noun>(?:[\w’'&-]+\s+){0,3}?[\w’'-]+)"
_HAS: Final = (
    r"(?:have|has|contain|contains|include|includes|mention|mentions|refer\s+to|speak\s+of|provide\s+for|address"
    r"|discuss|deal\s+with|cover|set\s+out|talk\s+about)"
)
_DOES: Final = r"(?:require|allow|permit|prohibit|forbid|restrict|limit|grant|impose|(?:are|is)\s+governed\s+by)s?"
_THAT: Final = (
    rf"(?:(?:(?:that|which)\s+{_HAS}|with|containing|having|mentioning|including)\s+|(?:that|which)\s+(?={_DOES}\s)"
    r"|(?=governed\s+by\s))"
)
_OF: Final = r"(?:of\s+)?(?:the\s+|our\s+|these\s+|my\s+|its\s+)?"
_LISTINGS: Final = (
    re.compile(
        rf"^\s*(?P<each>)(?:which|what|how\s+many)\s+{_OF}{_NOUN}\s+(?:{_HAS}\s+|(?={_DOES}\s))(?P<topic>.+)$",
        re.I | re.S,
    ),
    re.compile(
        rf"^\s*(?:please\s+)?(?:list|show|find|identify|give)\s+(?:me\s+)?(?:(?:all|(?P<each>every|each|any))\s+)?{_OF}"
        rf"{_NOUN}\s+{_THAT}(?P<topic>.+)$",
        re.I | re.S,
    ),
    re.compile(rf"^\s*(?:all|(?P<each>every|each))\s+{_OF}{_NOUN}\s+{_THAT}(?P<topic>.+)$", re.I | re.S),
)
_ON: Final = r"(?:on|in|about|regarding|concerning|as\s+to|with\s+(?:respect|regard)\s+to|when\s+it\s+comes\s+to|for)"
_COMPARES: Final = re.compile(
    r"\b(?:compare[ds]?|comparison\s+(?:of|between)|differ|differs|differences?\s+(?:between|of)|versus|vs\.?)(?=\W|$)",
    re.IGNORECASE,
)
_TOPIC: Final = re.compile(rf"\b{_ON}\s+(?:the\s+)?(?P<topic>[^,;?]+?)\s*\??\s*$", re.IGNORECASE)
_COUNTED: Final = re.compile(r"\b(?:the\s+)?(?:two|three|four|five|six|both|our|all|all\s+the)\s+$", re.IGNORECASE)

_ASKS: Final[tuple[tuple[ValueKind, re.Pattern[str]], ...]] = (
    (
        "date",
        re.compile(
            r"\bwhen\s+(?:is|was|are|were|did|does|do|will|must|shall|has|had)\b|\b(?:what|which)\s+(?:is\s+the\s+)?"
            r"(?:\w+\s+){0,2}(?:date|day|deadline)\b|\bby\s+when\b|\bdate\s+of\b|\bdeadline\b",
            re.IGNORECASE,
        ),
    ),
    ("percentage", re.compile(r"\b(?:what|which)\s+(?:\w+\s+)?(?:percent|percentage|share|interest\s+rate)\b", re.I)),
    (
        "duration",
        re.compile(
            r"\bhow\s+(?:long|soon|fast|quickly|many\s+(?:business\s+|calendar\s+)?(?:days|weeks|months|years|hours))\b"
            r"|\bwithin\s+what\s+(?:time|period)\b|\b(?:cure|notice|grace|renewal|warranty)\s+period\b"
            r"|\bwhat\s+is\s+the\s+(?:\w+\s+)?(?:term|period|duration|length)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "amount",
        re.compile(
            r"\bhow\s+much\b|\bwhat\s+(?:is|was|are|were)\s+(?:the\s+)?(?:[\w’'-]+\s+){0,4}?(?:price|rent|cost|costs|fee"
            r"|fees|deposit|amount|sum|salary|penalty|cap|total|balance|payment|damages|premium|purchase\s+price)\b",
            re.IGNORECASE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question wants. `topic` is what is sought in each document of a listing or comparison; `types` restrict a
    listing to documents of these types, empty for any; `documents` are the ids of those compared or listed, empty for
    all in scope. `value` is the kind of value that is asked for, None where it is none or not sure.
    """

    kind: Kind = "plain"
    topic: str = ""
    types: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    value: ValueKind | None = None


def wanted(question: Understood, of_type: Mapping[str, Sequence[str]] | None = None) -> Wanted:
    """What kind of answer a question wants; `of_type` gives the ids of the matter's documents by type."""
    return _comparison(question, of_type or {}) or _listing(question) or Wanted(value=_value(question.core))


def _value(core: str) -> ValueKind | None:
    return next((kind for kind, asks in _ASKS if asks.search(core)), None)


def _listing(question: Understood) -> Wanted | None:
    for pattern in _LISTINGS:
        for text in dict.fromkeys((question.text, question.core)):
            match = pattern.match(text.strip().rstrip("?. "))
            types = _types(match["noun"], plural=not match["each"]) if match else None
            if match and types is not None:
                named = [
                    one for mention in question.mentions if mention.kind == "document" for one in mention.document_ids
                ]
                return Wanted("listing", match["topic"].strip(), types, tuple(dict.fromkeys(named)))
    return None


def _types(noun: str, *, plural: bool) -> tuple[str, ...] | None:
    """The types that a noun means, () for documents of any type, None if it means no documents, or only one."""
    words = noun.lower().replace("-", " ").split()
    for at in range(len(words)):
        kind = kind_at(words, at)
        if kind and kind.end == len(words) and (_PLURAL.search(words[-1]) or not plural):
            if words[-1] in _ALL and kind.type == "agreement":
                return _AGREEMENTS
            return (kind.type,) if kind.type in TYPES else ()
    return None


def _comparison(question: Understood, of_type: Mapping[str, Sequence[str]]) -> Wanted | None:
    if not _COMPARES.search(question.text):
        return None
    named = [one.document_ids[0] for one in question.mentions if one.kind == "document" and len(one.document_ids) >= 1]
    ids = list(dict.fromkeys([*named, *_counted(question.text, of_type)]))
    if not 2 <= len(ids) <= MOST_COMPARED:
        return None
    topic = _TOPIC.search(question.text)
    return Wanted("comparison", topic["topic"].strip() if topic else "", documents=tuple(ids))


def _counted(text: str, of_type: Mapping[str, Sequence[str]]) -> list[str]:
    """Documents of "the two leases", where the matter has no more of them than are compared."""
    words = re.findall(r"[a-z]+", text.lower())
    for at in range(1, len(words)):
        kind = kind_at(words, at)
        if kind and _PLURAL.search(words[kind.end - 1]) and _COUNTED.search(" ".join(words[:at]) + " "):
            held = list(of_type.get(kind.type, ()))
            number = {"two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6}.get(words[at - 1])
            return held if number in (None, len(held)) else []
    return []
