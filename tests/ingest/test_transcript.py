"""Depositions: the witness, the attorneys, and the printed lines of a transcript in plain text."""

from __future__ import annotations

from legalqa.ingest.structure.transcript import line_regions, people


def page(number: int, *, top: str = "", said: str = "Q.  What then?") -> str:
    """A page of 25 numbered lines as court reporters' ASCII files have them."""
    lines = [f"{line:5d}   {said if line % 2 else 'A.  Nothing.'}" for line in range(1, 26)]
    return "\n".join([*([top.format(number)] if top else []), "", *lines, ""])


def lines_of(text: str) -> list[tuple[str, str]]:
    return [(region.detail, text[region.start : region.end]) for region in line_regions(text) if region.kind == "line"]


def test_lines_with_the_page_known() -> None:
    text = "\n".join(page(number, top="{:60d}") for number in range(44, 48))
    found = lines_of(text)
    assert len(found) == 100
    assert found[0] == ("44:1", "Q.  What then?")
    assert found[-1] == ("47:25", "Q.  What then?")
    numbers = [text[region.start : region.end] for region in line_regions(text) if region.kind == "line_number"]
    assert numbers[:3] == ["1", "2", "3"]
    assert len(numbers) == 100


def test_page_in_words() -> None:
    text = "\n".join(page(number, top="Page {}") for number in range(1, 4))
    assert {detail.split(":")[0] for detail, _ in lines_of(text)} == {"1", "2", "3"}


def test_page_unknown_or_not_in_step() -> None:
    assert lines_of("\n".join(page(0) for _ in range(3)))[0][0] == "1"
    text = "\n".join(page(number, top="{}") for number in (44, 45, 99))
    assert lines_of(text)[0][0] == "1"


def test_a_list_is_no_transcript() -> None:
    assert line_regions("1  rent\n2  taxes\n3  roof\n4  walls\n5  doors\n") == ()
    assert line_regions("\n".join(f"{number} | 07/15/2024 | Work | 375.00" for number in range(1, 30))) == ()
    assert line_regions("\n".join(f"{number}. A paragraph." for number in range(1, 30))) == ()


def test_people() -> None:
    text = (
        "DEPOSITION OF\nDANA R. OKAFOR\n\nDATE: March 18, 2025\n\n(DANA R. "
        "OKAFOR, having been duly sworn,\ntestified:)\n"
        "EXAMINATION BY MR. WHITCOMB:\nQ. Why?\n\nCROSS-EXAMINATION BY MS. BRANDT:\nQ. When?\n\n"
        "FURTHER EXAMINATION BY MR. WHITCOMB:\n"
    )
    found = people(text)
    assert [(one.field, one.value) for one in found] == [
        ("deponent", "DANA R. OKAFOR"),
        ("examiner", "MR. WHITCOMB"),
        ("examiner", "MS. BRANDT"),
    ]
    assert all(text[one.start : one.end] == one.value for one in found)
    assert people("DEPOSITION OF THE COMPANY") == ()
