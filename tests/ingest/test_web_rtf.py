"""Web pages and RTF files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legalqa.ingest import limits
from legalqa.ingest.formats import rtf, stylesheet, web
from tests.ingest.formats import found

PAGE = """<!DOCTYPE html><html><head><title>Notice &amp; Order</title><style>p {}</style></head><body>
<h1>ORDER</h1><p>It is  <b>ordered</b>
that the motion is <i>granted</i>.</p><script>alert(1)</script>
<div style="color:red; display: none">secret words</div><p hidden>more</p>
<ol type="a"><li>First<li>Second<ul><li>inner</ul></ol>
<table><tr><th>Year<th>Rent<tr><td>1<td>$5<br>net</table>after <a href=x>link</a>,end<br>line 2
<table><tr><td><table><tr><td>layout</td></tr></table></td></tr></table></body></html>"""


def test_a_page_is_read_as_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "order.html").write_text(PAGE)
    result = found(tmp_path / "order.html")
    assert result.opened is not None
    assert result.opened.title == "Notice & Order"
    assert result.text == (
        "ORDER\n\nIt is ordered that the motion is granted.\n\na. First\nb. Second\n\n• inner\n\n"
        "Year | Rent\n1 | $5 net\n\nafter link,end\nline 2\n\nlayout\n\nsecret words\n\nmore\n\n"
    )
    assert result.regions("table") == [("Year | Rent\n1 | $5 net", "Year | Rent")]
    assert result.regions("hidden") == [("secret words", "not displayed"), ("more", "not displayed")]


@pytest.mark.parametrize(
    ("css", "element", "hidden"),
    [
        (".x{display:none}", "<p class=x>", True),
        (".x{display:none}", "<p class='y x'>", True),
        (".x{display:none}", "<p class=xy>", False),
        ("#memo, .y { color: red; visibility : hidden }", "<p id=memo>", True),
        ("aside{DISPLAY:NONE!important}", "<aside>", True),
        ("p.x{display:none}", "<div class=x>", False),
        (".x{opacity:0}", "<p class=x>", True),
        (".x{opacity:0.5}", "<p class=x>", False),
        (".x{font-size:0px}", "<p class=x>", True),
        (".x{display:none} .x{display:block}", "<p class=x>", False),
        ("p.x{display:none} .x{display:block}", "<p class=x>", True),
        (".x{display:none}", "<p class=x style='display:block'>", False),
        (".x{display:none !important}", "<p class=x style='display:block'>", True),
        ("/* .x{display:none} */", "<p class=x>", False),
        ("@media print{.x{display:none}}", "<p class=x>", False),
        ("@media screen{.x{display:none}}", "<p class=x>", True),
        ("@media (max-width:9px){.x{display:none}}", "<p class=x>", False),
        (".x{display:none} @media (min-width:9px){.x{display:block}}", "<p class=x>", False),  # cannot be told
        (".x{display:none} .open .x{display:block}", "<p class=x>", False),  # cannot be told
        (".x{display:none} .x:hover{display:block}", "<p class=x>", True),
        (".menu .x{display:none}", "<p class=x>", False),
        ("@import 'a.css'; .x{display:none", "<p class=x>", True),
        ("}{ .x{display:none}", "<p class=x>", False),
    ],
)
def test_what_the_style_sheet_of_a_page_hides_is_not_displayed(css: str, element: str, hidden: bool) -> None:
    written, _ = web.written_of(f"<style>{css}</style><p>The rent is $5.</p>{element}Never agree.")
    said = [written.text[region.start : region.end] for region in written.regions if region.kind == "hidden"]
    assert said == (["Never agree."] if hidden else [])
    assert written.text.split("\n\n")[:2] == ["The rent is $5.", "Never agree."]


def test_a_row_that_the_style_sheet_hides_is_in_no_table() -> None:
    written, _ = web.written_of(
        "<style>.x{display:none}</style><table><tr><td>Year<td>Rent<tr class=x><td>Never<td>agree</table>"
    )
    assert [(r.kind, written.text[r.start : r.end]) for r in written.regions] == [("hidden", "Never agree")]


@given(st.text("{}.#x:;,@ >*/\\'\"!", max_size=60) | st.text(max_size=40), st.text("x y", max_size=4))
def test_no_style_sheet_breaks_a_page(css: str, name: str) -> None:
    sheet = stylesheet.StyleSheet(iter((("", css + "{display:none}"), ("", ".x{display:none}" * 600))))
    assert isinstance(sheet.hides("p", {"class": name, "style": css}), bool)


@pytest.mark.parametrize(
    "css", ["[" * 400_000, "@media" + " " * 400_000 + "x", "{" * 400_000, ".a," * 150_000, "/*" * 200_000]
)
def test_a_hostile_style_sheet_is_soon_done_with(css: str) -> None:
    sheet = stylesheet.StyleSheet(iter([("", f"{css}{{display:none}}"), (" " * 400_000, "p{display:none}")]))
    assert sheet.hides("b", {}) is False


def test_the_encoding_that_a_page_names_is_used(tmp_path: Path) -> None:
    (tmp_path / "a.htm").write_bytes('<meta charset="windows-1252"><p>“Café” § 5'.encode("cp1252"))
    assert "“Café” § 5" in found(tmp_path / "a.htm").text


def test_a_page_ten_thousand_elements_deep(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text("<div>" * 20_000 + "bottom" + "<ol>" * 5000)
    assert "bottom" in found(tmp_path / "deep.html").text


TAGS = st.sampled_from(
    ["<p>", "</p>", "<td>", "<table>", "</table>", "<li>", "<ol>", "<br>", "<tr>", "<b hidden>", "<"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TAGS | st.text(max_size=20), max_size=30))
def test_regions_of_any_page_cover_words(parts: list[str]) -> None:
    written, _ = web.written_of("".join(parts))
    for region in written.regions:
        covered = written.text[region.start : region.end]
        assert covered == covered.strip() != ""


RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset204 Cyr;}}
{\stylesheet{\s0 Normal;}}{\info{\title Secret title}}
{\header Harbor Point Lease\par}{\footer Page {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}
{\listtext 4.2\tab}Late Charges. Due in {\deleted thirty}{\revised ten} days\'2c \ldblquote caf\'e9\rdblquote  \u8211?
 \f1\'e4\'e0\f0
{\footnote First note.} after.\par
Visible {\v hidden words}text.{\*\atnid x}{\annotation Never agree.}\par
\trowd\cellx100\cellx200\intbl Year\cell Rent\cell\row\intbl 1\cell $5\par net\cell\row\pard
{\pict\pngblip 89504e47}{\pict\bin4 ab}}}\emdash The end.\par}"""


