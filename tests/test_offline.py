"""Nothing leaves the machine: every process of ours refuses, and the doctor shows it by trying."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from legalqa.child import Child
from tests.conftest import Run
from tests.ingest.dask import Cluster

ROOT = Path(__file__).parents[1]


def sealed(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a sealed interpreter of its own: a seal cannot be broken."""
    start = "import socket\nfrom legalqa import offline\nfrom legalqa.errors import NoNetwork\noffline.seal()\n"
    return subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.create_connection(('127.0.0.1', 80), 1)",
        "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
        "socket.socket().connect_ex(('192.0.2.1', 80))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 53))",
        "socket.getaddrinfo('nobody.invalid', 80)",
        "socket.getaddrinfo(b'nobody.invalid', 80)",
        "socket.gethostbyname('nobody.invalid')",
        "socket.gethostbyname_ex('nobody.invalid')",
        "socket.gethostbyaddr('192.0.2.1')",
        "socket.getnameinfo(('192.0.2.1', 80), 0)",
        "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=1)",
        "import http.client; http.client.HTTPConnection('nobody.invalid').request('GET', '/')",
        "import asyncio; asyncio.run(asyncio.open_connection('192.0.2.1', 80))",
    ],
)
def test_whatever_would_leave_is_refused(attempt: str) -> None:
    ran = sealed(f"try:\n    {attempt}\nexcept Exception as error:\n    print(type(error).__name__, error)\n")
    assert "refused" in ran.stdout, ran.stdout + ran.stderr
    assert "NoNetwork" in ran.stdout or "URLError" in ran.stdout


def test_it_is_an_error_of_the_operating_system_to_libraries_and_a_denial_to_the_user() -> None:
    code = "try: socket.socket().connect(('192.0.2.1', 80))\nexcept OSError as error: print(error.exit_code)"
    assert sealed(code).stdout.strip() == "5"


def test_what_stays_on_the_machine_works(tmp_path: Path) -> None:
    code = (
        "one, other = socket.socketpair(); one.sendall(b'x'); print(other.recv(1))\n"
        "import asyncio; print(asyncio.run(asyncio.sleep(0, 'slept')))\n"
        "print(socket.getaddrinfo('127.0.0.1', 80)[0][4][0])\n"
        f"server = socket.socket(socket.AF_UNIX); server.bind({str(tmp_path / 's')!r}); server.listen()\n"
        f"client = socket.socket(socket.AF_UNIX); client.connect({str(tmp_path / 's')!r}); print('connected')\n"
    )
    assert sealed(code).stdout.split() == ["b'x'", "slept", "127.0.0.1", "connected"]


def test_only_what_was_let_through_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("127.0.0.1", 0)) as other:
        port, closed = server.getsockname()[1], other.getsockname()[1]
        code = (
            f"offline.let_through('http://localhost:{port}')\n"
            f"print(socket.create_connection(('localhost', {port}), 5).getpeername()[1])\n"
            f"print(socket.create_connection(('127.0.0.1', {port}), 5).getpeername()[1])\n"
            f"try: socket.create_connection(('127.0.0.1', {closed}), 5)\nexcept NoNetwork: print('refused')\n"
        )
        ran = sealed(code)
    assert ran.stdout.split() == [str(port), str(port), "refused"], ran.stderr


def test_every_child_is_sealed() -> None:
    probe = Child("legalqa.offline:Probe")
    try:
        assert probe.call("attempts", type=dict[str, bool], timeout=60) == {
            "to connect": True,
            "to send": True,
            "to look up a name": True,
        }
    finally:
        probe.close()


