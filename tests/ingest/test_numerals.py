"""Roman numerals of a scanned list are set right by their sequence, and by nothing else."""

from __future__ import annotations

import pytest

from legalqa.ingest.scans import numerals
from legalqa.ingest.scans.ocr import OcrWord


def lines(*firsts: str) -> list[list[OcrWord]]:
    """Lines that begin with these words."""
    return [[OcrWord(first, 0, 0, 9, 9, 80), OcrWord("Scope", 12, 0, 40, 9, 90)] for first in firsts]


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("I. Il. Ill. IV.", "I. II. III. IV."),
        ("V. VI. VIL Vill. IX.", "V. VI. VII VIII. IX."),
        ("(I) (Il)", "(I) (II)"),
        ("The Il. and III.", "The II. and III."),  # by what follows
        ("Il. Ill.", "II. III."),  # each bears the other out
        ("See Ill. App.", "See Ill. App."),  # Illinois
        ("I. Ill. App.", "I. Ill. App."),  # not the next one
        ("IV. Il. and", "IV. Il. and"),
        ("ii. ill. iv.", "ii. ill. iv."),
        ("XXXIX. XL. XLI.", "XXXIX. XL. XLI."),
    ],
)
def test_misread_numerals_are_set_right_in_sequence(read: str, written: str) -> None:
    assert [line[0].text for line in numerals.in_sequence(lines(*read.split()))] == written.split()


def test_a_numeral_that_stands_alone_is_left() -> None:
    alone = [line[:1] for line in lines("I.", "Il.")]
    assert numerals.in_sequence(alone) == alone


def test_only_the_text_of_the_first_word_changes() -> None:
    before = lines("I.", "Il.")
    after = numerals.in_sequence(before)
    assert after[0] == before[0]
    assert after[1] == [OcrWord("II.", 0, 0, 9, 9, 80), before[1][1]]
