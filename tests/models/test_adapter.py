"""LoRA adapters of the firm: attached by a setting, part of the fingerprint, refused where they do not fit."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from legalqa import generation, models, settings
from legalqa.answer.text_model import Part
from legalqa.errors import Denied, EnvironmentFault, UserError
from legalqa.settings import Settings
from tests.models import ggufs

QUESTION = (Part("Name a month of the year.", trusted=True),)
MODEL = "smollm2-135m-instruct"

pytestmark = pytest.mark.models


@pytest.fixture
def own(tmp_path: Path, models_home: Path) -> Path:
    """A home of its own with the starter language model in it, as links to its files."""
    folder = tmp_path / "home" / "models" / MODEL
    folder.mkdir(parents=True)
    for file in models.locate(models_home, MODEL).folder.iterdir():
        if file.is_file():
            os.link(file, folder / file.name)
    return tmp_path / "home"


def _with(home: Path, adapter: str) -> Settings:
    (home / "settings.toml").write_text(f'generation_adapter = "{adapter}"\n', encoding="utf-8")
    return settings.load(home)


def _said(chosen: Settings) -> str:
    model = generation.started(chosen, generation.chosen(chosen))
    try:
        return "".join(model.generate(QUESTION, grammar=None, max_tokens=12, stop=threading.Event()))
    finally:
        model.close()


def test_an_adapter_is_recognised_attached_and_part_of_the_fingerprint(own: Path, tmp_path: Path) -> None:
    bare = _with(own, "")
    without = generation.chosen(bare).id
    for strength in (0.0, 0.3):
        added = models.add(
            own, ggufs.adapter(tmp_path / f"firm-{strength}.gguf", strength=strength), generation.role_of
        )
        assert (added.role, added.licence) == ("adapter", "Apache-2.0")
    silent, loud = _with(own, "firm-0.0"), _with(own, "firm-0.3")
    ids = [without, generation.chosen(silent).id, generation.chosen(loud).id]
    assert len({one.sha256 for one in ids}) == 3
    assert ids[2].id == f"{MODEL}+firm-0.3"
    plain = _said(bare)
    assert _said(silent) == plain  # a difference of nothing changes nothing
    assert _said(loud) != plain


def test_a_model_chosen_for_one_question_is_asked_without_the_adapter_of_another(own: Path, tmp_path: Path) -> None:
    models.add(own, ggufs.adapter(tmp_path / "firm.gguf"), generation.role_of)
    chosen = _with(own, "firm").model_copy(update={"generation_model": "another"})
    assert generation.chosen(chosen, MODEL).adapter is None


@pytest.mark.parametrize("wrong", [{"architecture": "qwen2"}, {"inside": 512, "outside": 512}])
def test_an_adapter_of_another_model_is_refused(own: Path, tmp_path: Path, wrong: dict[str, object]) -> None:
    models.add(own, ggufs.adapter(tmp_path / "firm.gguf", **wrong), generation.role_of)  # type: ignore[arg-type]
    with pytest.raises(EnvironmentFault, match=r"adapter firm does not fit.*made for another"):
        _said(_with(own, "firm"))


def test_an_adapter_that_was_altered_is_refused(own: Path, tmp_path: Path) -> None:
    file = models.add(own, ggufs.adapter(tmp_path / "firm.gguf"), generation.role_of).file
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"\x01")
    with pytest.raises(EnvironmentFault, match="altered"):
        generation.chosen(_with(own, "firm"))


def test_what_is_no_adapter_and_no_model_is_said(own: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no adapter"):
        generation.chosen(_with(own, MODEL))
    models.add(own, ggufs.adapter(tmp_path / "firm.gguf"), generation.role_of)
    with pytest.raises(UserError, match="no model that words answers"):
        generation.chosen(_with(own, ""), "firm")


def test_the_policy_names_adapters_as_it_does_models(own: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(f'models = ["{MODEL}", "legalqa-embedding-1"]\n', encoding="utf-8")
    (own / "settings.toml").write_text('generation_adapter = "firm"\n', encoding="utf-8")
    with pytest.raises(Denied, match="firm"):
        settings.load(own, tmp_path / "policy.toml")


def test_what_was_measured_without_the_adapter_does_not_count_with_it(own: Path, tmp_path: Path) -> None:
    import msgspec

    from tests.models.test_ability import GOOD

    models.add(own, ggufs.adapter(tmp_path / "firm.gguf"), generation.role_of)
    bare, adapted = _with(own, ""), _with(own, "firm")
    for measured, other in ((bare, adapted), (adapted, bare)):
        sha256 = generation.chosen(measured).id.sha256
        models.record(own, msgspec.structs.replace(GOOD, id=MODEL, sha256=sha256))
        assert generation.ability(measured) is not None
        assert generation.ability(other) is None