def test_the_window_is_sealed(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom PySide6.QtWidgets import QApplication\n"
        "QApplication.exec = lambda *_: 0\n"
        "from ui.app import main\nfrom legalqa import offline\n"
        f"main(['--home', {str(tmp_path)!r}]); print(offline.attempts()); sys.stdout.flush()\n"
        "import os; os._exit(0)\n"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert "'to connect': True" in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.models
def test_whoever_loads_the_encoder_has_it_silent(encoder_folder: Path) -> None:
    """ONNX Runtime calls its maker unless a variable, set before it is loaded, says no; also where nobody seals."""
    code = (
        "import os, sys; from pathlib import Path; from legalqa.index.network import Network\n"
        f"network = Network(Path({str(encoder_folder)!r}), 'model.onnx', 64)\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "try: network.sha256\nexcept Exception: pass\n"
        "print('onnxruntime' in sys.modules, os.environ.get('ORT_DISABLE_TELEMETRY'))\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.split() == ["True", "1"]


def test_a_process_that_is_not_sealed_tries_nothing_and_says_so() -> None:
    code = "from legalqa import offline; print(offline.attempts())"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "True" not in ran.stdout


def test_the_doctor_proves_it_by_trying(run: Run) -> None:
    checks = {check["name"]: check for check in json.loads(run("doctor", "--json").stdout)["checks"]}
    for name in ("Network lock", "Network lock of children"):
        assert checks[name]["ok"], checks[name]
        assert checks[name]["found"] == "refused: to connect, to send, to look up a name"


def _unshare() -> list[str]:
    """A command that runs another in an empty network; skips where the machine does not allow it."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    prefix = ["unshare", "--net", "--map-root-user", "--"]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow network namespaces")
    return prefix


@pytest.mark.models
@pytest.mark.slow
def test_reading_asking_and_the_doctor_work_in_an_empty_network(home: Path, tmp_path: Path) -> None:
    prefix = _unshare()
    (tmp_path / "lease.txt").write_text("LEASE\n\n1. Rent. The monthly rent is $4,800.\n")
    environment = {**os.environ, "LEGALQA_HOME": str(home)}
    for arguments in (
        ("index", str(tmp_path / "lease.txt"), "-m", "m"),
        ("ask", "What is the monthly rent?", "-m", "m"),
        ("audit", "verify", "-m", "m"),
        ("doctor",),
    ):
        command = [*prefix, sys.executable, "-m", "legalqa.cli", *arguments]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
        assert ran.returncode == 0, (arguments, ran.stdout, ran.stderr)


@pytest.mark.models
@pytest.mark.slow
def test_no_system_call_connects_to_anything_outside(home: Path, tmp_path: Path) -> None:
    """Below Python: what native libraries do is seen here, too."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    trace = tmp_path / "trace"
    probe = subprocess.run([strace, "-o", str(trace), "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("this machine does not allow tracing")
    (tmp_path / "lease.txt").write_text("LEASE\n\n1. Rent. The monthly rent is $4,800.\n")
    quiet = ("CI", "TF_BUILD", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")  # where engines
    environment = {name: value for name, value in os.environ.items() if name not in quiet}  # are silent anyway
    environment["LEGALQA_HOME"] = str(home)
    prefix = [strace, "-f", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(trace)]
    for arguments in (("index", str(tmp_path / "lease.txt"), "-m", "m"), ("ask", "What is the rent?", "-m", "m")):
        command = [*prefix, sys.executable, "-m", "legalqa.cli", *arguments]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
        assert ran.returncode == 0, ran.stderr
        outside = [line for line in trace.read_text(errors="replace").splitlines() if "AF_INET" in line]
        assert outside == []


@pytest.mark.models
@pytest.mark.slow
def test_a_cluster_of_the_firm_is_reached_from_a_sealed_process(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    (tmp_path / "lease.txt").write_text("LEASE\n\n1. Rent. The monthly rent is $4,800.\n")
    cluster = Cluster(tmp_path / "cluster", 1)
    try:
        done = run("index", tmp_path / "lease.txt", "-m", "m", "--scheduler", cluster.address, "--json")
    finally:
        cluster.close()
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["added"]) == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_system_call_of_the_window_connects_to_anything_outside(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    if subprocess.run(["strace", "-o", str(trace), "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow tracing")
    code = (
        "import os\nfrom PySide6.QtCore import QTimer\nfrom PySide6.QtWidgets import QApplication\n"
        "run = QApplication.exec\n"
        "QApplication.exec = lambda *_: (QTimer.singleShot(3000, QApplication.quit), run())[1]\n"
        f"from ui.app import main\nmain(['--home', {str(tmp_path / 'home')!r}]); os._exit(7)\n"
    )
    command = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-e",
        "trace=connect,sendto,sendmsg,sendmmsg",
        "-o",
        str(trace),
        sys.executable,
    ]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [*command, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert ran.returncode == 7, ran.stderr
    assert [line for line in trace.read_text(errors="replace").splitlines() if "AF_INET" in line] == []
