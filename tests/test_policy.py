"""The policy of the firm: what it sets and locks holds, what it forbids ends with exit code 5, and no slip passes."""

from __future__ import annotations

import contextlib
import json
import os
import plistlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from legalqa import Library, policy, settings
from legalqa.errors import Denied, EnvironmentFault, LegalQAError, UserError
from legalqa.values.answer import Searched, Sentence, Verdict, VerifiedAnswer
from legalqa.values.review import Cell, Decision, Grid, ReviewQuestion

Ruled = Callable[..., Library]
NOTHING = VerifiedAnswer("answered", (), (), (), Searched(1, 1), None, {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "etc" / "policy.toml"


@pytest.fixture
def ruled(tmp_path: Path, file: Path) -> Ruled:
    """A library under a policy, in a home with these settings."""

    def make(rules: str, written: str = "", home: Path | None = None) -> Library:
        file.parent.mkdir(exist_ok=True)
        file.write_text(rules, encoding="utf-8")
        if written:
            (tmp_path / "home").mkdir(exist_ok=True)
            (tmp_path / "home" / "settings.toml").write_text(written, encoding="utf-8")
        return Library(home or tmp_path / "home", policy_file=file)

    return make


def command(home: Path, file: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command line under a policy that stands elsewhere, which no user can bring about."""
    code = (
        "import sys; from pathlib import Path; from legalqa import policy\n"
        f"policy.place = lambda: Path({str(file)!r})\n"
        "from legalqa.cli import main; sys.argv = ['legalqa', *sys.argv[1:]]; main()"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "LEGALQA_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


MISTAKES: dict[str, tuple[str, str, str, type[LegalQAError], str]] = {
    # what is wrong: policy, settings.toml, environment variable, whose fault, what is said
    "a rule misspelt": ("exprot = false", "", "", EnvironmentFault, "did you mean 'export'"),
    "another rule misspelt": ("retention_day = 30", "", "", EnvironmentFault, "did you mean 'retention_days'"),
    "a table misspelt": ("[lockd]\nworkers = 2", "", "", EnvironmentFault, "did you mean 'locked'"),
    "a locked setting misspelt": ("[locked]\nworker = 2", "", "", EnvironmentFault, "did you mean 'workers'"),
    "a set setting misspelt": ("[settings]\nlanguage = 'eng'", "", "", EnvironmentFault, "did you mean 'languages'"),
    "a nested setting misspelt": (
        *("[locked.index]\nservr = 'https://q.test'", "", ""),
        *(EnvironmentFault, "did you mean 'index.server'"),
    ),
    "a rule under a table": ("[locked]\nexport = false", "", "", EnvironmentFault, "write it before the first"),
    "a verdict misspelt": ("export_verdict = 'suported'", "", "", EnvironmentFault, "did you mean 'supported'"),
    "a choice misspelt": ("copy_originals = 'nevr'", "", "", EnvironmentFault, "did you mean 'never'"),
    "a word for yes or no": ("export = 'no'", "", "", EnvironmentFault, "export"),
    "a number as a word": ("retention_days = '30'", "", "", EnvironmentFault, "retention_days"),
    "a number too small": ("retention_days = -1", "", "", EnvironmentFault, "retention_days"),
    "one model, not a list": ("models = 'smollm2'", "", "", EnvironmentFault, "models"),
    "a server without a scheme": ("servers = ['qdrant.firm.test']", "", "", EnvironmentFault, "servers"),
    "a locked value out of range": ("[locked]\nworkers = 0", "", "", EnvironmentFault, "workers"),
    "a locked value of another kind": ("[locked]\nlanguages = 5", "", "", EnvironmentFault, "languages"),
    "a home that is not locked": ("[settings]\nhome = '/srv'", "", "", EnvironmentFault, "under [locked]"),
    "no TOML": ("export = false [", "", "", EnvironmentFault, "is wrong"),
    "a key given twice": ("export = true\nexport = false", "", "", EnvironmentFault, "is wrong"),
    "a setting misspelt": ("", "wrokers = 2", "", UserError, "did you mean 'workers'"),
    "a nested one of settings.toml": ("", "[index]\nsever = ''", "", UserError, "did you mean 'index.server'"),
    "a setting out of range": ("", "passages = 0", "", UserError, "passages"),
    "settings that are no TOML": ("", "passages: 3", "", UserError, "cannot be read"),
    "a rule among the settings": ("", "export = true", "", UserError, "unknown setting 'export'"),
    "a variable misspelt": ("", "", "LEGALQA_WROKERS=2", UserError, "did you mean LEGALQA_WORKERS"),
    "a nested variable misspelt": ("", "", "LEGALQA_INDEX__SERVR=x", UserError, "did you mean"),
    "an adapter misspelt": ("", "generation_adaptor = 'firm'", "", UserError, "did you mean 'generation_adapter'"),
    "layers of another kind": ("", "gpu_layers = 'all'", "", UserError, "gpu_layers"),
    "a variable with a wrong value": ("", "", "LEGALQA_WORKERS=many", UserError, "workers"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_slip_is_told_with_the_near_miss(ruled: Ruled, monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    rules, written, variable, fault, said = MISTAKES[mistake]
    if variable:
        monkeypatch.setenv(*variable.split("="))
    with pytest.raises(fault) as caught:
        ruled(rules, written)
    assert said in str(caught.value)
    assert caught.value.exit_code == (4 if fault is EnvironmentFault else 2)


_EACH_IN_A_PROCESS = """
import json, os, sys
from pathlib import Path
from legalqa import cli, policy
for case in json.load(sys.stdin):
    child = os.fork()
    if not child:
        os.dup2(os.open(case["said"], os.O_CREAT | os.O_WRONLY), 2)
        os.environ.update(case["environment"])
        policy.place = lambda: Path(case["policy"])
        sys.argv = ["legalqa", "matter", "list"]
        try:
            cli.main()
        except SystemExit as end:
            os._exit(end.code or 0)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Exit code and message of the command line for each mistake, a process each; loaded once, since that is slow."""
    cases = []
    for number, (rules, written, variable, _, _) in enumerate(MISTAKES.values()):
        home = tmp_path_factory.mktemp(f"mistake{number}-")
        (home / "policy.toml").write_text(rules, encoding="utf-8")
        (home / "settings.toml").write_text(written, encoding="utf-8")
        environment = {"LEGALQA_HOME": str(home)} | dict([variable.split("=")] if variable else [])
        said = str(home / "said")
        cases.append({"policy": str(home / "policy.toml"), "said": said, "environment": environment})
    done = subprocess.run(
        [sys.executable, "-c", _EACH_IN_A_PROCESS], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    codes = [int(line) for line in done.stdout.split()]
    told = [Path(str(case["said"])).read_text(encoding="utf-8") for case in cases]
    return dict(zip(MISTAKES, zip(codes, told, strict=True), strict=True))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_slip_ends_the_command_line_with_its_code(ended: dict[str, tuple[int, str]], mistake: str) -> None:
    code, told = ended[mistake]
    _, _, _, fault, said = MISTAKES[mistake]
    assert said in told
    assert code == (4 if fault is EnvironmentFault else 2)
    assert "Traceback" not in told


def test_enough_slips_are_tried() -> None:
    assert len(MISTAKES) >= 20


def test_each_system_has_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    class Registry:
        """Windows' registry, as far as it is asked."""

        HKEY_LOCAL_MACHINE = "HKLM"

        @staticmethod
        @contextlib.contextmanager
        def OpenKey(root: str, path: str) -> Iterator[str]:
            assert root == "HKLM"
            assert path.endswith("Shell Folders")
            yield path

        @staticmethod
        def QueryValueEx(_key: str, name: str) -> tuple[str, int]:
            return {"Common AppData": "D:/ProgramData"}[name], 1

    monkeypatch.setitem(sys.modules, "winreg", Registry)
    places = {}
    for system in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", system)
        places[system] = policy.place()
    assert places["linux"] == Path("/etc/legalqa/policy.toml")
    assert places["darwin"] == Path("/Library/Managed Preferences/org.legalqa.LegalQA.plist")
    assert places["win32"] == Path("D:/ProgramData/LegalQA/policy.toml")  # as the registry says, no variable


def test_a_policy_that_cannot_be_read_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").mkdir()
    with pytest.raises(EnvironmentFault, match="nothing is done until it is right"):
        Library(tmp_path / "home", policy_file=tmp_path / "policy.toml")


def test_without_a_policy_nothing_is_ruled(tmp_path: Path) -> None:
    library = Library(tmp_path, policy_file=tmp_path / "none.toml")
    library.policy.require_model("anything")
    library.policy.require_folders([tmp_path])
    library.policy.require_server("https://anywhere.test")
    library.policy.require_export("memo", ["bad_reference"])
    assert not library.policy.copies(False)


def test_what_is_set_yields_and_what_is_locked_does_not(ruled: Ruled, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = "[settings]\nworkers = 3\npassages = 5\nrerank = 7\n[locked]\nlanguages = 'eng+deu'\nthreads = 2\n"
    monkeypatch.setenv("LEGALQA_RERANK", "9")
    monkeypatch.setenv("LEGALQA_THREADS", "8")
    library = ruled(rules, "passages = 4\nlanguages = 'fra'\n")
    found = library.settings
    assert (found.workers, found.passages, found.rerank) == (3, 4, 9)
    assert (found.languages, found.threads) == ("eng+deu", 2)
    told = {key: (value, source) for key, value, source in library.effective()}
    assert told["workers"] == ("3", f"policy {library.policy.file}")
    assert told["passages"] == ("4", "settings.toml")
    assert told["rerank"] == ("9", "environment LEGALQA_RERANK")
    assert told["languages"] == ("eng+deu", f"policy {library.policy.file}, locked; overrules settings.toml")
    assert told["threads"][1].endswith("locked; overrules environment LEGALQA_THREADS")
    assert told["free_space_mb"] == ("300", "default")
    assert told["rule export"] == ("True", "default")


def test_a_locked_server_cannot_be_left(ruled: Ruled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGALQA_INDEX__SERVER", "https://elsewhere.test")
    library = ruled("[locked.index]\nserver = 'https://qdrant.firm.test'\n", "[index]\nserver = 'https://other.test'")
    assert library.settings.index.server == "https://qdrant.firm.test"


def test_a_key_is_not_shown(ruled: Ruled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGALQA_INDEX__API_KEY", "open sesame")
    assert "sesame" not in str(ruled("").effective())


def test_data_lie_where_the_policy_says(ruled: Ruled, file: Path, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    rules = f"[locked]\nhome = {str(vault)!r}\n"
    with pytest.raises(Denied, match="keeps all matters in"):
        ruled(rules)
    assert settings.load(policy_file=file).home == vault, "whatever the environment says"
    assert ruled(rules, home=vault).settings.home == vault


@pytest.mark.skipif(sys.platform == "win32", reason="the account is told otherwise there")
def test_the_place_of_data_may_name_the_user(ruled: Ruled, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    account = pwd.getpwuid(os.getuid())
    monkeypatch.setenv("HOME", "/elsewhere")
    ruled("", home=None)
    file.write_text("[locked]\nhome = '/srv/{user}/legalqa'\n")
    assert settings.load(policy_file=file).home == Path(f"/srv/{account.pw_name}/legalqa")
    file.write_text("[locked]\nhome = '~/legalqa'\n")
    assert settings.load(policy_file=file).home == Path(account.pw_dir) / "legalqa"


def test_no_variable_leads_to_another_policy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = policy.place()
    for name in ("LEGALQA_POLICY", "XDG_CONFIG_DIRS", "XDG_CONFIG_HOME", "PROGRAMDATA", "ALLUSERSPROFILE", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    assert policy.place() == place
    if sys.platform == "linux":
        assert place == Path("/etc/legalqa/policy.toml")


def test_a_profile_of_macos_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "org.legalqa.LegalQA.plist"
    file.write_bytes(plistlib.dumps({"export": False, "locked": {"workers": 2}}, fmt=plistlib.FMT_BINARY))
    library = Library(tmp_path / "home", policy_file=file)
    assert (library.policy.export, library.settings.workers) == (False, 2)
    for untrusted in (
        b"bplist00 and no more",
        b"<?xml version='1.0'?><plist><dict><key>",
        b"<plist><dict><real/></dict>",
    ):
        file.write_bytes(untrusted)
        with pytest.raises(EnvironmentFault, match="is wrong"):
            Library(tmp_path / "home", policy_file=file)


def test_only_allowed_models_are_used(ruled: Ruled, tmp_path: Path) -> None:
    with pytest.raises(Denied, match="does not allow the model 'legalqa-embedding-1'"):
        ruled("models = ['smollm2-135m-instruct']")
    allowed = "models = ['smollm2-135m-instruct', 'legalqa-embedding-1']"
    library = ruled(allowed)
    library.create("m")
    with library.open("m") as matter, pytest.raises(Denied, match="does not allow the model 'qwen3-8b'"):
        matter.ask("What is the rent?", model="qwen3-8b")
    with pytest.raises(Denied, match="does not allow"):
        library.pull_model("qwen3-8b")
    with pytest.raises(Denied, match="does not allow"):
        library.test_model("qwen3-8b")


def test_a_locked_model_languages_and_workers_are_locked_for_a_call_too(ruled: Ruled, tmp_path: Path) -> None:
    library = ruled("[locked]\ngeneration_model = 'smollm2-135m-instruct'\nlanguages = 'eng'\nworkers = 1\n")
    library.create("m")
    with library.open("m") as matter:
        with pytest.raises(Denied, match="sets generation_model"):
            matter.ask("What?", model="another")
        with pytest.raises(Denied, match="sets languages to 'eng'"):
            matter.index([tmp_path], languages="deu")
        with pytest.raises(Denied, match="sets workers to 1"):
            matter.index([tmp_path], workers=8)


def test_only_allowed_folders_are_read(ruled: Ruled, tmp_path: Path) -> None:
    inside, outside = tmp_path / "files", tmp_path / "files of another"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    library = ruled(f"folders = [{str(inside)!r}]")
    library.create("m")
    with library.open("m") as matter:
        for path in (outside, outside / "secret.txt", inside / ".." / outside.name, tmp_path):
            with pytest.raises(Denied, match="does not allow files of"):
                matter.index([path])
        (inside / "link.txt").symlink_to(outside / "secret.txt")
        with pytest.raises(Denied, match="link"):
            matter.index([inside])
        assert matter.catalog.files() == []


def test_only_allowed_servers_are_spoken_to(ruled: Ruled, tmp_path: Path) -> None:
    rules = "servers = ['https://qdrant.firm.test:6333', 'tcp://dask.firm.test:8786']"
    assert ruled(rules, "[index]\nserver = 'https://qdrant.firm.test:6333/'").settings.index.server
    with pytest.raises(Denied, match=r"does not allow the server https://elsewhere\.test"):
        ruled(rules, "[index]\nserver = 'https://elsewhere.test'")
    library = ruled(rules, "workers = 1")
    library.create("m")
    with library.open("m") as matter, pytest.raises(Denied, match="tcp://elsewhere"):
        matter.index([tmp_path], scheduler="tcp://elsewhere.test:8786")


def test_copies_of_originals_are_forced_or_forbidden(ruled: Ruled, tmp_path: Path) -> None:
    assert ruled("copy_originals = 'always'").policy.copies(False)
    library = ruled("copy_originals = 'never'")
    assert not library.policy.copies(False)
    library.create("m")
    with library.open("m") as matter, pytest.raises(Denied, match="copies of originals"):
        matter.index([tmp_path], copy=True)


def test_no_export_where_the_policy_forbids_it(ruled: Ruled, tmp_path: Path) -> None:
    library = ruled("export = false")
    library.create("m")
    target = tmp_path / "out.csv"
    with library.open("m") as matter:
        for write in (
            lambda: matter.write_coverage(target),
            lambda: matter.write_review(Grid("r"), target),
            lambda: matter.write_cite_check(NOTHING, tmp_path / "out.docx"),
            lambda: matter.write_page_images(NOTHING, tmp_path / "pages"),
        ):
            with pytest.raises(Denied, match="does not allow exports"):
                write()
        assert list(matter.audit.entries()) == []
    with pytest.raises(Denied, match="does not allow exports"):
        library.export("m", tmp_path / "m.legalqa")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["etc", "home"]


def test_no_sentence_leaves_that_is_worse_than_allowed(ruled: Ruled, tmp_path: Path) -> None:
    library = ruled("export_verdict = 'supported'")
    library.create("m")
    question = ReviewQuestion("Rent", "What is the rent?")

    def grid(verdict: Verdict, decision: Decision = "") -> Grid:
        answer = replace(NOTHING, sentences=(Sentence("It is 5.", verdict, (), ()),))
        cell = Cell("d", question.text, answer, decision)
        return Grid("r", (question,), ("d",), {("d", question.text): cell})

    with library.open("m") as matter:
        with pytest.raises(Denied, match="1 are"):
            matter.write_review(grid("uncited"), tmp_path / "a.csv")
        assert not (tmp_path / "a.csv").exists()
        matter.write_review(grid("uncited", "accepted"), tmp_path / "b.csv")  # a person answers for it
        matter.write_review(grid("supported"), tmp_path / "c.csv")
        matter.write_review(grid("verbatim"), tmp_path / "d.csv")


def test_a_suite_made_of_feedback_is_an_export(tmp_path: Path, file: Path) -> None:
    """It holds copies of the matter's documents."""
    file.parent.mkdir()
    file.write_text("export = false\n")
    home = tmp_path / "home"
    library = Library(home, policy_file=file)
    library.create("m")
    with library.open("m") as matter:
        matter.feedback.add("missing", "What is the rent?")
    done = command(home, file, "eval", "--from-feedback", "-m", "m", "--out", tmp_path / "suite")
    assert done.returncode == 5, done.stderr
    assert not (tmp_path / "suite").exists()


def test_searches_are_recorded_where_the_policy_wants_it(ruled: Ruled, tmp_path: Path) -> None:
    for rules, events in (("", []), ("record_searches = true", ["search"])):
        library = ruled(rules)
        library.create(f"m{len(events)}")
        with library.open(f"m{len(events)}") as matter:
            matter.search("the rent", exact=True, where="type=lease")
            assert [entry.event for entry in matter.audit.entries()] == events
            for entry in matter.audit.entries():
                assert (entry.details["text"], entry.details["where"]) == ("the rent", "type=lease")
            if events:
                (matter.folder / "audit.jsonl").unlink()
                (matter.folder / "audit.jsonl").mkdir()
                with pytest.raises(EnvironmentFault, match="What was found is not shown"):
                    matter.search("the rent", exact=True)


def test_apart_obeys_the_same_policy(ruled: Ruled, file: Path, tmp_path: Path) -> None:
    ruled(f"folders = [{str(tmp_path / 'files')!r}]").create("m")
    apart = Library(tmp_path / "home", apart=True, policy_file=file)
    with apart.open("m") as matter, pytest.raises(Denied, match="does not allow files of"):
        matter.index([tmp_path])


def test_the_command_line_says_what_is_denied_and_explains_every_value(tmp_path: Path, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("models = ['smollm2-135m-instruct', 'legalqa-embedding-1']\nexport = false\n")
    home = tmp_path / "home"
    assert command(home, file, "matter", "new", "m").returncode == 0
    done = command(home, file, "matter", "export", "m", tmp_path / "m.legalqa")
    assert done.returncode == 5
    assert "does not allow exports" in done.stderr
    done = command(home, file, "doctor", "--policy", "--json")
    assert done.returncode == 0, done.stderr
    told = {row["key"]: row for row in json.loads(done.stdout)["effective"]}
    assert told["rule export"] == {"key": "rule export", "value": "False", "source": f"policy {file}"}
    assert told["home"]["value"] == str(home)
    assert set(told) >= {f"rule {name}" for name in ("models", "folders", "servers", "retention_days", "hold")}
    file.write_text("exprot = false\n")
    done = command(home, file, "matter", "list")
    assert done.returncode == 4
    assert "did you mean 'export'" in done.stderr
    assert "Traceback" not in done.stderr
