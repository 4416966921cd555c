"""Walls between matters: whatever is asked of one, shown of it, kept of it or left by a crash holds no word of another.

Two matters are open in one process and are asked the same questions in turn, so that what is kept in memory (models,
prompts, facts, answers) could pass from one to the other if anything let it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from legalqa import Library, Matter
from legalqa.errors import LegalQAError, UserError
from legalqa.values.review import ReviewQuestion

ROOT = Path(__file__).parents[1]
QUESTIONS = (
    "What must the tenant pay?",
    "What does Premises mean?",
    "Give an overview.",
    "What is the name of the dog?",
)
LEASE = """LEASE OF {a} HOUSE

between {b} Holdings LLC (the "Landlord") and {c} Partners LLC (the "Tenant")

1. {d} Rent. The tenant {c} shall pay ${amount} per month to {b} on the first day of each month.

2. Definitions. "Premises" means the {e} building. "{f}" means the garden behind the {e} building.
"""
WORDS = {
    "cedar": dict(zip("abcdef", ("Quillon", "Brastow", "Vexmere", "Tarnholt", "Ospringe", "Wychelm"), strict=True)),
    "birch": dict(
        zip("abcdef", ("Drumlane", "Fenwhistle", "Karstead", "Morbeck", "Ullingham", "Zelcroft"), strict=True)
    ),
}
AMOUNTS = {"cedar": "4,811", "birch": "7,293"}


def words_of(name: str) -> list[str]:
    return [*(word.lower() for word in WORDS[name].values()), AMOUNTS[name]]


def others(name: str) -> list[str]:
    return words_of("birch" if name == "cedar" else "cedar")


def crossed(said: object, name: str) -> list[str]:
    """Words of the other matter in something that was said of this one."""
    text = repr(said).lower()
    return [word for word in others(name) if word in text]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, models_home: Path) -> Iterator[tuple[Library, dict[str, Matter]]]:
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models_home / "models")
    library = Library(home)
    matters: dict[str, Matter] = {}
    for name, words in WORDS.items():
        files = tmp_path_factory.mktemp(name)
        (files / f"{words['a']}.txt").write_text(LEASE.format(**words, amount=AMOUNTS[name]))
        library.create(name.capitalize())
        matters[name] = library.open(name)
        matters[name].index([files])
    yield library, matters
    for matter in matters.values():
        matter.close()


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_that_is_asked_or_kept_of_one_matter_holds_a_word_of_another(
    both: tuple[Library, dict[str, Matter]],
) -> None:
    library, matters = both
    said: dict[str, list[Any]] = {name: [] for name in matters}
    for question in QUESTIONS:
        for name, matter in matters.items():
            understood = matter.understand(question, history=("Who is the tenant?",))
            first, kept = matter.ask(question), matter.ask(question)
            assert kept.cached or first.stopped
            said[name] += [understood, first, replace(kept, ms={}), matter.search(question)]
    for name, matter in matters.items():
        ids = matter.documents_in()
        review = matter.review("Due diligence")
        review.set([ReviewQuestion("Rent", QUESTIONS[0])], ids)
        said[name] += [
            matter.suggestions(), matter.status(), matter.reviews(), matter.documents_in(), review.fill(),
            [matter.overview(id) for id in ids], [matter.sections(id) for id in ids], list(matter.audit.entries()),
        ]  # fmt: skip
        for word in WORDS["birch" if name == "cedar" else "cedar"].values():
            with pytest.raises(LegalQAError) as refused:
                matter.find_document(word)
            said[name].append(str(refused.value).replace(word, ""))
    for name in matters:
        assert crossed(said[name], name) == []
        assert len([word for word in words_of(name) if word in repr(said[name]).lower()]) == len(words_of(name))
    for path in (path for path in library.settings.home.rglob("*") if path.is_file() and "models" not in path.parts):
        inside = path.is_relative_to(library.settings.matters)
        strangers = others(path.relative_to(library.settings.matters).parts[0]) if inside else [*words_of("cedar")]
        strangers += [] if inside else words_of("birch")
        content = path.read_bytes().lower()
        assert [word for word in strangers if word.encode() in content or word in path.name.lower()] == [], path


@pytest.mark.models
@pytest.mark.slow
def test_no_document_of_one_matter_is_reached_through_another(both: tuple[Library, dict[str, Matter]]) -> None:
    _, matters = both
    (foreign,) = matters["birch"].documents_in()
    for look in (
        matters["cedar"].document,
        matters["cedar"].displayed,
        matters["cedar"].sections,
        matters["cedar"].overview,
        matters["cedar"].page_statuses,
        lambda id: matters["cedar"].page_image(id, 1),
    ):
        said: object = ()
        with contextlib.suppress(LegalQAError):
            said = look(foreign)
        assert not said
    asked = WORDS["birch"]["a"]
    with pytest.raises(UserError) as refused:
        matters["cedar"].search("rent", where=f"document={asked}")
    assert crossed(str(refused.value).replace(asked, ""), "cedar") == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no core files there")
@pytest.mark.parametrize("sealed", [True, False])
def test_a_crash_leaves_no_file_with_what_was_in_memory(tmp_path: Path, sealed: bool) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern")
    if not sealed and not (pattern.exists() and pattern.read_text().startswith("core")):
        pytest.skip("this system puts core files elsewhere")
    code = (
        "import os, resource\nfrom legalqa import offline\n"
        "hard = resource.getrlimit(resource.RLIMIT_CORE)[1]\nresource.setrlimit(resource.RLIMIT_CORE, (hard, hard))\n"
        f"if {sealed}: offline.seal()\nos.abort()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert ran.returncode == -6
    left = list(tmp_path.iterdir())
    if not sealed and not left:
        pytest.skip("this system allows no core files")
    assert bool(left) is not sealed
