"""The policy of the firm: a file of the system that sets settings, locks them, and says what is allowed.

| system  | file |
|---------|------|
| Linux   | ``/etc/legalqa/policy.toml`` |
| Windows | ``LegalQA\\policy.toml`` in the common application data, as the registry names it |
| macOS   | ``/Library/Managed Preferences/org.legalqa.LegalQA.plist``, which a configuration profile brings |

No environment variable and no option leads elsewhere. A policy that cannot be read, or says what nobody understands,
stops everything: a rule that is misspelt must not pass for none.
"""

from __future__ import annotations

import difflib
import os
import plistlib
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol
from xml.parsers.expat import ExpatError

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from legalqa.errors import Denied, EnvironmentFault
from legalqa.values.answer import WORST_FIRST, Verdict

_ADDRESS = r"^(https?|tcp|tls)://[^\s/@?#]+(/[^\s@?#]*)?$"
_ASK_IT = "This is a rule of the firm: ask IT."


# What TOML and property lists that are none are told by: plistlib lets the errors of its own code through.
_UNREADABLE = (ValueError, ExpatError, RecursionError, LookupError, ArithmeticError, AttributeError, TypeError)


class _Matter(Protocol):
    """What is known of a matter."""

    @property
    def id(self) -> str: ...
    @property
    def slug(self) -> str: ...


