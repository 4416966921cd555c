"""A reference reading of our grammars, independent of llama.cpp: GBNF without recursion → a Python regular expression.

Knows what `legalqa.answer.grammar` uses: literals, character classes, groups, alternatives and repetition.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?P<literal>[^"]*)"|(?P<set>\[[^\]]*\])|(?P<rule>[a-z]+)|(?P<sign>[()|?*+]|\{\d+,\d+\})|\s+')


def to_regex(grammar: str, root: str = "root") -> re.Pattern[str]:
    """The expression whose full matches are what rule `root` admits. Raises ValueError for what is not GBNF."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.splitlines() if line.strip())
    return re.compile(_expanded(rules, root))


def _expanded(rules: dict[str, str], name: str) -> str:
    body, position, out = rules[name], 0, ""
    while position < len(body):
        match = _TOKEN.match(body, position)
        if match is None:
            raise ValueError(f"not GBNF at {position} of rule {name}")
        position = match.end()
        if match["literal"] is not None:
            out += f"(?:{re.escape(match['literal'])})"
        elif match["rule"]:
            out += _expanded(rules, match["rule"])
        else:
            out += match["set"] or match["sign"] or ""
    return f"(?:{out})"
