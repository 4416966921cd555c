"""What the style sheet of a web page keeps from being seen, as far as simple selectors say.

Tags, classes and ids (``p.note#x``) are followed by the cascade's own order: importance, then ids, classes and tags,
then place. Where a rule that cannot be judged here (one with a combinator, or for some screens alone) may show the
element again, it counts as shown. No file outside the page is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_LONGEST = 500_000  # characters of style sheets that are looked at
_RULES = 500  # that say anything of what is seen
_SELECTOR = 300  # characters of one that is followed
_DEPTH = 8  # of blocks inside blocks
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.S)
_BLOCK = re.compile(r"[{};]")
_DECLARED = re.compile(r"(?:^|;)\s*(display|visibility|opacity|font-size)\s*:([^;]{0,100})", re.I)
_HIDES = {
    "display": re.compile("none"),
    "visibility": re.compile("hidden|collapse"),
    "opacity": re.compile(r"0*\.?0*%?"),
    "font-size": re.compile(r"0*\.?0*(?:px|pt|em|rem|%)?"),
}
_COMPOUND = re.compile(r"(?:[\w-]+|\*)?(?:[.#][\w-]+)*")
_PART = re.compile(r"[.#]?(?:[\w-]+|\*)")
_DYNAMIC = re.compile(r":(?:hover|focus|active|checked|target|visited|before|after)", re.I)
_LOOSE = re.compile(r"\[[^\]]*\]|:{1,2}[\w-]+(?:\([^)]*\))?")  # what narrows a selector beyond what is followed here
_EVERY_SCREEN = re.compile(r"(?:(?:only )?(?:all|screen))?", re.I)
_INLINE = (1, 0, 0, 0)  # above every selector

Weight = tuple[int, ...]  # important, inline, ids, classes, tags, place


@dataclass(frozen=True, slots=True)
class _Rule:
    tag: str
    id: str
    classes: frozenset[str]
    property: str
    hides: bool
    weight: Weight
    sure: bool  # whether it holds wherever its selector does

    def fits(self, tag: str, id: str, classes: frozenset[str]) -> bool:
        return self.tag in ("", tag) and self.id in ("", id) and self.classes <= classes


class StyleSheet:
    """The rules of a page that decide what is seen."""

    def __init__(self, sheets: Iterator[tuple[str, str]]) -> None:
        """`sheets` are the page's own style sheets, in their order: for which media, and the rules."""
        self._rules: list[_Rule] = []
        self._known: dict[tuple[str, str, str], list[_Rule]] = {}
        left = _LONGEST
        for media, css in sheets:
            if not _for_print(media):
                self._take(_COMMENT.sub(" ", css[:left]), sure=bool(_EVERY_SCREEN.fullmatch(media.strip())), depth=0)
                left = max(left - len(css), 0)

    def __bool__(self) -> bool:
        return any(rule.hides for rule in self._rules)

    def hides(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Whether an element is not displayed, by these rules and its own style."""
        said = (tag, attributes.get("id") or "", attributes.get("class") or "")
        if said not in self._known:
            classes = frozenset(said[2].split())
            self._known[said] = [rule for rule in self._rules if rule.fits(tag, said[1], classes)]
        own = [_Rule("", "", frozenset(), *declared, True) for declared in _declared(attributes.get("style") or "")]
        rules = [*self._known[said], *own]
        return any(_hidden([rule for rule in rules if rule.property == name]) for name in _HIDES)

    def _take(self, css: str, *, sure: bool, depth: int) -> None:
        at = 0
        while (mark := _BLOCK.search(css, at)) and len(self._rules) < _RULES:
            head, at = css[at : mark.start()].strip(), mark.end()
            if mark.group() != "{":
                continue
            end = _end(css, at)
            inside, at = css[at:end], end + 1
            if not head.startswith("@"):
                self._rule(head, inside, sure)
            elif head.lower().startswith("@media") and depth < _DEPTH and not _for_print(head[6:]):
                self._take(inside, sure=sure and bool(_EVERY_SCREEN.fullmatch(head[6:].strip())), depth=depth + 1)
            elif head.lower().startswith(("@supports", "@layer", "@container")) and depth < _DEPTH:
                self._take(inside, sure=False, depth=depth + 1)

    def _rule(self, selectors: str, inside: str, sure: bool) -> None:
        declared = list(_declared(inside))
        for selector in selectors.split(",") if declared else ():
            followed = sure
            if len(selector := selector.strip()) > _SELECTOR:
                continue
            if not _COMPOUND.fullmatch(selector):
                if _DYNAMIC.search(selector):
                    continue
                selector = (re.split(r"[\s>+~]+", _LOOSE.sub("", selector)) or [""])[-1]
                followed = False
                if not _COMPOUND.fullmatch(selector):
                    continue
            parts = _PART.findall(selector)
            ids = [part[1:] for part in parts if part[0] == "#"]
            classes = frozenset(part[1:] for part in parts if part[0] == ".")
            tag = next((part.lower() for part in parts if part[0] not in ".#*"), "")
            if (not parts and followed) or len(set(ids)) > 1 or len(self._rules) >= _RULES:
                continue
            place = (0, len(ids), len(classes), bool(tag), len(self._rules))
            for name, hides, (important, *_) in declared:
                weight = (important, *map(int, place))
                self._rules.append(_Rule(tag, "".join(ids[:1]), classes, name, hides, weight, followed))


def _declared(declarations: str) -> Iterator[tuple[str, bool, Weight]]:
    """What declarations say of being seen: property, whether it hides, and its weight if they are an element's own."""
    for place, (name, value) in enumerate(_DECLARED.findall(declarations[:_LONGEST])):
        value, important, _ = value.strip().lower().partition("!important")
        value = value.strip()
        hides = bool(value) and bool(_HIDES[name.lower()].fullmatch(value)) and value not in (".", "%")
        yield name.lower(), hides, (int(bool(important)), *_INLINE, place)


def _hidden(rules: list[_Rule]) -> bool:
    """Whether the heaviest of the rules on one property hides, and none that cannot be judged may show."""
    sure = max((rule for rule in rules if rule.sure), key=lambda rule: rule.weight, default=None)
    if sure is None or not sure.hides:
        return False
    return not any(not rule.sure and not rule.hides and rule.weight[:2] >= sure.weight[:2] for rule in rules)


def _for_print(media: str) -> bool:
    return media.strip().lower() in ("print", "only print", "speech")


def _end(css: str, at: int) -> int:
    """Where the block that begins at `at` ends."""
    depth = 1
    for mark in re.compile("[{}]").finditer(css, at):
        depth += 1 if mark.group() == "{" else -1
        if not depth:
            return mark.start()
    return len(css)
