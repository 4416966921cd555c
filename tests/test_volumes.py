"""Whether a home is encrypted is told from what the system says, never guessed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from legalqa import volumes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what Linux says is recorded here")


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is on whatever `tmp_path` / "mounts" says, over block devices in `tmp_path` / "block"."""
    (tmp_path / "mounts").write_text("")
    monkeypatch.setattr(volumes, "_MOUNTS", tmp_path / "mounts")
    monkeypatch.setattr(volumes, "_BLOCKS", tmp_path / "block")
    monkeypatch.setattr(volumes, "_is_encrypted_folder", lambda _folder: False)
    return tmp_path


def mount(folder: Path, *lines: tuple[str, str, str]) -> None:
    told = (f"1 1 {device} / {at} rw - {kind} source rw\n" for at, kind, device in lines)
    (folder / "mounts").write_text("".join(told))


def block(folder: Path, number: str, uuid: str, *below: str) -> None:
    made = folder / "block" / number
    (made / "dm").mkdir(parents=True)
    (made / "dm" / "uuid").write_text(uuid + "\n")
    (made / "slaves").mkdir()
    for other in below:
        (made / "slaves" / other).symlink_to(folder / "block" / other)


def test_a_folder_of_gocryptfs(mounted: Path) -> None:
    mount(mounted, ("/", "ext4", "8:1"), (str(mounted), "fuse.gocryptfs", "0:40"))
    assert volumes.described(mounted / "not" / "there" / "yet") == f"yes: gocryptfs at {mounted}"
    assert volumes.described(Path("/")).startswith("cannot tell")


def test_a_later_mount_hides_an_earlier_one(mounted: Path) -> None:
    mount(mounted, (str(mounted), "fuse.gocryptfs", "0:40"), (str(mounted), "ext4", "8:1"))
    assert volumes.described(mounted).startswith("cannot tell")


def test_a_name_that_mountinfo_escapes(mounted: Path) -> None:
    folder = mounted / "Brünn und Söhne"
    folder.mkdir()
    mount(mounted, ("/", "ext4", "8:1"), (str(folder).replace(" ", "\\040"), "fuse.cryfs", "0:41"))
    assert volumes.described(folder) == f"yes: cryfs at {folder}"


def test_luks_under_a_logical_volume(mounted: Path) -> None:
    mount(mounted, ("/", "ext4", "254:1"))
    block(mounted, "254:0", "CRYPT-LUKS2-0123-root")
    block(mounted, "254:1", "LVM-abc", "254:0")
    assert volumes.described(mounted) == "yes: LUKS at /"


@pytest.mark.parametrize("uuid", ["LVM-abc", "VERITY-x", ""])
def test_what_is_no_encryption_is_not_called_one(mounted: Path, uuid: str) -> None:
    mount(mounted, ("/", "ext4", "254:1"))
    block(mounted, "254:1", uuid)
    assert volumes.described(mounted).startswith("cannot tell")


def test_plain_dm_crypt(mounted: Path) -> None:
    mount(mounted, ("/", "ext4", "254:1"))
    block(mounted, "254:1", "CRYPT-PLAIN-swap")
    assert volumes.described(mounted) == "yes: dm-crypt at /"


def test_a_folder_of_fscrypt(mounted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount(mounted, ("/", "ext4", "8:1"))
    monkeypatch.setattr(volumes, "_is_encrypted_folder", lambda _folder: True)
    assert volumes.described(mounted) == "yes: fscrypt, ext4 at /"


def test_what_the_system_says_of_a_plain_folder(tmp_path: Path) -> None:
    assert not volumes._is_encrypted_folder(tmp_path)
