"""How what was understood of a question is shown: one line for a person, one object for a program."""

from __future__ import annotations

import pytest

from legalqa.report import as_json, as_text
from legalqa.values.question import Mention, Scope, Understood

LEASE = Scope("1", 0.9, "named in the question", "Lease.pdf")
AMENDMENT = Scope("2", 0.4, "amends it", "Amend\x1b[31mment.pdf")


@pytest.mark.parametrize(
    ("scopes", "line"),
    [
        ((), "Understood as: who pays? — in the whole matter"),
        ((LEASE,), "Understood as: who pays? — in Lease.pdf (named in the question)"),
        ((AMENDMENT,), "Understood as: who pays? — perhaps in Amend [31mment.pdf (amends it)"),
        (
            (LEASE, AMENDMENT),
            "Understood as: who pays? — in Lease.pdf (named in the question); or Amend [31mment.pdf"
            " (choose with --scope)",
        ),
    ],
)
def test_one_line(scopes: tuple[Scope, ...], line: str) -> None:
    assert as_text.understood(Understood("In the lease, who\n pays?", "who\n pays?", scopes=scopes)) == line


def test_alternatives_of_a_name_are_offered() -> None:
    mention = Mention(3, 12, "document", "Lease.pdf", ("1",), ("Old lease.pdf", "Lease.pdf"))
    line = as_text.understood(Understood("In the lease, who pays?", "who pays?", (mention,), (LEASE,)))
    assert line.endswith("; or Old lease.pdf (choose with --scope)")


def test_one_object() -> None:
    mention = Mention(7, 12, "type", "lease", ("1",), ("Old lease.pdf",))
    value = Understood("In the lease, who pays?", "who pays?", (mention,), (LEASE,), ("remit",), ("as is",))
    assert as_json.understood(value) == {
        "text": "In the lease, who pays?",
        "core": "who pays?",
        "scopes": [
            {"document_id": "1", "document": "Lease.pdf", "score": 0.9, "reason": "named in the question"},
        ],
        "mentions": [
            {
                "start": 7,
                "end": 12,
                "kind": "type",
                "value": "lease",
                "document_ids": ["1"],
                "alternatives": ["Old lease.pdf"],
            }
        ],
        "expansions": ["remit"],
        "phrases": ["as is"],
    }
