"""Ways to make a sentence say something else, one fact at a time, for tests of a verifier: pure functions.

Each takes a sentence and a random generator and returns the new sentence, "" where the way does not apply. Everything
but the one fact stays as it is, so that nothing else tells the two apart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence

Way = Callable[[str, random.Random], str]

_SPELLED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"""
_WORDS = tuple(_SPELLED.split())
_VALUES = (*range(21), *range(30, 100, 10))
_WORD_OF = dict(zip(_VALUES, _WORDS, strict=True))
_VALUE_OF = {word: value for value, word in _WORD_OF.items()}
_BOTH = re.compile(r"(?i)\b(?P<word>[a-z]+(?:[- ][a-z]+){0,4}?) \((?P<digits>\d+)(?P<unit>%|(?:st|nd|rd|th))?\)")
_AUXILIARY = re.compile(r"\b(shall|will|must|may|can|is|are|was|were|has|have|does|do|did)\b(?! not\b)(?! to\b)")
_NEGATED = re.compile(r"\b(shall|will|must|may|can|is|are|was|were|has|have|does|do|did) not\b")
_PLAIN = (
    ("bears", "bear"), ("provides", "provide"), ("includes", "include"), ("applies", "apply"), ("means", "mean"),
    ("requires", "require"), ("expires", "expire"), ("begins", "begin"), ("remains", "remain"), ("owns", "own"),
    ("grants", "grant"), ("agrees", "agree"), ("represents", "represent"), ("warrants", "warrant"),
    ("waives", "waive"), ("continues", "continue"), ("becomes", "become"), ("constitutes", "constitute"),
    ("acknowledges", "acknowledge"), ("contains", "contain"), ("exceeds", "exceed"), ("has", "have"),
    ("fails", "fail"), ("receives", "receive"), ("extends", "extend"), ("terminates", "terminate"),
)  # fmt: skip
_PAST = (
    ("received", "receive"), ("paid", "pay"), ("delivered", "deliver"), ("agreed", "agree"), ("entered", "enter"),
    ("executed", "execute"), ("granted", "grant"), ("transferred", "transfer"), ("acquired", "acquire"),
    ("provided", "provide"), ("replaced", "replace"), ("notified", "notify"), ("developed", "develop"),
    ("terminated", "terminate"), ("issued", "issue"), ("filed", "file"), ("sold", "sell"), ("owned", "own"),
)  # fmt: skip
_OPPOSITES = (
    ("before", "after"), ("prior to", "after"), ("at least", "at most"), ("not less than", "not more than"),
    ("more than", "less than"), ("no less than", "no more than"), ("greater", "lesser"), ("minimum", "maximum"),
    ("including", "excluding"), ("include", "exclude"), ("with", "without"), ("increase", "decrease"),
    ("exclusive", "non-exclusive"), ("first", "last"), ("earlier", "later"), ("higher", "lower"),
    ("only if", "even if"),
    ("in whole", "in part"), ("direct", "indirect"), ("either", "neither"), ("all", "none"), ("written", "oral"),
    ("unless", "if"), ("exceed", "fall below"), ("beginning", "end"), ("above", "below"), ("buy", "sell"),
    ("days", "months"), ("months", "years"), ("business days", "calendar days"), ("annually", "monthly"),
    ("quarterly", "monthly"), ("per year", "per month"), ("granted", "denied"), ("accept", "reject"), ("any", "no"),
    ("grants", "denies"), ("approve", "refuse"), ("irrevocable", "revocable"), ("confidential", "public"),
)  # fmt: skip
_PARTICIPLE_BEFORE = re.compile(r"\b(?:is|are|be|been|was|were|has|have|had|\w+ly|and|or) $")
_DEFINED = re.compile(
    r"\((?:the |hereinafter,? |each,? an? |referred to as |collectively,? )*"
    r"[“\"]([A-Z][\w&’']+(?: [A-Z][\w&’']+)?)[”\"]"
)
_NO_PARTY = ("Agreement", "Effective Date", "Contract", "Party", "Parties", "Lease", "Services", "Products")
_ACTS = r"(?:shall|will|may|agrees|has|is|represents|must|did|was|owes)\b"


def number(sentence: str, chosen: random.Random, others: Sequence[str] = ()) -> str:
    """One number changed, in words and figures alike; often into another one of the passage (`others`)."""
    both = list(_BOTH.finditer(sentence))
    found = [one for one in both if one["word"].lower().split("-")[0] in _VALUE_OF]
    if found:
        one = chosen.choice(found)
        value = chosen.choice([v for v in _VALUES if v > 1 and v != int(one["digits"])])
        return sentence[: one.start()] + f"{_WORD_OF[value]} ({value}{one['unit'] or ''})" + sentence[one.end() :]
    spans = [m for m in re.finditer(r"(?<![\w.(])\d[\d,]*(?:\.\d+)?(?![\w.]*\d)", sentence) if _stated(sentence, m)]
    named = list(re.finditer(rf"(?i)\b(?:{'|'.join(_WORDS[2:])})\b(?=[ -][a-z])", sentence))
    if not spans and not named:
        return ""
    at = chosen.choice([*spans, *named])
    if at.group()[0].isdigit():
        new = chosen.choice([*others, *([_changed(at.group(), chosen)] * 2)])
    else:
        new = chosen.choice([word for word in _WORDS[2:] if word != at.group().lower()])
    return sentence[: at.start()] + new + sentence[at.end() :] if new != at.group() else ""


