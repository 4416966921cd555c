"""Passages that speak to a machine and not to a reader: "ignore all previous instructions", "<system>", "[INST]".

A document is never obeyed, whatever it says; this tells the reader that it tries. Each sign has a weight, and a
sentence is flagged from `_ENOUGH`: marks of a chat and words to a model alone, other signs only together, since
contracts do speak of prior instructions, of systems, and of what an answer shall include. On the development data all
23 planted orders are flagged, and nothing in 371 contracts.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from legalqa.values.document import Region

_ENOUGH: Final = 2
_NEAR: Final = 160  # characters in front of a flagged sentence or behind it, in which half a sign is enough
_MODEL: Final = (
    r"(?:(?:large )?language models?|LLMs?|AI(?: (?:assistants?|models?|systems?|agents?|tools?|reviewers?|readers?))?"
    r"|chat ?bots?|(?:Chat)?GPT(?:-\d\w*)?|virtual assistants?|automated (?:analysis|review)(?: software| tools?)?)"
)
_REPLY: Final = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies))"
_SIGNS: Final = tuple(
    (weight, why, re.compile("|".join(alternatives), flags))
    for weight, why, flags, alternatives in (
        (2, "marks of a chat", re.MULTILINE, (
            r"<\|[a-z_]{2,24}\|>", r"\[/?INST\]", r"<</?SYS>>", r"<(?:start|end)_of_turn>",
            r"</?(?:system|assistant|user|human|instructions?)(?:_prompt)?>",
            r"\[\[\s*END OF (?:DOCUMENT|FILE|CONTEXT|INPUT)\s*\]\]",
            r"(?i:^[ \t]*#{2,4}[ \t]*(?:instructions?|response|system(?: prompt)?|assistant)[ \t]*:?[ \t]*$)",
        )),
        (2, "words to a language model", re.IGNORECASE, (
            rf"\b(?:attention|note|notice|message|instructions?|important|to)\b"
            rf"[^.\n]{{0,40}}\b{_MODEL}\b(?=[^.\n]{{0,60}}[:,])",
            rf"\bif you are (?:an? |the )?{_MODEL}\b", rf"<!--\s*{_MODEL}\b", rf"\bas an? {_MODEL}\b",
            rf"\byou are (?:now )?(?:an? |the )?(?:{_MODEL}|in (?:developer|maintenance|debug) mode)\b",
        )),
        (2, "an order to ignore instructions", re.IGNORECASE, (
            r"\b(?:ignore|disregard|forget|override|bypass|discard)\b"
            r"(?: (?:all|any|every|the|your|of|my|these|those|other))*"
            r" (?:previous|prior|above|earlier|preceding|foregoing|initial|original|system)"
            r" (?:instructions?|prompts?|directives?|guidelines?|messages?)\b"
            r"(?! (?:of|from|given by|to|upon)\b)",
            r"\b(?:ignore|disregard) (?:this data|all (?:info|information|data) except)\b",
            r"\b(?:ignore|disregard) (?:all|the rest) of (?:this|the) (?:document|file|text)\b",
        )),
        (2, "a demand for the prompt", re.IGNORECASE, (
            r"\b(?:print|show|display|reveal|repeat|output|disclose|encode)\b[^.\n]{0,40}\b(?:your|the|initial|system)"
            r" (?:system |initial |starting |hidden )*"
            r"(?:prompt|system message|system instructions|starting instructions)\b",
            r"\bsystem[ _]?prompt\b",
        )),
        (2, "an override", 0, (r"\b(?:SYSTEM|ADMIN(?:ISTRATOR)?|System|Admin(?:istrator)?) (?:OVERRIDE|override)\b",)),
        (1, "an order how to answer", re.IGNORECASE, (
            rf"\b(?:begin|start|end|preface|prefix) (?:every|each|all|your|the) {_REPLY}\b",
            rf"\b(?:in|to|into|at the end of) (?:the|your|every|each|any) {_REPLY}\b",
            r"\b(?:answer|reply|respond)\b[^.\n]{0,24}\b(?:only|exactly|solely)\b",
            r"\b(?:answer|reply|respond) (?:only )?with\b", rf"\b(?:translate|rewrite) (?:your|the) {_REPLY}\b",
            r"\bappend the (?:reference|text|string|word)\b", r"\bsay that (?:there is|the|no)\b",
            r"\bnothing else\b", r"\balways mention\b",
        )),
        (1, "an order about questions", re.IGNORECASE, (
            r"\b(?:when|if) (?:you are |anyone |anybody |the user |a user |user |someone )?(?:asked|asks)\b",
            r"\bthe user (?:has|wants|is)\b", r"\bdo not (?:cite|mention|quote|reveal|tell the user)\b",
            r"\bskip (?:the )?citations?\b",
        )),
        (1, "a turn of a chat", re.MULTILINE, (r"^[ \t]*(?:User|Assistant|System|Human|AI)[ \t]*:[ \t]*\S",)),
        (1, "markup to be shown", re.IGNORECASE, (r"!\[[^\]\n]{0,80}\]\(", r"\brender\b[^.\n]{0,24}[<!\[]")),
        (1, "treat it as deleted", re.IGNORECASE, (
            r"\btreat\b[^.\n]{0,60}\bas (?:deleted|void|absent|removed)\b", r"\breport that\b",
        )),
    )
)  # fmt: skip
_STOP: Final = re.compile(r"(?<=[.!?\]>\"”])\s+|\n\s*\n|\n(?=\s*(?:User|Assistant|System|Human|AI|#{2,4})\b)")


def instruction_regions(text: str) -> tuple[Region, ...]:
    """The sentences that give orders to a machine, neighbouring ones as one region; `detail` says by which signs."""
    found: dict[tuple[int, int], tuple[int, list[str]]] = {}
    for weight, why, sign in _SIGNS:
        for match in sign.finditer(text):
            span = _sentence(text, match.start(), match.end())
            total, reasons = found.get(span, (0, []))
            if why not in reasons:
                found[span] = total + weight, [*reasons, why]
    sure = sorted(span for span, (total, _) in found.items() if total >= _ENOUGH)
    flagged = [
        span for span in sorted(found) if any(span[0] - _NEAR <= one[1] and one[0] <= span[1] + _NEAR for one in sure)
    ]
    return tuple(_region(text, group, found) for group in _groups(text, flagged))


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence or line around a sign."""
    low, high = max(start - 400, 0), min(end + 400, len(text))
    before = [match.end() for match in _STOP.finditer(text, low, start)]
    after = _STOP.search(text, end, high)
    return (before[-1] if before else low), (after.start() if after else high)


def _groups(text: str, spans: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    groups = [[span] for span in spans[:1]]
    for one, other in pairwise(spans):
        if other[0] <= one[1] + _NEAR and not re.search(r"\n\s*\n\s*\n", text[one[1] : other[0]]):
            groups[-1].append(other)
        else:
            groups.append([other])
    return groups


def _region(text: str, group: list[tuple[int, int]], found: dict[tuple[int, int], tuple[int, list[str]]]) -> Region:
    start, end = group[0][0], max(span[1] for span in group)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(text[start:end].rstrip())
    reasons = dict.fromkeys(reason for span in group for reason in found[span][1])
    return Region("instruction", start, end, ", ".join(reasons))
