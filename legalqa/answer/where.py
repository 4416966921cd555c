"""The filter language of ``--where``: ``type=lease date>=2019-01-01 party="Harbor Point" page=3``.

Terms stand side by side and must all hold. A value with spaces is put in double quotes; inside them a quote mark or
a backslash is written after a backslash. A date may be a day, a month or a year; a Bates number may be a range
("HARBOR000101-114"). `type=agreement` finds agreements of every kind but leases, NDAs and amendments, `type=pleading`
complaints, answers, motions and briefs (see `legalqa.values.types`); other types mean themselves. `path` is a folder,
a file or any run of neighbouring folders on the way to one; `parent` is the e-mail or archive that a document came in.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import cast, get_args

from legalqa.errors import UserError
from legalqa.values import bates
from legalqa.values.answer import Condition, Field, Operator
from legalqa.values.types import FAMILIES, TYPES

FIELDS: tuple[Field, ...] = get_args(Field)
_ORDERED: tuple[Field, ...] = ("date", "page", "bates")
_HEAD = re.compile(r"\s*([^\s=<>!\"]+)\s*(<=|>=|!=|=|<|>)\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?=\s|$)', re.DOTALL)
_BARE = re.compile(r'[^\s"]+(?=\s|$)')
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
_PAGE = re.compile(r"\d{1,9}", re.ASCII)
_YES = {"yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no"}
_EXAMPLE = 'For example: type=lease date>=2019-01-01 party="Harbor Point" page=3 bates=HARBOR000101 document=lease.pdf'


def parse(text: str) -> tuple[Condition, ...]:
    """The conditions of a filter, in the order in which they were written; () for an empty one.

    Raises UserError naming the unknown field with the nearest known ones, the operator that does not fit, the date or
    page that is none, or the quote that is not closed.
    """
    conditions = []
    position = 0
    text = text.replace("“", '"').replace("”", '"').rstrip()
    while position < len(text):
        head = _HEAD.match(text, position)
        if head is None:
            raise _wrong(f"{text[position:].strip()!r} is not of the form field=value.")
        value, position = _value(text, head)
        conditions.append(_checked(head.group(1), head.group(2), value))
    return tuple(conditions)


def settled(conditions: Sequence[Condition], files: Mapping[str, str | None]) -> tuple[Condition, ...]:
    """The conditions with `path` and `parent` in terms of the documents that they mean.

    `files` are the matter's files by path, with the ids of their documents. Raises UserError for a folder, file or
    container that the matter does not know, with the nearest that it does.
    """
    return tuple(
        Condition("document", condition.operator, condition.value, _below(condition, files))
        if condition.field in ("path", "parent")
        else condition
        for condition in conditions
    )


def with_hidden(conditions: Sequence[Condition], hidden: bool) -> tuple[Condition, ...]:
    """The conditions as they are searched by: text that cannot be seen on its page only where it is asked for."""
    asked = hidden or any(condition.field == "hidden" for condition in conditions)
    return (*conditions, *(() if asked else (Condition("hidden", "!=", "yes"),)))


def require(conditions: Sequence[Condition], field: Field, key: Callable[[str], str], known: Mapping[str, str]) -> None:
    """Raise UserError for a value of `field` that no document has, with the nearest that one has.

    `known` are the values by what they are compared by, which `key` makes of a value. What is excluded ("!=") may be
    unknown.
    """
    for condition in conditions:
        if condition.field == field and condition.operator == "=" and key(condition.value) not in known:
            near = difflib.get_close_matches(key(condition.value), known, n=6, cutoff=0.6)
            meant = list(dict.fromkeys(known[one] for one in near))[:3]
            what = {"party": "the party", "document": "a document"}.get(field, field)
            raise _wrong(
                f"no document of the matter {'has' if field == 'party' else 'is'} {what} {condition.value!r}"
                + (f", did you mean {' or '.join(meant)}?" if meant else ".")
            )


def _below(condition: Condition, files: Mapping[str, str | None]) -> tuple[str, ...]:
    """Ids of the documents that lie under a run of folders, or inside a container."""
    wanted = _steps(condition.value)
    known = {tuple(_steps(path)) for path in files}
    inside: list[str] = []
    for path, id in files.items():
        steps = _steps(path)
        ends = [at + len(wanted) for at in range(len(steps)) if steps[at : at + len(wanted)] == wanted]
        if condition.field == "parent":
            ends = [end for end in ends if end < len(steps) and tuple(steps[:end]) in known]
        if ends and wanted and id is not None:
            inside.append(id)
    if inside:
        return tuple(dict.fromkeys(inside))
    names = sorted({step for path in files for step in re.split(r"[\\/]", path)[:-1] if step})
    near = difflib.get_close_matches(condition.value, names, n=3, cutoff=0.5)
    what = "e-mail or archive with files in it" if condition.field == "parent" else "folder or file"
    raise _wrong(
        f"the matter knows no {what} {condition.value!r}" + (f", did you mean {' or '.join(near)}?" if near else ".")
    )


def _steps(path: str) -> list[str]:
    return [step.casefold() for step in re.split(r"[\\/]", path) if step not in ("", ".")]


def unparse(conditions: Sequence[Condition]) -> str:
    """The filter as text: ``parse(unparse(conditions)) == conditions``."""
    return " ".join(f"{term.field}{term.operator}{_written(term.value)}" for term in conditions)


def _value(text: str, head: re.Match[str]) -> tuple[str, int]:
    """The value after an operator, and where it ends."""
    begin = head.end()
    quoted = text.startswith('"', begin)
    match = (_QUOTED if quoted else _BARE).match(text, begin)
    if match is None and quoted:
        raise _wrong(f"The quote after {head.group().strip()!r} is not closed, or something follows it directly.")
    if match is None and begin < len(text):
        raise _wrong(f"There is a stray quote in the value after {head.group().strip()!r}.")
    value = "" if match is None else re.sub(r"\\(.)", r"\1", match.group(1), flags=re.S) if quoted else match.group()
    if match is None or not value.strip():
        raise _wrong(f"There is no value after {head.group().strip()!r}.")
    return value, match.end()


def _checked(name: str, sign: str, value: str) -> Condition:
    field = name.lower()
    if field not in FIELDS:
        near = difflib.get_close_matches(field, FIELDS, n=1)
        raise _wrong(f"Unknown field {name!r}" + (f", did you mean {near[0]!r}?" if near else "."))
    if sign not in ("=", "!=") and field not in _ORDERED:
        raise _wrong(f"{field} can be compared with = and != only, not with {sign}.")
    if field == "date" and not _is_date(value):
        raise _wrong(f"{value!r} is not a date: write 2019-03-01, 2019-03 or 2019.")
    if field == "page" and (_PAGE.fullmatch(value) is None or int(value) < 1):
        raise _wrong(f"{value!r} is not a page number: pages are counted from 1.")
    if field == "hidden":
        if value.lower() not in _YES:
            raise _wrong(f"hidden is yes or no, not {value!r}.")
        value = _YES[value.lower()]
    if field == "type":
        _check_type(value)
    if field == "bates":
        _check_bates(sign, value)
    return Condition(field, cast(Operator, sign), value)


def _check_type(value: str) -> None:
    """No document has a type that is not known: it would find nothing, and look as if there were nothing."""
    wanted = " ".join(value.split()).casefold()
    if wanted in TYPES:
        return
    near = difflib.get_close_matches(wanted, sorted(TYPES), n=2, cutoff=0.6)
    families = "; ".join(f"{name} finds {', '.join(kinds)}" for name, kinds in FAMILIES.items())
    meant = f", did you mean {' or '.join(near)}?" if near else "."
    raise _wrong(f"No document has the type {value!r}{meant} Of families, {families}.")


def _check_bates(sign: str, value: str) -> None:
    """A range must have two ends in order and cannot be excluded; what is compared must be a prefix with digits."""
    try:
        ends = bates.span(value)
    except ValueError:
        raise _wrong(f"{value!r} is not a range of Bates numbers: write HARBOR000101-HARBOR000114.") from None
    if ends and sign != "=":
        raise _wrong(f"a range of Bates numbers such as {value!r} can be compared with = only.")
    if sign not in ("=", "!=") and bates.parts(value)[1] is None:
        raise _wrong(f"{value!r} is not a Bates number with prefix and digits.")


def _is_date(value: str) -> bool:
    if _DATE.fullmatch(value) is None:
        return False
    year, month, day = ([int(part) for part in value.split("-")] + [1, 1])[:3]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return year < 9999  # the day after it must be a date, too


def _written(value: str) -> str:
    if _BARE.fullmatch(value) and "“" not in value and "”" not in value:
        return value
    escaped = re.sub(r'(["\\])', r"\\\1", value)
    return f'"{escaped}"'


def _wrong(what: str) -> UserError:
    return UserError(f"The filter cannot be understood: {what}", hint=f"Fields: {', '.join(FIELDS)}. {_EXAMPLE}")
