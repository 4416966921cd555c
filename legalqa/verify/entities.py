"""What a company is: "a Delaware corporation" is not "a Delaware limited liability company"."""

from __future__ import annotations

import re

_WORDS = (
    r"limited\s+liability\s+compan(?:y|ies)|limited\s+liability\s+partnerships?|limited\s+partnerships?"
    r"|general\s+partnerships?|professional\s+corporations?|corporations?|statutory\s+trusts?|business\s+trusts?"
    r"|national\s+associations?|LLCs?|L\.L\.C\.|LLPs?"
)
_WHERE = r"(?P<{}>[A-Z][a-z]+(?:\s+(?!Corporation|Limited)[A-Z][a-z]+)?)"
_BEFORE = re.compile(rf"\b{_WHERE.format('a')}\s+(?P<b>{_WORDS})(?!\w)")
_AFTER = re.compile(
    rf"\b(?P<b>{_WORDS})(?:,)?\s+(?:duly\s+)?(?:organi[sz]ed|incorporated|formed|existing|established)\b"
    rf"[^.;()]{{0,60}}?\b(?:laws?\s+of\s+|in\s+)(?:the\s+)?(?:State\s+of\s+|Commonwealth\s+of\s+)?{_WHERE.format('a')}"
)
_SHORT = {
    "llc": "limited liability company",
    "l.l.c.": "limited liability company",
    "llp": "limited liability partnership",
}


def kinds(text: str) -> set[tuple[str, str]]:
    """What the text calls companies: (the place by whose law they are, the kind in the singular and in full)."""
    return {
        (" ".join(match["a"].split()), _full(match["b"]))
        for pattern in (_BEFORE, _AFTER)
        for match in pattern.finditer(text)
    }


def otherwise(claim: str, passage: str) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """(what the claim calls a company, what the passage calls it instead): of the same place, another kind.

    Told only where the passage calls no company what the claim does.
    """
    there = kinds(passage)
    return [
        (ours, theirs)
        for ours in sorted(kinds(claim) - there)
        for theirs in sorted(there)
        if theirs[0] == ours[0] and theirs[1] != ours[1]
    ]


def _full(words: str) -> str:
    plain = re.sub(r"ies$", "y", re.sub(r"(?<!ie)s$", "", " ".join(words.lower().split())))
    return _SHORT.get(plain, plain)
