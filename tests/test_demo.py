"""`legalqa demo`: the whole way on the sample matter that comes with the program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from legalqa import cli_demo
from tests.conftest import Run


def test_it_asks_three_questions() -> None:
    assert len(cli_demo.questions()) == 3
    assert all(question.endswith("?") for question in cli_demo.questions())


@pytest.mark.slow
@pytest.mark.models
def test_what_the_record_says_is_quoted_and_what_it_does_not_say_is_not_answered(run: Run, tmp_path: Path) -> None:
    ran = run("demo", "--json", "--page-images", tmp_path / "pages")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert [answer["status"] for answer in told["answers"]] == ["answered", "answered", "not_found"]
    assert told["answers"][0]["sentences"][0]["verdict"] == "verbatim"
    assert list((tmp_path / "pages" / "2").glob("*.png"))