class Policy(BaseModel):
    """All rules; None where nothing is ruled. `settings` holds where nobody sets another value, `locked` always."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    _file: Path | None = PrivateAttr(None)

    settings: dict[str, Any] = Field(default={}, description="values of settings where a user sets no other")
    locked: dict[str, Any] = Field(default={}, description="values of settings that nobody can change")
    models: list[str] | None = Field(default=None, description="catalogue ids of the models that may be used")
    folders: list[str] | None = Field(default=None, description="folders whose files may be read into matters")
    servers: list[Annotated[str, Field(pattern=_ADDRESS)]] | None = Field(
        default=None, description="addresses that may be spoken to: a Qdrant server, a Dask scheduler"
    )
    export: bool = Field(default=True, description="whether anything of a matter may be written to files")
    export_verdict: Verdict | None = Field(default=None, description="the least verdict that a sentence leaves with")
    copy_originals: Literal["allowed", "always", "never"] = Field(
        default="allowed", description="whether originals are copied into the matter"
    )
    record_searches: bool = Field(
        default=False, description="whether searches stand in the audit file, as questions do"
    )
    retention_days: int = Field(default=0, ge=0, le=36500, description="days that a matter is kept after the last work")
    hold: list[str] = Field(default=[], description='matters under legal hold, by slug or id; "*": all')

    @property
    def file(self) -> Path | None:
        """Where the policy stands, or would stand."""
        return self._file

    def holds(self, matter: _Matter) -> bool:
        """Whether the matter is under legal hold."""
        return bool({"*", matter.id, matter.slug} & set(self.hold))

    def require_model(self, id: str) -> None:
        """Raise Denied unless the model may be used; "auto" and "" choose ours, or none."""
        if self.models is not None and id not in ("", "auto", *self.models):
            near = difflib.get_close_matches(id, self.models, n=1)
            also = f" Allowed: {', '.join(near or self.models) or 'none'}."
            raise Denied(f"The policy does not allow the model {id!r}.{also}", hint=_ASK_IT)

    def require_folders(self, paths: Iterable[Path]) -> None:
        """Raise Denied unless all of the paths, wherever their links lead, lie in folders that may be read."""
        if self.folders is None:
            return
        allowed = [_expanded(folder).resolve() for folder in self.folders]
        for path in paths:
            place = path.absolute().resolve()
            if not any(place.is_relative_to(folder) for folder in allowed):
                raise Denied(
                    f"The policy does not allow files of {path} to be read.",
                    kept="Nothing was read.",
                    hint=f"Allowed: {', '.join(self.folders) or 'none'}. {_ASK_IT}",
                )

    def require_server(self, address: str) -> None:
        """Raise Denied unless the address may be spoken to."""
        named = [one.rstrip("/") for one in self.servers or ()]
        if address and self.servers is not None and address.rstrip("/") not in named:
            raise Denied(f"The policy does not allow the server {address}.", kept="Nothing was sent.", hint=_ASK_IT)

    def require_export(self, what: str, verdicts: Iterable[Verdict | None] = ()) -> None:
        """Raise Denied unless `what` may leave the matter with sentences of these verdicts."""
        if not self.export:
            raise Denied(f"The policy does not allow exports ({what}).", kept="Nothing was written.", hint=_ASK_IT)
        if self.export_verdict is None:
            return
        least = WORST_FIRST.index(self.export_verdict)
        bad = [one for one in verdicts if one is not None and WORST_FIRST.index(one) < least]
        if bad:
            raise Denied(
                f"The policy lets no sentence leave that is worse than “{self.export_verdict}”: {len(bad):,} are"
                f" ({', '.join(dict.fromkeys(bad))}).",
                kept="Nothing was written.",
                hint="Check these sentences, correct or leave them out, and export again.",
            )

    def require_unlocked(self, key: str, value: object) -> None:
        """Raise Denied if the setting is locked to another value."""
        if key in self.locked and value is not None and value != self.locked[key]:
            raise Denied(f"The policy sets {key} to {self.locked[key]!r}.", kept="Nothing was changed.", hint=_ASK_IT)

    def copies(self, wanted: bool) -> bool:
        """Whether originals are copied into the matter. Raises Denied if that is wanted and forbidden."""
        if wanted and self.copy_originals == "never":
            raise Denied("The policy does not allow copies of originals.", kept="Nothing was read.", hint=_ASK_IT)
        return wanted or self.copy_originals == "always"

    @property
    def home(self) -> Path | None:
        """The locked place of all data, if there is one."""
        return _expanded(self.locked["home"]) if "home" in self.locked else None


def place() -> Path:
    """Where this system keeps the policy."""
    if sys.platform == "win32":
        import winreg

        folders = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, folders) as key:
            return Path(winreg.QueryValueEx(key, "Common AppData")[0]) / "LegalQA" / "policy.toml"
    if sys.platform == "darwin":
        return Path("/Library/Managed Preferences/org.legalqa.LegalQA.plist")
    return Path("/etc/legalqa/policy.toml")


def read(file: Path | None = None) -> Policy:
    """The policy of the system; `file` is for tests. Without a file nothing is ruled.

    Raises EnvironmentFault if it cannot be read, or says anything that is not known, with the nearest known key.
    """
    file = file or place()
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        content = b""
    except OSError as error:
        raise _wrong(file, f"it cannot be read ({error.strerror})") from None
    try:
        values = plistlib.loads(content) if content and file.suffix == ".plist" else tomllib.loads(content.decode())
    except _UNREADABLE as error:
        raise _wrong(file, str(error) or type(error).__name__) from None
    try:
        policy = Policy.model_validate(values)
    except ValidationError as error:
        raise _wrong(file, explained(error.errors(), [*Policy.model_fields], "rule")) from None
    policy._file = file
    return policy


def explained(faults: Iterable[Mapping[str, Any]], known: Sequence[str], what: str) -> str:
    """What is wrong with keys and values, in words, with the nearest known key; `faults` as pydantic lists them."""
    parts = []
    for fault in faults:
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            near = difflib.get_close_matches(key, known, n=1)
            parts.append(f"unknown {what} {key!r}" + (f", did you mean {near[0]!r}?" if near else "."))
        else:
            parts.append(f"{what} {key!r}: {fault['msg']}{_near(fault)}.")
    return " ".join(parts)


def refused(policy: Policy, faults: Iterable[Mapping[str, Any]], known: Sequence[str]) -> EnvironmentFault:
    """What is said of settings in a policy that are wrong."""
    faults = list(faults)
    rules = [key for fault in faults if (key := str(fault["loc"][0])) in Policy.model_fields]
    told = f" {rules[0]!r} is a rule: write it before the first [table]." if rules else ""
    return _wrong(policy.file or place(), explained(faults, known, "setting") + told)


def _near(fault: Mapping[str, Any]) -> str:
    """The nearest of the values that are allowed."""
    allowed = str(fault.get("ctx", {}).get("expected", "")) if fault["type"] == "literal_error" else ""
    near = difflib.get_close_matches(str(fault.get("input")), [one.strip("',") for one in allowed.split()], n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _wrong(file: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"The policy {file} is wrong: {why.rstrip('.')}.",
        kept="Nothing was changed, and nothing is done until it is right.",
        hint="Tell IT, who can correct it.",
    )


def _expanded(text: str) -> Path:
    """A path of the policy: "~" is the user's own folder and "{user}" their name, as the system knows them."""
    if sys.platform == "win32":
        return Path(text.replace("{user}", os.getlogin())).expanduser()
    import pwd

    try:
        account = pwd.getpwuid(os.getuid())
        name, folder = account.pw_name, account.pw_dir
    except KeyError:  # a user id without a name
        name, folder = str(os.getuid()), "/nonexistent"
    text = text.replace("{user}", name)
    return Path(folder + text[1:] if text == "~" or text.startswith("~/") else text)
