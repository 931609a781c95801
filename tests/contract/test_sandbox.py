# ruff: noqa: ASYNC110, ASYNC220, ASYNC240, PTH208 (sources of programs; and nobody waits for this event loop)
"""One suite for every backend; what a backend does not promise is named in `NOT_PROMISED`, with the reason."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from sandbox.base import ExecResult, Flag, Outcome, Program, Sandbox
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.docker import DockerSandbox
from sandbox.errors import InputUnusable, SandboxUnavailable
from sandbox.interpreter import executable, visible_parts
from sandbox.limits import Limits
from sandbox.registry import BACKENDS, open_sandbox

LIMITS = Limits(seconds=20, memory_mb=512, output_mb=8, files=5, pids=64)
OWNER = f"tests-{uuid.uuid4().hex[:8]}"
"""Not another test run's that goes on beside this one: what it starts would be swept."""
NOT_PROMISED = {
    "process": "the plain process protects nothing; it is for trusted programs only",
}
SLEEPS = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(60)', {!r}])"


@pytest.fixture(params=BACKENDS, scope="module")
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    try:
        return open_sandbox(request.param, owner=OWNER)
    except SandboxUnavailable as error:
        pytest.skip(f"{request.param}: {error}")


@pytest.fixture
def confined(sandbox: Sandbox) -> Sandbox:
    if sandbox.name in NOT_PROMISED:
        pytest.skip(NOT_PROMISED[sandbox.name])
    return sandbox


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Open to all, below folders that pytest closes to others."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "data.csv").write_text("1,2,3\n")
    (folder / "data.csv").chmod(0o644)
    return folder


async def run(sandbox: Sandbox, inputs: Path, source: str, limits: Limits = LIMITS) -> ExecResult:
    return await sandbox.run(Program(source, inputs), limits)


async def test_a_program_reads_its_input_and_leaves_files(sandbox: Sandbox, inputs: Path) -> None:
    result = await run(
        sandbox,
        inputs,
        "import sys, pathlib, numpy\n"
        "_, _, source, _, target = sys.argv\n"
        "text = (pathlib.Path(source) / 'data.csv').read_text()\n"
        "folder = pathlib.Path(target) / 'plots'\n"
        "folder.mkdir()\n"
        "(folder / 'a.txt').write_text(text * 2)\n"
        "print('done'); print('careful', file=sys.stderr)\n",
    )
    assert (result.outcome, result.exit_code) == (Outcome.OK, 0)
    assert result.stdout == "done\n"
    assert result.stderr == "careful\n"
    assert result.files == {"plots/a.txt": b"1,2,3\n1,2,3\n"}
    assert result.skipped == {}
    assert result.peak_memory_mb > 1


async def test_an_exception_is_the_programs_result(sandbox: Sandbox, inputs: Path) -> None:
    result = await run(sandbox, inputs, "raise ValueError('no beats')")
    assert (result.outcome, result.exit_code) == (Outcome.NONZERO_EXIT, 1)
    assert "ValueError: no beats" in result.stderr


async def test_a_syntax_error_is_the_programs_result(sandbox: Sandbox, inputs: Path) -> None:
    result = await run(sandbox, inputs, "def broken(:")
    assert result.outcome is Outcome.NONZERO_EXIT
    assert "SyntaxError" in result.stderr


@pytest.mark.parametrize("source", ["print('\ud800')", "print(1)\0", "\ufeffprint("])
async def test_a_source_that_is_no_text_is_the_programs_result(sandbox: Sandbox, inputs: Path, source: str) -> None:
    result = await run(sandbox, inputs, source)
    assert result.outcome is Outcome.NONZERO_EXIT
    assert "Error" in result.stderr


