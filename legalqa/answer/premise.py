"""What a question presupposes, and how often its words stand in the record.

"Who is the guarantor under the lease?" supposes that there is one. If the documents never use the word, nor any form or
synonym of it, no sentence of theirs can answer: better said than guessed. Only roles and names are judged so: other
things go by too many words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from legalqa.answer.evidence import FUNCTION_WORDS
from legalqa.answer.understand.expand import synonyms
from legalqa.answer.understand.kinds import kind_at
from legalqa.answer.understand.words import listed
from legalqa.values.question import Understood

_MOST: Final = 4  # words of a question that are counted
_ROOT: Final = 5  # letters that all forms of a role begin with: guarantor, guaranty, guaranteed
# Roles in a transaction or a dispute, each a word that documents use for the one who has it.
ROLES: Final = listed(
    """guarantor surety trustee arbitrator mediator broker insurer reinsurer underwriter auditor appraiser escrow-agent
    collateral-agent paying-agent transfer-agent registered-agent managing-agent leasing-agent subtenant sublessee
    sublessor subcontractor sublicensee licensor licensee franchisor franchisee assignor assignee mortgagee mortgagor
    lienholder lender borrower creditor debtor bailee bailor consignee consignor custodian receiver liquidator executor
    administrator beneficiary conservator guardian intervenor appellant appellee indemnitor indemnitee distributor
    reseller manufacturer shareholder stockholder bondholder noteholder policyholder pledgor depositor sponsor architect
    engineer surveyor superintendent"""
)
_ROLE: Final = re.compile(
    r"\b(?:the|an?|its|their|any)\s+(?P<role>"
    + "|".join(re.escape(role).replace(r"\-", r"[\s-]+") for role in sorted(ROLES, key=len, reverse=True))
    + r")(?P<many>s?)(?=\W|$)",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-Z][a-zA-Z]{2,}(?:\s+[A-Z][a-zA-Z]{2,})*")
_NOT_NAMES: Final = listed(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december section article exhibit schedule appendix paragraph clause"
)
_FORMS_OF_ENTITIES: Final = listed(
    "inc incorporated llc ltd limited corp corporation company co group holdings partners bank trust plc gmbh"
    " mr mrs ms dr judge"
)


@dataclass(frozen=True, slots=True)
class Presupposed:
    """A role or name that a question takes for granted. `terms` are all the words of which one would have to stand in
    the record: beginnings of words with a final "*", whole words or phrases without.
    """

    word: str
    terms: tuple[str, ...]
    name: bool = False

    def missing(self) -> str:
        """How it is said not to be there: "a guarantor"."""
        if self.name:
            return f"“{self.word}”"
        return f"{'an' if self.word[0] in 'aeiou' else 'a'} {self.word}"


def presupposed(question: Understood) -> list[Presupposed]:
    """The roles and names that a question takes for granted, without what it names of the matter."""
    taken = [(one.start, one.end) for one in question.mentions if one.kind != "term"]
    found: dict[str, Presupposed] = {}
    for match in _ROLE.finditer(question.core):
        role = " ".join(match["role"].lower().replace("-", " ").split())
        others = [term for other in synonyms(role) for term in _forms(other)]
        found.setdefault(role, Presupposed(role, tuple(dict.fromkeys((*_forms(role), *others)))))
    for match in _NAME.finditer(question.text):
        words = match[0].split()
        inside = any(start < match.end() and match.start() < end for start, end in taken)
        plain = {word.lower() for word in words} & (_NOT_NAMES | frozenset(FUNCTION_WORDS))
        if not inside and not plain and not _is_kind(words):
            telling = [word for word in words if word.lower() not in _FORMS_OF_ENTITIES]
            if telling:
                found.setdefault(match[0], Presupposed(match[0], tuple(telling), name=True))
    return list(found.values())


def counted(question: Understood) -> list[str]:
    """The words of a question that say most of what it asks, longest first; at most four."""
    words = dict.fromkeys(word.lower() for word in re.findall(r"[A-Za-z][A-Za-z-]{3,}", question.core))
    telling = [word for word in words if word not in FUNCTION_WORDS and not _is_kind([word])]
    return sorted(telling, key=len, reverse=True)[:_MOST]


def pattern(term: str) -> re.Pattern[str]:
    """What finds a term in a text: with plural and possessive; after a final "*" whatever the word goes on with."""
    if term.endswith("*"):
        return re.compile(rf"\b{re.escape(term[:-1])}", re.IGNORECASE)
    body = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", term))
    if body.endswith("y"):
        body = f"{body[:-1]}(?:y|ies)"
    return re.compile(rf"\b{body}(?:e?s)?(?:['’]s?)?\b", re.IGNORECASE)


def _forms(phrase: str) -> list[str]:
    """The beginnings of the words that would have to stand there: of "escrow agent", that of "escrow"."""
    words = [word for word in re.findall(r"[a-z]+", phrase.lower()) if word not in FUNCTION_WORDS]
    telling = [word for word in words if word not in ("agent", "party", "managing", "paying")] or words
    return [f"{telling[0][:_ROOT]}*"] if telling else []


def _is_kind(words: Sequence[str]) -> bool:
    lower = [word.lower() for word in words]
    return any(kind_at(lower, at) for at in range(len(lower)))
