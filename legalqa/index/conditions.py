"""`Condition`s (the terms of ``--where``) as an index can carry them out, whichever engine it is."""

from __future__ import annotations

import calendar
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from legalqa.index.vectors import folded, party_key
from legalqa.values import bates
from legalqa.values.answer import Condition
from legalqa.values.types import kinds_of


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison on a payload key: `value` (equality), `among` (any of these), or bounds by "gte", "gt", "lte",
    "lt".
    """

    key: str
    negated: bool = False
    value: str | int | None = None
    numbers: dict[str, float] | None = None
    times: dict[str, str] | None = None
    among: tuple[str, ...] = ()


def terms(conditions: Sequence[Condition]) -> list[Term]:
    """What must hold, all of it.

    Conditions are taken as valid: `legalqa.answer.where.parse` has checked them. Raises ValueError otherwise.
    """
    return [term for condition in conditions for term in _terms(condition)]


def days(value: str) -> tuple[date, date]:
    """The first day of an ISO 8601 day, month or year, and the first day after it. Raises ValueError."""
    parts = [int(part) for part in value.split("-")]
    first = date(*[*parts, 1, 1][:3])
    match len(parts):
        case 1:
            length = 366 if calendar.isleap(first.year) else 365
        case 2:
            length = calendar.monthrange(first.year, first.month)[1]
        case 3:
            length = 1
        case _:
            raise ValueError("not a date")
    return first, first + timedelta(days=length)


def _terms(condition: Condition) -> list[Term]:
    negated = condition.operator == "!="
    if condition.among:
        return [Term(condition.field, negated, among=condition.among)]
    match condition.field:
        case "date":
            return [Term("date", negated, times=_day_bounds(condition))]
        case "page":
            number = int(condition.value)
            if condition.operator in ("=", "!="):
                return [Term("page", negated, value=number)]
            return [Term("page", numbers={_BOUND[condition.operator]: float(number)})]
        case "party":
            return [Term("party", negated, value=party_key(condition.value))]
        case "type":
            kinds = kinds_of(folded(condition.value))
            return [Term("type", negated, among=kinds) if len(kinds) > 1 else Term("type", negated, value=kinds[0])]
        case "bates":
            return _bates_terms(condition, negated)
        case field:
            return [Term(field, negated, value=folded(condition.value))]


def _bates_terms(condition: Condition, negated: bool) -> list[Term]:
    bounds: dict[str, float] = {}
    if condition.operator in _BOUND:
        prefix, number = bates.parts(condition.value)
        if number is None:
            raise ValueError("not a Bates number")
        bounds = {_BOUND[condition.operator]: float(number)}
    elif (ends := bates.span(condition.value)) is not None:
        prefix, first, last = ends
        bounds = {"gte": float(first), "lte": float(last)}
    else:
        return [Term("bates", negated, value=bates.key(condition.value))]
    return [Term("bates_prefix", value=prefix), Term("bates_number", numbers=bounds)]


_BOUND = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt"}


def _day_bounds(condition: Condition) -> dict[str, str]:
    """A year or month is a span of days: `>` is after all of it, `<` before all of it."""
    first, after = (f"{day.isoformat()}T00:00:00Z" for day in days(condition.value))
    match condition.operator:
        case ">=":
            return {"gte": first}
        case ">":
            return {"gte": after}
        case "<":
            return {"lt": first}
        case "<=":
            return {"lt": after}
        case _:
            return {"gte": first, "lt": after}


def holds(payload: Mapping[str, object], conditions: Sequence[Condition]) -> bool:
    """Whether a payload (`Point.payload`) meets all conditions, as the index itself would decide it."""
    return all(_met(term, payload) for term in terms(conditions))


def _met(term: Term, payload: Mapping[str, object]) -> bool:
    stored = payload.get(term.key)
    values = stored if isinstance(stored, list) else [] if stored is None else [stored]
    if term.among:
        met = any(value in term.among for value in values)
    elif term.value is not None:
        met = term.value in values
    else:
        bounds: Mapping[str, Any] = term.numbers or term.times or {}
        met = any(all(_COMPARED[bound](value, limit) for bound, limit in bounds.items()) for value in values)
    return met != term.negated


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}