async def test_a_signal_is_told_from_an_exit(sandbox: Sandbox, inputs: Path) -> None:
    result = await run(sandbox, inputs, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert (result.outcome, result.exit_code) == (Outcome.SIGNAL, -11)


async def test_a_file_that_has_to_be_there(sandbox: Sandbox, inputs: Path) -> None:
    source = "import sys\nopen(sys.argv[4] + '/a.csv', 'w').close()\nprint('done')"
    outcomes = [(await sandbox.run(Program(source, inputs, result=n), LIMITS)).outcome for n in ("a.csv", "b.csv")]
    assert outcomes == [Outcome.OK, Outcome.NO_RESULT]


async def test_a_program_that_is_stopped_on_request_leaves_what_it_has(sandbox: Sandbox, inputs: Path) -> None:
    marker, stop = f"stopped-{uuid.uuid4().hex}", asyncio.Event()
    source = "import sys\nopen(sys.argv[4] + '/half', 'w').write('x')\nprint('started')\n" + SLEEPS.format(marker)
    task = asyncio.create_task(sandbox.run(Program(source, inputs), LIMITS, stop))
    while marker not in _processes():
        await asyncio.sleep(0.05)
    stop.set()
    result = await task
    assert (result.outcome, result.stdout, result.files) == (Outcome.CANCELLED, "started\n", {"half": b"x"})
    assert marker not in _processes()


async def test_a_request_to_stop_may_come_before_the_start(sandbox: Sandbox, inputs: Path) -> None:
    stop = asyncio.Event()
    stop.set()
    result = await sandbox.run(Program("import time\ntime.sleep(60)", inputs), Limits(seconds=40), stop)
    assert result.outcome is Outcome.CANCELLED


async def test_a_request_to_stop_that_is_never_made(sandbox: Sandbox, inputs: Path) -> None:
    assert (await sandbox.run(Program("print(1)", inputs), LIMITS, asyncio.Event())).outcome is Outcome.OK


async def test_output_survives_a_timeout_that_ignores_signals(sandbox: Sandbox, inputs: Path) -> None:
    result = await run(
        sandbox,
        inputs,
        "import signal, sys, time\n"
        "for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)\n"
        "open(sys.argv[4] + '/partial.txt', 'w').write('half')\n"
        "print('started', flush=True)\n"
        "while True: time.sleep(1)\n",
        Limits(seconds=1.5),
    )
    assert result.outcome is Outcome.TIMEOUT
    assert result.stdout == "started\n"
    assert result.files == {"partial.txt": b"half"}


async def test_memory_has_a_limit(sandbox: Sandbox, inputs: Path) -> None:
    source = "blocks = []\nwhile True: blocks.append(b'x' * 20_000_000)"
    result = await run(sandbox, inputs, source)
    # With rlimits the program may be told by MemoryError before anyone has to kill it.
    assert result.outcome is Outcome.OOM or "MemoryError" in result.stderr


async def test_memory_of_children_counts(confined: Sandbox, inputs: Path) -> None:
    source = (
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        block = bytearray(os.urandom(1000)) * 200_000\n"
        "        time.sleep(15); os._exit(0)\n"
        "try:\n"
        "    while True:\n"
        "        pid, status = os.wait()\n"
        "        if status: raise SystemExit(3)\n"
        "except ChildProcessError: pass\n"
    )
    result = await run(confined, inputs, source)
    assert result.outcome is Outcome.OOM


async def test_a_flood_of_output_is_cut_in_the_middle(sandbox: Sandbox, inputs: Path) -> None:
    source = "import sys\nprint('first')\nfor _ in range(3000): sys.stdout.write('x' * 10_000)\nprint('last')"
    result = await run(sandbox, inputs, source)
    assert result.outcome is Outcome.OK
    assert result.stdout_bytes == 30_000_011
    assert result.stdout.startswith("first\n")
    assert result.stdout.endswith("last\n")
    assert len(result.stdout) < 200_000
    assert result.flags == {Flag.TRUNCATED}


async def test_terminal_escapes_are_taken_out(sandbox: Sandbox, inputs: Path) -> None:
    source = "import sys; sys.stdout.buffer.write(b'a\\x1b[2Jb\\xff\\x00' + '\\u202e'.encode() + b'c')"
    assert (await run(sandbox, inputs, source)).stdout == "a[2Jb�c"


async def test_only_plain_files_come_back(sandbox: Sandbox, inputs: Path) -> None:
    result = await run(
        sandbox,
        inputs,
        "import os, sys\nos.chdir(sys.argv[4])\n"
        "open('kept.txt', 'w').write('x')\n"
        "os.symlink('/etc/passwd', 'link'); os.mkfifo('pipe')\n"
        "open('new\\nline', 'w').close()\n"
        "open('bad\\udcff', 'w').close()\n"
        "with open('sparse', 'wb') as f: f.truncate(7 << 20)\n"
        "with open('second', 'wb') as f: f.truncate(7 << 20)\n",
    )
    assert set(result.files) == {"kept.txt", "second"}
    assert {"link", "pipe", "sparse"} <= set(result.skipped)
    assert len(result.skipped) == 5


async def test_a_file_over_the_limit_is_refused_to_the_program(sandbox: Sandbox, inputs: Path) -> None:
    source = (
        "import sys\nwith open(sys.argv[4] + '/big', 'wb') as f:\n    for _ in range(40): f.write(b'x' * (1 << 20))"
    )
    result = await run(sandbox, inputs, source)
    assert result.outcome is not Outcome.OK
    assert sum(map(len, result.files.values())) <= 8 << 20


async def test_the_input_folder_cannot_be_changed(confined: Sandbox, inputs: Path) -> None:
    (inputs / "data.csv").chmod(0o666)
    inputs.chmod(0o777)
    result = await run(
        confined,
        inputs,
        "import os, sys\nfrom pathlib import Path\nfolder = Path(sys.argv[2])\nopened = []\n"
        "for act in (lambda: (folder / 'new').write_text('x'), lambda: (folder / 'data.csv').write_text('x'),\n"
        "            lambda: os.remove(folder / 'data.csv'), lambda: os.chmod(folder, 0o700)):\n"
        "    try: act(); opened.append(1)\n"
        "    except OSError: pass\n"
        "print(len(opened))",
    )
    assert result.stdout == "0\n"
    assert (inputs / "data.csv").read_text() == "1,2,3\n"
    assert os.listdir(inputs) == ["data.csv"]


async def test_there_is_no_network(confined: Sandbox, inputs: Path) -> None:
    result = await run(
        confined,
        inputs,
        "import socket\nreached = []\n"
        "for family, address in ((socket.AF_INET, ('1.1.1.1', 53)), (socket.AF_INET, ('169.254.169.254', 80)),\n"
        "                        (socket.AF_UNIX, '/var/run/docker.sock')):\n"
        "    s = socket.socket(family); s.settimeout(2)\n"
        "    try: s.connect(address); reached.append(address)\n"
        "    except OSError: pass\n"
        "try: socket.getaddrinfo('example.com', 80); reached.append('dns')\n"
        "except OSError: pass\n"
        "print(reached)",
    )
    assert result.stdout == "[]\n"


async def test_the_host_is_out_of_sight(confined: Sandbox, inputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-host")
    secret = inputs.parent / "secret.txt"
    secret.write_text("a test label")
    secret.chmod(0o644)
    result = await run(
        confined,
        inputs,
        "import os\nfrom pathlib import Path\n"
        f"seen = [p for p in ({str(secret)!r}, {str(inputs)!r}, {str(Path.cwd() / 'pyproject.toml')!r},\n"
        f"        {str(Path.home() / '.bashrc')!r}, '/etc/shadow', '/var/run/docker.sock') if os.access(p, os.R_OK)]\n"
        "environment = Path('/proc/self/environ').read_text()\n"
        "try: other = Path('/proc/1/environ').read_text()\n"
        "except OSError: other = ''\n"
        "print(seen, 'secret-of' in environment + other, len([n for n in os.listdir('/proc') if n.isdigit()]) < 5)",
    )
    assert result.stdout == "[] False True\n"


async def test_the_program_has_no_privileges(confined: Sandbox, inputs: Path) -> None:
    result = await run(
        confined,
        inputs,
        "import os\nfrom pathlib import Path\n"
        "def may(act):\n"
        "    try: act(); return True\n"
        "    except OSError: return False\n"
        "status = dict(l.split(':\\t') for l in Path('/proc/self/status').read_text().splitlines() if ':\\t' in l)\n"
        "print(os.getuid() != 0, int(status['CapEff'], 16), int(status['CapPrm'], 16), status['NoNewPrivs'].strip(),\n"
        "      may(lambda: os.setuid(0)), may(lambda: os.mknod('/tmp/x', 0o60600, 0x800)),\n"
        "      may(lambda: open('/proc/1/mem', 'rb')), may(lambda: os.listdir('/proc/1/fd')))",
    )
    assert result.outcome is Outcome.OK
    assert result.stdout == "True 0 0 1 False False False False\n"


async def test_the_report_comes_from_a_process_that_cannot_be_killed(confined: Sandbox, inputs: Path) -> None:
    source = (
        "import os, signal\nfor n in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP): os.kill(1, n)\nprint('alive')"
    )
    result = await run(confined, inputs, source)
    assert (result.outcome, result.stdout) == (Outcome.OK, "alive\n")


async def test_a_fork_bomb_stays_inside(confined: Sandbox, inputs: Path) -> None:
    source = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    result = await run(confined, inputs, source, Limits(seconds=3, memory_mb=512, pids=64))
    assert result.outcome in {Outcome.TIMEOUT, Outcome.OOM}


async def test_nothing_is_left_running(sandbox: Sandbox, inputs: Path) -> None:
    marker = f"left-{uuid.uuid4().hex}"
    source = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', {marker!r}])\n"
        "print('parent done')"
    )
    result = await run(sandbox, inputs, source)
    assert result.outcome is Outcome.OK
    assert marker not in _processes()


async def test_cancelling_ends_the_program(sandbox: Sandbox, inputs: Path) -> None:
    marker = f"cancelled-{uuid.uuid4().hex}"
    task = asyncio.create_task(run(sandbox, inputs, SLEEPS.format(marker)))
    while marker not in _processes():
        await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert marker not in _processes()


@pytest.mark.parametrize("seconds", [0, 0.01, 0.05, 0.1])
async def test_cancelling_at_the_start_leaves_nothing(sandbox: Sandbox, inputs: Path, seconds: float) -> None:
    marker = f"early-{uuid.uuid4().hex}"
    task = asyncio.create_task(run(sandbox, inputs, SLEEPS.format(marker)))
    await asyncio.sleep(seconds)
    task.cancel()
    # A run that went on would need a minute to end.
    async with asyncio.timeout(15):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert marker not in _processes()


async def test_a_dead_server_leaves_no_program(sandbox: Sandbox, inputs: Path) -> None:
    marker = f"orphan-{uuid.uuid4().hex}"
    server = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import asyncio, sys\nfrom pathlib import Path\n"
            "from sandbox.base import Program\nfrom sandbox.limits import Limits\n"
            "from sandbox.registry import open_sandbox\n"
            "sandbox = open_sandbox(sys.argv[1], sys.argv[4])\n"
            "asyncio.run(sandbox.run(Program(sys.argv[2], Path(sys.argv[3])), Limits()))",
            sandbox.name,
            SLEEPS.format(marker),
            str(inputs),
            OWNER,
        ]
    )
    while marker not in _processes():
        await asyncio.sleep(0.05)
        assert server.poll() is None
    server.kill()
    server.wait()
    async with asyncio.timeout(10):
        while marker in _processes():
            await asyncio.sleep(0.05)
    if isinstance(sandbox, (DockerSandbox, BubblewrapSandbox)):
        # Of bubblewrap without cgroups nothing is left.
        assert sandbox.sweep() >= (1 if isinstance(sandbox, DockerSandbox) else 0)
        assert sandbox.sweep() == 0


