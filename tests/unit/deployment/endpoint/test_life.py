"""An endpoint's process from outside: attempts with pauses, one start for all, leftovers, its directory and its log."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from endpoint_models import bundle, total

from jupyter_mlops.deployment import EndpointClient, EndpointDirectory, Patience, ensure, state_of, stop
from jupyter_mlops.entities import EndpointFigures, EndpointRecord, EndpointVersion, encode
from jupyter_mlops.exceptions import DeploymentError, EndpointNotFoundError, HomeError
from jupyter_mlops.home import Home, LifeLock, lock_holder

QUICK = Patience(start_s=20.0, pauses_s=(0.01, 0.01), stop_s=5.0)


@pytest.fixture
def directory(tmp_path):
    """One with a version, whose process nobody has started."""
    found = EndpointDirectory(Home.create(tmp_path / ".mlops"), "sums")
    found.make()
    checked = bundle(tmp_path, total())
    found.add_version(checked, 1)
    version = EndpointVersion(number=1, sha256=checked.sha256, size=1)
    found.write(EndpointRecord(name="sums", current=1, versions=(version,)))
    yield found
    stop(found)
    found.remove()  # one that was started beside it, and is about to take the lock, ends at once


def program(folder, code) -> tuple[str, ...]:
    """A process in place of the endpoint's."""
    (folder / "process.py").write_text(f"import sys, time\nfrom pathlib import Path\n{code}")
    return (sys.executable, str(folder / "process.py"))


def test_a_process_that_ends_is_tried_again_and_then_told(directory, tmp_path):
    code = "with Path(sys.argv[1], 'tries').open('a') as tries: tries.write('x')\n"
    code += "sys.exit('2026 ERROR the disk is on fire')"

    with pytest.raises(
        DeploymentError, match=r"sums ended 3 times: the disk is on fire\. %deploy logs sums shows more"
    ):
        ensure(directory, QUICK, program(tmp_path, code))

    assert (directory.home.path / "tries").read_text() == "xxx"
    assert state_of(directory) == "down"


def test_a_model_that_cannot_be_served_is_tried_once(directory):
    directory.model_file(1).write_bytes(b"no model")

    with pytest.raises(DeploymentError, match=r"sums cannot be served: .*is not the file that was deployed"):
        ensure(directory, QUICK)

    assert directory.log().count("ERROR") == 1


def test_a_program_that_is_not_there_is_told(directory):
    with pytest.raises(DeploymentError, match="not found"):
        ensure(directory, QUICK._replace(pauses_s=()), ("/nowhere/python",))


def test_a_process_that_does_not_listen_is_given_up(directory, tmp_path):
    with pytest.raises(DeploymentError, match=r"it did not listen within 0\.3 s"):
        ensure(directory, Patience(0.3, (), 5.0), program(tmp_path, "time.sleep(2)"))


