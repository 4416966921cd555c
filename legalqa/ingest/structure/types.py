"""What kind of document it is, by the words with which it names itself; "other" where it does not.

"lease" covers subleases. "agreement" and "pleading" are agreements and court papers that say no more than that.
"""

from __future__ import annotations

import re

_FRONT = 2_500  # characters that show what a document is
_AGREEMENT = r"(?:AGREEMENT|CONTRACT|TERMS|DEED)S?\b"
_NAMED: tuple[
    tuple[str, str], ...
] = (  # of those that match, the one whose words stand first; of these, the first here
    ("amendment", r"\bAMENDMENT\b|\bADDENDUM\b|\bAMENDING AGREEMENT\b"),
    (
        "nda",
        r"\bNON-?\s?DISCLOSURE\b|\bCONFIDENTIALITY (?:\w+ ){0,3}AGREEMENT\b|\bMUTUAL CONFIDENTIALITY\b|^NDA\b"
        r"|\bCONFIDENTIALITY$",
    ),
    ("employment", rf"\b(?:EMPLOYMENT|SEPARATION|SEVERANCE|EXECUTIVE RETENTION)(?: \w+){{0,3}} {_AGREEMENT}"),
    (
        "merger",
        r"\bPLAN (?:AND AGREEMENT )?OF (?:REORGANIZATION|MERGER)\b|\bAGREEMENT AND PLAN OF\b|\bMERGER AGREEMENT\b",
    ),
    ("guaranty", r"\bGUARANT(?:Y|EE|IES)\b"),
    (
        "loan",
        rf"\b(?:LOAN|CREDIT|FACILITY|NOTE PURCHASE)(?: \w+){{0,3}} {_AGREEMENT}|\bPROMISSORY NOTE\b|\bINDENTURE\b"
        rf"|\bMORTGAGE\b",
    ),
    (
        "purchase",
        rf"\b(?:PURCHASE|SALE)(?: (?:AND|&) SALE)?(?:,? \w+){{0,4}} {_AGREEMENT}|\bPURCHASE ORDER\b|\bBILL OF SALE\b",
    ),
    ("license", r"\bLICEN[SC](?:E|ING)\b"),
    ("supply", rf"\b(?:SUPPLY|MANUFACTURING)(?:,? [\w&]+){{0,5}} {_AGREEMENT}"),
    (
        "services",
        rf"\b(?:SERVICES?|CONSULTING|OUTSOURCING|MAINTENANCE|SUPPORT|HOSTING)(?:,? [\w&]+){{0,5}} {_AGREEMENT}"
        rf"|\bSTATEMENT OF WORK\b",
    ),
    ("lease", r"\b(?:SUB-?)?LEASE\b"),
    ("transcript", r"\bDEPOSITION OF\b|\bTRANSCRIPT OF\b|\bREPORTER'?S TRANSCRIPT\b|^(?:VIDEOTAPED )?DEPOSITION\b"),
    ("subpoena", r"\bSUBPOENA\b"),
    ("discovery", r"\bINTERROGATOR(?:Y|IES)\b|\bREQUESTS? FOR (?:PRODUCTION|ADMISSIONS?)\b"),
    ("notice", r"\bNOTICE OF\b|\bNOTICE TO\b"),
    ("order", r"\b(?:ORDER|JUDGMENT|DECREE)\b"),
    ("opinion", r"\bOPINION\b(?!.*\bORDER\b)"),
    ("complaint", r"\b(?:COUNTER|CROSS-)?COMPLAINT\b|\bPETITION FOR\b|^(?:\w+ ){0,2}PETITION\b|\bINDICTMENT\b"),
    ("answer", r"^(?:[\w.,'’]+ ){0,6}ANSWER\b"),
    ("brief", r"\bMEMORANDUM (?:OF (?:POINTS|LAW)|IN (?:SUPPORT|OPPOSITION))|\bBRIEF\b|\bREPLY IN\b"),
    ("motion", r"\bMOTION\b"),
    ("declaration", r"\bDECLARATION OF\b|\bAFFIDAVIT\b"),
    ("invoice", r"\bINVOICE\b|\bSTATEMENT OF ACCOUNT\b"),
    ("minutes", r"\bMINUTES OF\b|\bMEETING MINUTES\b|^MINUTES\b"),
    ("notes", r"\b(?:MEETING|FIELD|CALL|INTERVIEW|FILE) NOTES?\b|\bNOTES?\s+(?:OF|TO FILE|FROM)\b"),
    ("resume", r"^RESUM[EÉ]\b|\bCURRICULUM VITAE\b"),
    ("policy", r"\bPOLIC(?:Y|IES)\b"),
    ("letter", r"^LETTER\b|\bLETTER (?:OF|AGREEMENT)\b"),
    ("agreement", r"\bAGREEMENT\b|\bCONTRACT\b"),
)
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in _NAMED)
_AGREEMENTS = frozenset(
    (
        "nda",
        "employment",
        "merger",
        "guaranty",
        "loan",
        "purchase",
        "license",
        "supply",
        "services",
        "lease",
        "agreement",
    )
)
_SELF = re.compile(
    r"\bTHIS\s+(?:[\w,&'’-]+\s+){0,7}?(?:SUBLEASE|LEASE|AMENDMENT|AGREEMENT|ADDENDUM|CONTRACT|GUARANTY|INDENTURE)\b"
)
_COURT = re.compile(r"\bCOURT\b.{0,400}?\b(?:Plaintiffs?|Petitioners?|Defendants?|Appell(?:ant|ee)s?)\b", re.S | re.I)
_LETTER = re.compile(r"^[ \t]*(?:Dear|DEAR)\s+\S|^[ \t]*(?:Re|RE):\s+\S", re.M)
_EXAMINED = re.compile(r"\b(?:EXAMINATION\s+BY\s+M|DIRECT\s+EXAMINATION|having\s+been\s+(?:first\s+)?duly\s+sworn)")
_QUESTION = re.compile(r"^[ \t\d]{0,12}Q\.?[ \t]{1,8}\S", re.M)


def type_of(heading: str, name: str, text: str) -> str:
    """The type of a document with this heading ("" if none was found) and file name."""
    front = text[:_FRONT]
    if len(_QUESTION.findall(text, 0, 20_000)) >= 8 and _EXAMINED.search(text, 0, 40_000):
        return "transcript"
    named = _named(heading)
    letter = bool(_LETTER.search(front))
    if named and not (letter and named in _AGREEMENTS):  # a letter may head itself with what it writes about
        return "letter" if re.match(r"RE:\s", heading, re.I) and named != "notice" else named
    if letter:
        return "notice" if _named(name) == "notice" else "letter"
    if named := _named(name):
        return named
    if match := _SELF.search(front.upper()):  # "This Lease is made …"
        return _named(match.group()) or "agreement"
    return "pleading" if _COURT.search(front) else "other"


def _named(words: str) -> str:
    """The type that the words name, "" for none. "Complaint for breach of lease" is a complaint: its first word."""
    upper = " ".join(words.upper().split())
    found = [(match.start(), place, kind) for place, (kind, p) in enumerate(_KINDS) if (match := p.search(upper))]
    if not found:
        return ""
    kinds = {kind for _, _, kind in found}
    first = min(found)[2]
    if first in _AGREEMENTS and "amendment" in kinds and not re.search(r"\bAMENDMENT AND RESTATE", upper):
        return "amendment"  # "Industrial lease, first amendment"
    specific = [entry for entry in found if entry[2] in _AGREEMENTS and entry[2] != "agreement"]
    return min(specific)[2] if first == "agreement" and specific else first