async def test_eight_at_once_keep_apart(sandbox: Sandbox, inputs: Path) -> None:
    source = "import sys\nopen(sys.argv[4] + '/n', 'w').write('{}')\nprint({})"
    results = await asyncio.gather(*(run(sandbox, inputs, source.format(n, n)) for n in range(8)))
    assert [(r.stdout, r.files) for r in results] == [(f"{n}\n", {"n": str(n).encode()}) for n in range(8)]


async def test_the_packages_work(sandbox: Sandbox, inputs: Path) -> None:
    result = await run(
        sandbox,
        inputs,
        "import sys\nimport matplotlib.pyplot as plt, numpy as np, pandas as pd, pywt, scipy.signal, wfdb\n"
        "import h5py, pyarrow.parquet, statsmodels.api as sm\n"
        "from joblib import Parallel, delayed\nfrom sklearn.ensemble import RandomForestClassifier\n"
        "values = pd.read_csv(sys.argv[2] + '/data.csv', header=None).to_numpy()[0]\n"
        "with h5py.File(sys.argv[4] + '/a.h5', 'w') as file: file['x'] = values\n"
        "pd.DataFrame({'x': values}).to_parquet(sys.argv[4] + '/a.parquet')\n"
        "sm.OLS(values, sm.add_constant([1.0, 2, 4])).fit()\n"
        "X = np.random.default_rng(0).normal(size=(60, 4)); y = X[:, 0] > 0\n"
        "RandomForestClassifier(20, n_jobs=-1).fit(X, y).predict(X)\n"
        "def double(x): return 2 * x\n"
        "plt.plot(scipy.signal.detrend(values)); plt.title('Takt'); plt.savefig(sys.argv[4] + '/plot.png')\n"
        "print(Parallel(n_jobs=-1)(delayed(double)(int(v)) for v in values))",
        Limits(),
    )
    assert (result.outcome, result.stdout) == (Outcome.OK, "[2, 4, 6]\n"), result.stderr
    assert result.files["plot.png"].startswith(b"\x89PNG")