def test_many_who_start_it_start_one(directory):
    starting = [threading.Thread(target=ensure, args=(directory, QUICK)) for _ in range(5)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join(60)

    assert state_of(directory) == "running"
    assert directory.log().count("answers (process") == 1


def test_a_socket_of_a_dead_process_gives_way(directory):
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(str(directory.socket))

    ensure(directory, QUICK)

    with EndpointClient(directory) as client:
        assert client.ask("GET", "/v2/health/ready").data == {"ready": True}


def test_the_process_has_none_of_the_users_secrets_or_modules(directory, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("HF_TOKEN", "x")
    (tmp_path / "tornado.py").write_text("raise SystemExit('the user`s own')")
    monkeypatch.chdir(tmp_path)

    ensure(directory, QUICK)

    pid = lock_holder(directory.serve_lock)
    names = {entry.split(b"=")[0] for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")}
    assert not names & {b"AWS_SECRET_ACCESS_KEY", b"HF_TOKEN"}
    assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")


def test_a_second_process_leaves_at_once(directory):
    ensure(directory, QUICK)
    pid = lock_holder(directory.serve_lock)

    command = [sys.executable, "-m", "jupyter_mlops.deployment._endpoint._process", str(directory.home.path), "sums"]
    assert subprocess.run(command, check=False, timeout=60).returncode == 0
    assert lock_holder(directory.serve_lock) == pid
    assert directory.socket.exists()


def test_one_that_does_not_end_is_killed(directory, tmp_path):
    code = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "from jupyter_mlops.home import LifeLock\n"
        f"lock = LifeLock.acquire({str(directory.serve_lock)!r}); print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(program(tmp_path, code), stdout=subprocess.PIPE)
    process.stdout.readline()

    assert stop(directory, Patience(stop_s=0.2))

    assert process.wait(10) == -9
    process.stdout.close()
    assert not stop(directory)


def test_nobody_answers_where_nobody_listens(directory):
    with EndpointClient(directory) as client, pytest.raises(DeploymentError, match=r"sums does not answer \(.*No such"):
        client.ask("GET", "/v2")


def test_how_it_stands_is_told_by_lock_socket_and_record(directory):
    assert state_of(directory) == "down"
    directory.write(EndpointRecord(name="sums", current=1, versions=directory.record().versions, wanted="stopped"))
    assert state_of(directory) == "stopped"
    with LifeLock.acquire(directory.serve_lock):
        assert state_of(directory) == "starting"
    with pytest.raises(EndpointNotFoundError):
        state_of(EndpointDirectory(directory.home, "other"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is damaged"),
        (b"[]", "is damaged"),
        (encode(EndpointRecord(name="sums", current=7, versions=())), "it has no version 7"),
        (encode(EndpointRecord(version=99, name="sums", current=1, versions=())), "Upgrade jupyter_mlops"),
    ],
    ids=["half", "other", "none", "newer"],
)
def test_a_record_that_cannot_be_read_is_told(directory, content, said):
    directory.record_file.write_bytes(content)
    with pytest.raises(HomeError, match=said):
        directory.record()


def test_only_the_newest_versions_keep_their_files(directory, tmp_path):
    checked = bundle(tmp_path, total())
    for number in range(2, 14):
        directory.add_version(checked, number)
    versions = tuple(EndpointVersion(number=number, sha256="", size=1) for number in range(1, 14))

    kept = directory.forget_old(versions)

    assert [version.number for version in kept] == list(range(4, 14))
    assert sorted(int(path.name) for path in (directory.path / "versions").iterdir()) == list(range(4, 14))


def test_the_log_is_read_across_its_rotation(directory):
    directory.log_file.with_suffix(".log.1").write_text("one\ntwo\n")
    directory.log_file.write_text("three\n")

    assert directory.log() == "one\ntwo\nthree\n"
    assert directory.log(2) == "two\nthree\n"
    assert directory.last_words() == "three"


def test_figures_that_are_half_written_are_none(directory):
    assert directory.figures() == EndpointFigures()
    directory.figures_file.write_bytes(b"{")
    assert directory.figures() == EndpointFigures()
    directory.figures_file.write_bytes(encode(EndpointFigures(requests=3)))
    assert directory.figures() == EndpointFigures(requests=3)


def test_the_secret_is_the_endpoints_own_and_private(directory):
    other = EndpointDirectory(directory.home, "other")
    other.make()

    assert len(directory.secret()) == 64
    assert directory.secret() != other.secret()
    assert (directory.path / "secret").stat().st_mode & 0o777 == 0o600
    assert directory.path.stat().st_mode & 0o777 == 0o700
    assert directory.socket != other.socket


def test_a_log_that_grows_is_rotated(directory):
    ensure(directory, QUICK)
    wrong = b'{"instances": [["x"]]}'

    with EndpointClient(directory) as client:
        while not directory.log_file.with_suffix(".log.1").exists():
            for _ in range(500):
                assert client.ask("POST", "/invocations", wrong).status == 400

    assert directory.log_file.stat().st_size < 1_000_000
    assert directory.log_file.with_suffix(".log.1").stat().st_size <= 1_000_000
    assert "A row has 1 values" in directory.log(1)


def test_a_process_that_comes_late_does_not_serve_what_was_stopped(directory):
    directory.write(EndpointRecord(name="sums", current=1, versions=directory.record().versions, wanted="stopped"))

    command = [sys.executable, "-m", "jupyter_mlops.deployment._endpoint._process", str(directory.home.path), "sums"]
    assert subprocess.run(command, check=False, timeout=60).returncode == 0
    assert state_of(directory) == "stopped"
    assert not directory.socket.exists()
