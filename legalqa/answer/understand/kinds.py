"""What attorneys call documents, and the types that they may mean by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from legalqa.answer.understand.words import listed

_CALLED: dict[str, str] = {
    "lease": "lease, leases, sublease, subleases, tenancy agreement, lease agreement, rental agreement,"
    " sublease agreement",
    "nda": "nda, ndas, non disclosure agreement, nondisclosure agreement, non disclosure agreements, confidentiality"
    " agreement, confidentiality agreements, secrecy agreement, non disclosure, confidentiality and non disclosure"
    " agreement, ccda, cda",
    "amendment": "amendment, amendments, addendum, addenda, amending agreement, amendment agreement, side letter",
    "transcript": "deposition, depositions, depo, deposition transcript, testimony, transcript, transcripts",
    "policy": "policy, policies, privacy policy, privacy policies, conduct policy, handbook, privacy notice",
    "letter": "letter, letters, demand letter, cover letter, engagement letter, letter agreement",
    "email": "email, emails, e mail, e mails, email thread, thread, message, messages, correspondence",
    "complaint": "complaint, complaints, petition, counterclaim",
    "answer": "answer to the complaint",
    "order": "order, orders, judgment, ruling, decree, court order, scheduling order, protective order",
    "opinion": "opinion, opinions",
    "motion": "motion, motions",
    "brief": "brief, briefs, memorandum of law",
    "declaration": "declaration, declarations, affidavit, affidavits",
    "subpoena": "subpoena, subpoenas",
    "discovery": "interrogatories, interrogatory, discovery request, discovery responses, requests for production",
    "invoice": "invoice, invoices, bill, statement of account",
    "minutes": "minutes, board minutes, meeting minutes",
    "notes": "notes, meeting notes, memo, memorandum",
    "resume": "resume, cv, curriculum vitae",
    "notice": "notice of default, notice of termination, default notice, termination notice, notice letter",
    "employment": "employment agreement, employment contract, offer letter, separation agreement, severance agreement",
    "merger": "merger agreement, merger, acquisition agreement, agreement and plan of merger, merger contract",
    "guaranty": "guaranty, guarantee, guaranties, guaranty agreement, guarantee agreement",
    "loan": "loan agreement, credit agreement, promissory note, loan, facility agreement, indenture, mortgage",
    "purchase": "purchase agreement, stock purchase agreement, asset purchase agreement, share purchase agreement, spa,"
    " apa, purchase order, bill of sale, sale agreement",
    "license": "license, licence, license agreement, licence agreement, licensing agreement, licenses",
    "services": "services agreement, service agreement, msa, master services agreement, sow, statement of work,"
    " consulting agreement, outsourcing agreement, maintenance agreement, hosting agreement",
    "supply": "supply agreement, manufacturing agreement, supply contract, manufacturing contract",
    "agreement": "agreement, agreements, contract, contracts, deal, term sheet, memorandum of understanding, mou, deed,"
    " joint venture, partnership agreement, franchise agreement, distribution agreement, operating agreement",
    "": "document, documents, file, files, exhibit, report, paper, pdf, papers, documentation, plan, bylaws, form",
}
# Words that are a type's name and mean much else: they name a document only beside another word that does.
_AMBIGUOUS = listed(
    "order orders merger license licence licenses notice report form plan loan bill message messages notes policy"
    " policies answer opinion motion exhibit deal thread correspondence testimony guarantee documentation ruling"
    " judgment confidentiality disclosure file files papers paper document documents agreement agreements contract"
    " contracts"
)

_PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {}
for _type, _phrases in _CALLED.items():
    for _phrase in _phrases.split(","):
        _key = tuple(_phrase.split())
        _PHRASES[_key] = (*_PHRASES.get(_key, ()), _type)
_LONGEST = max(map(len, _PHRASES))
_WORDS = frozenset(word for phrase in _PHRASES for word in phrase)


class Kind(NamedTuple):
    """What a kind of document is called, by the words ``[first, end)``, and the type that it means, "" for any."""

    first: int
    end: int
    type: str


def kind_at(words: Sequence[str], at: int) -> Kind | None:
    """The longest name of a kind of document that begins at a word."""
    if words[at] not in _WORDS:
        return None
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        if found := _PHRASES.get(tuple(words[at : at + length])):
            return Kind(at, at + length, found[0])
    return None


def tells(words: Sequence[str]) -> bool:
    """Whether a kind's name alone, as in "the lease", tells documents from others; "the agreement" does not."""
    return not (len(words) == 1 and words[0] in _AMBIGUOUS)