def _stated(sentence: str, at: re.Match[str]) -> bool:
    """Whether the digits state something, and are not the number of a section or of a thing ("Compressor 2")."""
    before = sentence[max(at.start() - 14, 0) : at.start()]
    return len(at.group()) < 12 and not re.search(r"(?i:(?:§|no\.)\s*$)|[A-Z][a-z]+\s$", before)


def _changed(digits: str, chosen: random.Random) -> str:
    places = [at for at, digit in enumerate(digits) if digit.isdigit()]
    at = chosen.choice(places)
    return digits[:at] + chosen.choice([d for d in "123456789" if d != digits[at]]) + digits[at + 1 :]


def negated(sentence: str, chosen: random.Random) -> str:
    """A negation put in."""
    aux = list(_AUXILIARY.finditer(sentence))
    plain = [(m, base) for third, base in _PLAIN for m in re.finditer(rf"(?<=[a-z] ){third}\b", sentence)]
    past = [(m, base) for done, base in _PAST for m in re.finditer(rf"(?<=[A-Za-z] ){done}\b(?! by)", sentence)]
    past = [(m, base) for m, base in past if not _PARTICIPLE_BEFORE.search(sentence[: m.start()])]
    ways = [*aux[:1], *aux[:1], *(m for m, _ in plain), *(m for m, _ in past)]
    if not ways:
        return ""
    at = chosen.choice(ways)
    base = next((f"does not {base}" for m, base in plain if m is at), "") or next(
        (f"did not {base}" for m, base in past if m is at), f"{at.group()} not"
    )
    return sentence[: at.start()] + base + sentence[at.end() :]


def affirmed(sentence: str, chosen: random.Random) -> str:
    """A negation taken out."""
    found = list(_NEGATED.finditer(sentence))
    if found:
        at = chosen.choice(found)
        return sentence[: at.start()] + at[1] + sentence[at.end() :]
    for old, new in (("Neither party", "Either party"), ("No party", "Any party"), ("Nothing", "Everything")):
        if old in sentence:
            return sentence.replace(old, new, 1)
    return ""


def swapped(sentence: str, chosen: random.Random, names: Sequence[str] = ()) -> str:
    """Two parties that change places, or one that stands where the other stood. `names` are the parties' names."""
    here = [name for name in dict.fromkeys(names) if re.search(rf"\b{re.escape(name)}\b", sentence)]
    if not here:
        return ""
    one = chosen.choice(here)
    rest = [name for name in here if name != one and name not in one and one not in name]
    others = rest or [name for name in names if name != one and name not in one and one not in name]
    if not others:
        return ""
    other = chosen.choice(others)
    pair = {one: other, other: one}
    both = rf"{re.escape(one)},? (?:and|or) (?:the )?{re.escape(other)}"
    turned = rf"{re.escape(other)},? (?:and|or) (?:the )?{re.escape(one)}"
    if re.search(rf"\b(?:{both}|{turned})\b", sentence):
        return ""
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, pair), key=len, reverse=True))})\b")
    return pattern.sub(lambda m: pair[m.group()], sentence)


def modality(sentence: str, _chosen: random.Random) -> str:
    """May instead of must, or must instead of may."""
    found = list(re.finditer(r"\b(shall|must|may)\b(?! not\b)", sentence))
    if not found or re.search(r"(?i)\b(?:no|neither|nor)\b", sentence):
        return ""
    at = found[0]
    return sentence[: at.start()] + ("must" if at[1] == "may" else "may") + sentence[at.end() :]


def opposite(sentence: str, chosen: random.Random) -> str:
    """A word that turns a clause round: before for after, more for less, with for without."""
    both = [*_OPPOSITES, *((b, a) for a, b in _OPPOSITES if b not in ("no", "none", "if", "end", "in part"))]
    ways = [(old, new) for old, new in both if re.search(rf"(?<![-\w]){old}\b", sentence)]
    if not ways:
        return ""
    old, new = chosen.choice(ways)
    return re.sub(rf"(?<![-\w]){old}\b", new, sentence, count=1)


def parties(text: str, roles: Iterable[str] = ()) -> tuple[str, ...]:
    """The names by which a document calls its two sides: the `roles` (capitalised here), or terms that it defines, that
    act most often; at most two.
    """
    counts: dict[str, int] = {}
    for word in [*_DEFINED.findall(text[:6000]), *(role.capitalize() for role in roles)]:
        if word not in _NO_PARTY:
            counts[word] = len(re.findall(rf"\b{re.escape(word)}\b {_ACTS}", text))
    ranked = sorted(counts, key=lambda word: -counts[word])
    return tuple(word for word in ranked[:2] if counts[word] >= 4)


_RESTATED = (
    (r"\bshall not\b", "may not"), (r"\bshall\b", "must"), (r"\bprior to\b", "before"), (r"\bpursuant to\b", "under"),
    (r"\bin the event that\b", "if"), (r"\bnot less than\b", "at least"), (r"\bnot more than\b", "at most"),
    (r"\bprovided that\b", "on condition that"), (r"\bcommence\b", "begin"), (r"\bterminate\b", "end"),
    (r"\b[a-z]+(?:[- ][a-z]+)? \((\d+)\)", r"\1"),
)  # fmt: skip


def restated(sentence: str) -> str:
    """The same in slightly other words, as a brief says it: figures once, "must" for "shall"."""
    for old, new in _RESTATED:
        sentence = re.sub(old, new, sentence)
    return sentence