async def test_a_program_is_a_main_module_like_any_other(sandbox: Sandbox, inputs: Path) -> None:
    result = await run(
        sandbox,
        inputs,
        "from __future__ import annotations\nimport multiprocessing, pickle, sys\n"
        "class Beat: pass\n"
        "def double(x): return 2 * x\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(2) as pool: print(pool.map(double, [1, 2]))\n"
        "    print(type(pickle.loads(pickle.dumps(Beat()))) is Beat, sys.argv[0] == __file__, sys.argv[1::2])\n"
        "    raise ValueError('no beats')",
    )
    assert result.stdout == "[2, 4]\nTrue True ['-i', '-o']\n", result.stderr
    first, second, *_ = result.stderr.splitlines()
    assert first == "Traceback (most recent call last):"
    assert second.endswith('program.py", line 8, in <module>')


@pytest.mark.parametrize("name", ["app", "graph", "sandbox"])
async def test_our_own_packages_cannot_be_imported(sandbox: Sandbox, inputs: Path, name: str) -> None:
    result = await run(sandbox, inputs, f"import {name}.base")
    assert result.outcome is Outcome.NONZERO_EXIT
    assert "ModuleNotFoundError" in result.stderr


async def test_what_others_run_does_not_count(sandbox: Sandbox, inputs: Path) -> None:
    crowd = subprocess.Popen(["sh", "-c", "for _ in $(seq 300); do sleep 60 & done; wait"], start_new_session=True)
    try:
        while _processes().count("sleep") < 300:
            await asyncio.sleep(0.02)
        source = "import threading\nfor _ in range(30): threading.Timer(0.1, int).start()\nprint('done')"
        result = await run(sandbox, inputs, source)
    finally:
        os.killpg(crowd.pid, signal.SIGKILL)
        crowd.wait()
    assert (result.outcome, result.stdout) == (Outcome.OK, "done\n"), result.stderr


