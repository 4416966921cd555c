"""Plain text: offsets into the file with its newlines untouched, pages of our own that show every word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legalqa.ingest import PageImages, Reader, Unreadable, typeset
from legalqa.ingest.formats.text import decoded
from legalqa.values.document import Region
from tests.ingest.conftest import LEASE, Read, sha256


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_text_is_the_file(tmp_path: Path, read: Read, newline: str) -> None:
    path = tmp_path / "lease.txt"
    path.write_bytes(newline.join([*LEASE, "", "§ 5 “quoted” – naïve\tend", ""]).encode())
    document = read(path)
    with path.open(newline="", encoding="utf-8") as file:
        assert document.text == file.read()
    assert not document.paged
    words = [document.text[word.start : word.end] for page in document.pages for word in page.words]
    assert words == document.text.split()
    assert [section.path[-1] for section in document.sections] == [
        "ARTICLE 4 RENT",
        "4.1 Base Rent",
        "4.2 Late Charges",
    ]


def test_a_byte_order_mark_counts_as_a_character_and_is_no_word(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "marked.txt"
    path.write_bytes("Rent is due.".encode("utf-8-sig"))
    document = read(path)
    assert document.text == path.read_text(encoding="utf-8")
    assert document.pages[0].words[0].start == 1


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-32"])
def test_other_encodings_are_recognised(tmp_path: Path, read: Read, encoding: str) -> None:
    text = "The Tenant’s café pays “Base Rent” under § 4.2 of the Lease, as amended, to the Landlord’s bank. " * 5
    path = tmp_path / "old.txt"
    path.write_bytes(text.encode(encoding))
    assert read(path).text == text


def test_form_feeds_make_the_pages_the_files_own(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "transcript.txt"
    path.write_text("1 Q. Your name?\n2 A. Smith.\f1 Q. When?\n" + "line\n" * 80)
    document = read(path)
    assert document.paged
    assert len(document.pages) == 2
    second = document.pages[1]
    assert document.text[second.start :].startswith("1 Q. When?")
    assert second.height > typeset.HEIGHT
    assert all(word.y1 <= second.height for word in second.words)


def test_an_empty_file_is_one_blank_page(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(b"")
    document = read(path)
    assert document.text == ""
    assert [page.source for page in document.pages] == ["blank"]
    assert document.chunks == ()


def test_binary_data_is_no_text(tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "program.txt"
    path.write_bytes(b"\x7fELF\x00\x01\xff\xfe\x00")
    with pytest.raises(Unreadable) as caught:
        reader.read(path, sha256(path))
    assert caught.value.state == "unsupported"


text_alphabet = st.characters(codec="utf-8", exclude_categories=["Cs"])


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.text(text_alphabet, max_size=200) | st.sampled_from(["\n", "\r\n", "\t", "\f", "w" * 120]), max_size=60)
)
def test_pages_tile_the_text_and_show_every_word(parts: list[str]) -> None:
    text = "".join(parts)
    pages = list(typeset.pages_of(text))
    assert "".join(content for _, content in pages) == text
    shown = []
    for number, (page, content) in enumerate(pages, start=1):
        assert page.number == number
        assert page.end == len(content)
        last = 0
        for word in page.words:
            assert last <= word.start < word.end <= len(content)
            last = word.end
            assert 0 <= word.x0 < word.x1 <= page.width
            assert 0 <= word.y0 < word.y1 <= page.height
            shown.append(content[word.start : word.end])
    assert "".join(shown) == "".join(text.replace("\ufeff", " ").split())


def test_hidden_words_are_drawn_unlike_the_others(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "lease.txt"
    path.write_text("Rent\nRent \u2713")
    plain = read(path)
    document = replace(plain, regions=(Region("hidden", 5, 11, "comment"),))
    images = PageImages()
    image = images.render(document, 1, 2.0)
    images.close()
    darkest = []
    for word in document.pages[0].words:
        rows = range(int(2 * word.y0), int(2 * word.y1))
        row = [image.rgb[3 * (y * image.width + x)] for y in rows for x in range(int(2 * word.x0), int(2 * word.x1))]
        darkest.append(min(row))
    assert darkest[0] < 60
    assert all(100 < shade < 200 for shade in darkest[1:])


def test_words_are_drawn_where_their_boxes_are(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "lease.txt"
    path.write_text("\n".join(LEASE))
    document = read(path)
    images = PageImages()
    image = images.render(document, 1, 2.0)
    images.close()
    assert (image.width, image.height) == (1224, 1584)
    assert len(image.rgb) == 3 * image.width * image.height
    covered = set()
    for word in document.pages[0].words:
        inside = [
            (x, y)
            for y in range(int(2 * word.y0), int(2 * word.y1))
            for x in range(int(2 * word.x0) - 1, int(2 * word.x1) + 1)
        ]
        dark = [place for place in inside if image.rgb[3 * (place[1] * image.width + place[0])] < 128]
        assert dark, "the word is drawn"
        covered.update(dark)
    total = sum(image.rgb[index] < 128 for index in range(0, len(image.rgb), 3))
    assert len(covered) == total, "nothing is drawn outside the boxes"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Plaintiff José Peña", "cp1252"),
        ("Señor Muñoz agreed to pay € 5,000 by August 1, 2020.", "cp1252"),
        ("Société Générale s'est engagée à régler la créance échue; le délai a été prorogé jusqu'à Noël.", "cp1252"),
        ("Spółka zobowiązuje się zapłacić należność w terminie trzydziestu dni. Źródło: łódź, żółć, gęś.", "cp1250"),
        ("Арендатор обязуется уплачивать арендную плату ежемесячно не позднее первого числа.", "cp1251"),
    ],
)
def test_names_keep_their_letters(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text