def test_rtf_keeps_notes_and_leaves_out_what_was_deleted(tmp_path: Path) -> None:
    (tmp_path / "a.rtf").write_bytes(RTF)
    result = found(tmp_path / "a.rtf")
    assert result.text == (
        "Harbor Point Lease\n\n4.2\tLate Charges. Due in ten days, “café” – да after.\n\nVisible text.\n\n"
        "Year | Rent\n1 | $5 net\n\n—The end.\n\n1 First note.\n\nPage 1\n\nhidden words\n\nNever agree.\n\n"
    )
    assert result.regions("header") == [("Harbor Point Lease", "")]
    assert result.regions("footnote") == [("1 First note.", "1")]
    assert result.regions("footer") == [("Page 1", "")]
    assert result.regions("table") == [("Year | Rent\n1 | $5 net", "Year | Rent")]
    assert result.regions("hidden") == [("hidden words", "hidden by its format"), ("Never agree.", "comment")]


CONTROLS = (
    *(b"{", b"}", b"\\par ", b"\\'e9", b"\\u-10", b"\\uc3 ", b"\\bin9 ", b"{\\*\\x ", b"a b", b"\\footnote ", b"\\v "),
    *(b"\\cell ", b"\\row ", b"\\header ", b"\\shptxt ", b"\\"),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(CONTROLS)))
def test_no_rtf_breaks_the_reader(parts: list[bytes]) -> None:
    written = rtf.written_of(b"{\\rtf1 " + b"".join(parts))
    for region in written.regions:
        assert written.text[region.start : region.end].strip()


def test_groups_without_end_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.rtf").write_bytes(b"{\\rtf1 " + b"{" * 100_000)
    refused = found(tmp_path / "a.rtf").refused
    assert refused is not None
    assert "too deep" in refused.reason


def test_a_file_that_is_no_rtf_is_refused() -> None:
    with pytest.raises(limits.Refusal):
        rtf.written_of(b"plain words")