async def test_each_of_four_at_once_has_the_whole_limit(confined: Sandbox, inputs: Path) -> None:
    source = "import threading\nfor _ in range(40): threading.Timer(2, int).start()\nprint('done')"
    results = await asyncio.gather(*(run(confined, inputs, source) for _ in range(4)))
    assert [result.stdout for result in results] == ["done\n"] * 4, results


async def test_the_limit_on_processes_counts_threads(confined: Sandbox, inputs: Path) -> None:
    source = (
        "import threading\nstarted = 0\n"
        "try:\n    while started < 500: threading.Timer(1, int).start(); started += 1\n"
        "except RuntimeError: pass\nprint(started)"
    )
    assert 50 < int((await run(confined, inputs, source)).stdout) < 64


async def test_the_program_goes_first_when_memory_runs_out(confined: Sandbox, inputs: Path) -> None:
    assert (await run(confined, inputs, "print(open('/proc/self/oom_score_adj').read())")).stdout.strip() == "1000"


async def test_a_folder_that_the_program_closed_is_its_own_doing(sandbox: Sandbox, inputs: Path) -> None:
    source = "import os, sys\nos.chdir(sys.argv[4])\nos.mkdir('shut')\nos.chmod('shut', 0)\nopen('kept', 'w').close()"
    result = await run(sandbox, inputs, source)
    assert result.outcome is Outcome.OK
    assert set(result.files) == {"kept"}


