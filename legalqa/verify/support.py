"""How far a passage carries a sentence, 0 to 1: a hint, never a gate by itself (facts are checked separately).

The score is the share of the sentence's words (by stem, long words counting more than short ones: the rarer a word the
longer it is) that stand in the passage, half of it measured in the two neighbouring sentences that fit best. Where a
semantic similarity is given it is averaged in. The threshold is fitted by ``python -m bench.verifier``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from legalqa.verify.record import Support
from legalqa.verify.words import content, sentences

THRESHOLD = 0.65  # 2% of the same clauses of other contracts reach it, 93% of own with a fifth of the words replaced
ANCHORED_THRESHOLD = 0.50  # where the passage holds every sum, share, date and period of the sentence
WRITTEN_THRESHOLD = 0.82  # for a model's own sentences: of those read 7 of 10 below were wrong, 6 of 16 above
SEMANTIC_SHARE = 0.4
FRAME = re.compile(  # words about the source, which the source itself need not hold
    r"(?i)^\W*(?:the|this) (?:record|document|passage|agreement|contract|lease) (?:provides|states|says|shows) that\b"
)


def score(claim: str, passage: str, support: Support | None = None, known: Iterable[str] = ()) -> float:
    """The support score of `claim` in `passage`; 0 if either holds no word that carries meaning.

    Words of `known`, as of the document's title, need not stand in the passage.
    """
    wanted = set(content(FRAME.sub("", claim)))
    if not wanted:
        return 0.0
    stems = [set(content(sentence)) for sentence in sentences(passage)]
    if not stems:
        return 0.0
    held = set[str]().union(*stems)
    wanted -= {stem for name in known for stem in content(name)} - held
    if not wanted:
        return 0.0
    total = _weight(wanted)
    whole = _weight(wanted & held) / total
    pairs = [one | other for one, other in zip(stems, [*stems[1:], set[str]()], strict=True)]
    best = max(_weight(wanted & pair) for pair in pairs) / total
    lexical = (whole + best) / 2
    if support is None:
        return lexical
    semantic = min(max(support(claim, passage), 0.0), 1.0)
    return (1 - SEMANTIC_SHARE) * lexical + SEMANTIC_SHARE * semantic


def narrowed(claim: str, text: str, longest: int = 12_000) -> str:
    """The paragraphs of a long text that share most words with the claim, in order, `longest` characters at most."""
    if len(text) <= longest:
        return text
    wanted = set(content(claim))
    paragraphs = [part for part in re.split(r"\n\s*\n|\f", text) if part.strip()]
    ranked = sorted(range(len(paragraphs)), key=lambda n: -_weight(wanted & set(content(paragraphs[n]))))
    kept: list[int] = []
    room = longest
    for n in ranked:
        room -= len(paragraphs[n])
        if room < 0 and kept:
            break
        kept.append(n)
    return "\n\n".join(paragraphs[n] for n in sorted(kept))


def _weight(stems: Iterable[str]) -> float:
    return sum(min(len(stem), 8) for stem in stems)
