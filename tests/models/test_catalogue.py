"""The catalogue: the shipped file is sound, and a malformed one is refused by name."""

from __future__ import annotations

import re

import pytest

from legalqa.errors import BugError, UserError
from legalqa.models.catalogue import Entry, load_catalogue, parse
from legalqa.models.provision import locked_wheels
from legalqa.settings import Settings

MODEL = '[[model]]\nid = "a"\nrole = "generation"\ntitle = "A"\nlicence = "MIT"\nsource = "file"\nformat = "gguf"\n'


def test_the_default_models_are_starters() -> None:
    settings = Settings.model_fields
    for key, role in (("generation_model", "generation"), ("embedding_model", "embedding")):
        entry = load_catalogue().named(settings[key].default)
        assert entry.starter
        assert entry.role == role


@pytest.mark.parametrize("entry", load_catalogue().model, ids=lambda entry: entry.id)
def test_every_entry_is_pinned_wherever_it_can_be_fetched(entry: Entry) -> None:
    for sha256 in (entry.sha256, *entry.companions.values()):
        assert sha256 is None or re.fullmatch(r"[0-9a-f]{64}", sha256)
    if entry.source == "file":
        assert entry.sha256 is None
    else:
        assert entry.sha256
        assert entry.size
        if entry.source == "shipped":
            assert all(entry.companions.values())
        else:
            assert re.fullmatch(r"[0-9a-f]{64}", locked_wheels()[entry.source])
    assert entry.licence
    if entry.role == "embedding" and entry.runnable:
        assert entry.recipe is not None


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(BugError, match="contxt"):
        parse("schema = 1\n" + MODEL + "contxt = 3\n")
    with pytest.raises(BugError, match="poling"):
        parse("schema = 1\n" + MODEL + '[model.recipe]\npoling = "mean"\n')


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("schema = 2\n" + MODEL, "schema"),
        ("schema = 1\n" + MODEL.replace("generation", "poetry"), "role"),
        ("schema = 1\n" + MODEL.replace('title = "A"\n', ""), "title"),
        ("schema = 1\n" + MODEL + MODEL, "names twice: a"),
        ("schema = ", "malformed"),
    ],
)
def test_malformed_catalogues_are_refused(text: str, named: str) -> None:
    with pytest.raises(BugError, match=named):
        parse(text)


def test_an_unknown_id_names_the_known_ones() -> None:
    with pytest.raises(UserError) as caught:
        load_catalogue().named("gpt-9")
    assert "gpt-9" in caught.value.message
    assert "all-minilm-l6-v2" in caught.value.hint