async def test_an_output_folder_that_the_program_closed_is_opened_again(sandbox: Sandbox, inputs: Path) -> None:
    source = (
        "import os, sys\nopen(sys.argv[4] + '/kept', 'w').close()\ntry: os.chmod(sys.argv[4], 0)\nexcept OSError: pass"
    )
    assert set((await run(sandbox, inputs, source)).files) == {"kept"}


async def test_a_file_that_is_closed_to_others(sandbox: Sandbox, inputs: Path) -> None:
    (inputs / "data.csv").chmod(0o600)
    reading = run(sandbox, inputs, "import sys\nprint(open(sys.argv[2] + '/data.csv').read())")
    if sandbox.name == "docker" or (sandbox.name == "bubblewrap" and os.geteuid() == 0):
        with pytest.raises(InputUnusable, match=r"data\.csv is closed to the user .* chmod -R o\+rX"):
            await reading
    else:
        assert (await reading).stdout == "1,2,3\n\n"


async def test_bubblewrap_shows_the_system_and_the_interpreter_and_no_more(inputs: Path) -> None:
    try:
        bubblewrap = open_sandbox("bubblewrap", owner=OWNER)
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    shown = [str(part) for part in visible_parts(executable())]
    result = await run(
        bubblewrap,
        inputs,
        "import os\n"
        f"known = {{'/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/proc', '/dev', '/etc/fonts', *{shown!r}}}\n"
        "known.add('/sys/fs/cgroup')\n"
        "for folder, folders, files in os.walk('/'):\n"
        "    folders[:] = [f for f in folders if os.path.join(folder, f) not in known]\n"
        "    for path in (os.path.join(folder, f) for f in files):\n"
        "        if path not in known: print(path)\n",
    )
    assert sorted(result.stdout.split()) == ["/etc/ld.so.cache", "/input/data.csv", "/tmp/program.py"]
    assert not any(Path.cwd().is_relative_to(part) for part in shown)


async def test_what_is_printed_does_not_tell_where_things_are_kept(sandbox: Sandbox, inputs: Path) -> None:
    source = (
        "import os, sys, numpy\n"
        "print(sys.argv[2], sys.argv[4], os.getcwd(), numpy.__file__, file=sys.stderr)\n"
        "open(sys.argv[2] + '/nowhere.csv')"
    )
    result = await run(sandbox, inputs, source)
    first, *_, last = result.stderr.splitlines()
    assert first.split()[:3] == ["/input", "/output", "/tmp"]
    assert first.split()[3].startswith("/opt/venv/lib/")
    assert last == "FileNotFoundError: [Errno 2] No such file or directory: '/input/nowhere.csv'"
    for kept in (str(inputs.parent), sys.prefix):
        assert kept not in result.stderr


async def test_a_missing_input_folder_is_our_failure(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(InputUnusable):
        await run(sandbox, tmp_path / "nowhere", "print(1)")


def _processes() -> str:
    texts: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        # The server of the last test carries the marker inside a longer word; only the program has it alone.
        texts += [word.decode("utf-8", "replace") for word in words if len(word) < 80]
    return "\n".join(texts)
