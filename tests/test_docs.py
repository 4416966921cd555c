"""The guides: every command, and every policy, in them works as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from legalqa import Library
from tests.conftest import Run

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
RESTORED, SECOND, FILES, BACKUP, OUT = "/srv/restored", "/srv/second", "/srv/files", "/backup", "/srv/out"
LEASE = "LEASE\n\n1. Term. The lease ends on May 31, 2029.\n\n2. Deposit. Tenant pays a security deposit of $5,000.\n"
BRIEF = "The lease ends on May 31, 2029. (Lease § 1.)\n"


def commands(guide: str) -> list[list[str]]:
    """Every call of ours in a guide, without what it is started under."""
    blocks = re.findall(r"```bash\n(.*?)```", guide, re.S)
    lines = [line for block in blocks for line in block.splitlines() if re.search(r"(^| )legalqa ", line)]
    return [shlex.split(line[re.search(r"(^| )legalqa ", line).end() :]) for line in lines]  # type: ignore[union-attr]


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize(("guide", "least"), [("admin.md", 15), ("guide.md", 14)])
def test_every_command_of_a_guide_works(
    run: Run, home: Path, models_home: Path, tmp_path: Path, guide: str, least: int
) -> None:
    places = {place: tmp_path / place.strip("/").replace("/", "-") for place in (RESTORED, SECOND, FILES, BACKUP, OUT)}
    for there in places.values():
        there.mkdir()
    for place in (RESTORED, SECOND):
        (places[place] / "models").symlink_to(models_home / "models")
    for name, text in {
        "lease.txt": LEASE,
        "brief.txt": BRIEF,
        "questions.csv": "label,question\nEnd,When does it end?\n",
    }.items():
        (places[FILES] / name).write_text(text)
    asked = commands((ROOT / "docs" / guide).read_text(encoding="utf-8"))
    assert len(asked) >= least
    if guide == "admin.md":
        assert run("matter", "new", "old-quay").returncode == 0
    for one in asked:
        arguments = []
        for argument in one:
            for place, there in places.items():
                argument = argument.replace(place, str(there), 1) if argument.startswith(place) else argument
            arguments.append(argument)
        done = run(*arguments)
        assert done.returncode == 0, (one, done.stdout, done.stderr)


def test_the_policy_of_the_guide_is_one(tmp_path: Path) -> None:
    (policy,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.S)
    file = tmp_path / "policy.toml"
    file.write_text(policy.replace("/srv/legalqa/{user}", str(tmp_path)), encoding="utf-8")
    library = Library(tmp_path, policy_file=file)
    assert set(library.policy.model_fields_set) == set(type(library.policy).model_fields), "every rule is shown"
    assert library.settings.languages == "eng"


def test_the_unit_of_the_guide_is_one(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    (unit,) = re.findall(r"```ini\n(.*?)```", GUIDE, re.S)
    file = tmp_path / "legalqa.service"
    file.write_text(unit.replace("[Service]", "[Service]\nExecStart=/bin/true"))
    ran = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    assert "Unknown" not in ran.stderr
