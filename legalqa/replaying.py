"""Questions of the audit file asked again: what is other than it was, and what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from legalqa.values.audit import AuditEntry, Replayed

_NAMES = {
    "model": "model", "generation": "file of the model", "embedding": "embedding model", "reranker": "reranker",
    "reader": "reader", "mode": "way of answering", "rerank": "number of candidates read",
    "passages": "number of passages", "answer_tokens": "length of an answer",
}  # fmt: skip
_SHOWN = 12  # characters of a hash


def compared(entry: AuditEntry, now: Mapping[str, Any]) -> Replayed:
    """An entry of a question held against what was recorded when it was asked again."""
    then = entry.details
    return Replayed(entry.number, str(then.get("question", "")), tuple(_differs(then, now)), tuple(_why(then, now)))


def _differs(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    found = []
    if then.get("status") != now.get("status"):
        found.append(f"it was “{then.get('status')}”, it is “{now.get('status')}”")
    was, is_ = _list(then, "sentences"), _list(now, "sentences")
    if [one.get("sha256") for one in was] != [one.get("sha256") for one in is_]:
        found.append(f"the sentences are others ({len(was)} then, {len(is_)} now)")
    elif [one.get("cites") for one in was] != [one.get("cites") for one in is_]:
        found.append("the sentences cite other places")
    if [one.get("verdict") for one in was] != [one.get("verdict") for one in is_]:
        found.append(f"the verdicts are others ({_verdicts(was)} then, {_verdicts(is_)} now)")
    if _list(then, "authorities") != _list(now, "authorities"):
        found.append("the authorities are others")
    if (found_passages := _passages(_list(then, "passages"), _list(now, "passages"))) is not None:
        found.append(found_passages)
    return found


def _passages(was: Sequence[Mapping[str, Any]], is_: Sequence[Mapping[str, Any]]) -> str | None:
    if list(was) == list(is_):
        return None
    texts = {one.get("sha256") for one in was}
    same = sum(one.get("sha256") in texts for one in is_)
    order = " in another order" if same == len(was) == len(is_) else ""
    return f"the passages are others: {same} of {len(was)} are among those found now{order}"


def _why(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    found = []
    was, is_ = then.get("models") or {}, now.get("models") or {}
    for name in dict.fromkeys([*was, *is_]):
        if was.get(name) != is_.get(name):
            what = _NAMES.get(name, name)
            found.append(f"another {what}: {_short(was.get(name))} then, {_short(is_.get(name))} now")
    index_then, index_now = then.get("index") or {}, now.get("index") or {}
    if index_then.get("documents") != index_now.get("documents"):
        found.append(f"another index: {index_then.get('documents')} documents then, {index_now.get('documents')} now")
    elif index_then != index_now:
        found.append("another index: other documents, or the same ones read otherwise")
    if then.get("program") != now.get("program"):
        found.append(f"another version of LegalQA: {then.get('program')} then, {now.get('program')} now")
    return found


def _list(details: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = details.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _verdicts(sentences: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(str(one.get("verdict")) for one in sentences) or "none"


def _short(value: object) -> str:
    text = str(value or "none")
    return text[:_SHOWN] + "…" if len(text) == 64 else text


def replayed(entry: AuditEntry, again: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Replayed:
    """The entry asked `again`, which records it and returns what it recorded; skipped if it is no whole question."""
    question = str(entry.details.get("question", ""))
    if entry.event != "ask":
        return Replayed(entry.number, question, skipped=f"it is no question ({entry.event})")
    if entry.details.get("stopped"):
        return Replayed(entry.number, question, skipped="it was stopped before the answer was complete")
    return compared(entry, again(entry.details))
