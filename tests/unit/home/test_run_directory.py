"""A run's files: written whole, read or absent, never half."""

import hashlib
import json
from pathlib import Path

import msgspec
import pytest

from jupyter_mlops.entities import (
    CellError,
    Exit,
    Manifest,
    ProcessRecord,
    Provenance,
    Result,
    RunStatus,
    ValueRef,
    encode,
)
from jupyter_mlops.exceptions import HomeError, RunNotFoundError, UntrustedManifestError
from jupyter_mlops.home import RunDirectory, Signer

RESULT = Result(status=RunStatus.FAILED, exit_code=1, error=CellError(type="ValueError", message="né"), ended_at="now")
EXIT = Exit(status=RunStatus.FAILED, reason="exit code 1", exit_code=1, duration_s=2.5, started_at="then")
RECORD = ProcessRecord(pid=7, start_time=70, boot_id="b", started_at="then", slot=1)
PROVENANCE = Provenance(notebook="a.ipynb", upstream_cells=("x = 1",), seeds={"numpy": "ab"})


def test_the_files_are_those_of_the_contract(run):
    attributes = [getattr(run, name) for name in vars(type(run)) if not name.startswith("_")]
    named = {path.name for path in attributes if isinstance(path, Path) and path.parent == run.path}
    assert named == {
        "spec.json", "cell.py", "provenance.json", "git.json", "environment.json", "inputs.pickle", "inputs.json",
        "snapshot.lock", "shim.lock", "executor.lock", "shim.json", "executor.json", "wait.json", "stop.json",
        "output.log", "log.json", "display.jsonl", "metrics.spool", "metrics.keys", "journal.jsonl", "artifacts",
        "staged", "released.json", "outputs.pickle", "outputs.json", "result.json", "exit.json", "tracking.json",
        "tensorboard", "keep", "user.json", "user.lock",
    }  # fmt: skip


def test_a_run_is_made_once_and_private(run):
    assert (run.exists(), run.path.stat().st_mode & 0o777, list(run.path.iterdir())) == (True, 0o700, [])
    with pytest.raises(HomeError, match=f"There is a run {run.run_id} already"):
        run.create()


def test_what_is_written_is_read(run, spec):
    run.write(spec, run.spec_file)
    run.write(RESULT, run.result_file, durable=False)
    run.write(EXIT, run.exit_file)
    run.write(RECORD, run.shim_file)
    run.write(RECORD, run.executor_file)
    run.write(PROVENANCE, run.provenance_file)
    run.cell_file.write_text("x = 'é'\n")
    again = RunDirectory(run.path, run.signer)
    read = (
        again.spec(),
        again.result(),
        again.exit(),
        again.shim(),
        again.executor(),
        again.provenance(),
        again.cell(),
    )
    assert read == (spec, RESULT, EXIT, RECORD, RECORD, PROVENANCE, "x = 'é'\n")


def test_what_is_not_there_reads_as_absent(home):
    run = home.run("0" * 32)
    read = (
        run.result(),
        run.exit(),
        run.shim(),
        run.executor(),
        run.inputs(),
        run.outputs(),
        run.provenance(),
        run.cell(),
    )
    assert read == (None, None, None, None, None, None, Provenance(), "")
    assert (run.exists(), run.stop_requested()) == (False, "")
    with pytest.raises(RunNotFoundError, match="No run 00000000"):
        run.spec()


@pytest.mark.parametrize("who", ["user", "timeout"])
def test_who_stopped_it_is_told(run, who):
    run.stop_file.write_text(json.dumps({"by": who, "at": "now"}))
    assert run.stop_requested() == who


def test_f29_a_file_cut_at_any_byte_reads_as_absent(run, spec):
    manifest = run.signer.sign(Manifest(values=(ValueRef("x", "int", 8),), stream_sha256="0" * 64))
    readers = {
        run.spec_file: (spec, lambda: run.read(type(spec), run.spec_file)),
        run.result_file: (RESULT, run.result),
        run.exit_file: (EXIT, run.exit),
        run.executor_file: (RECORD, run.executor),
        run.shim_file: (RECORD, run.shim),
        run.inputs_file: (manifest, run.inputs),
        run.outputs_file: (manifest, run.outputs),
    }
    for file, (entity, read) in readers.items():
        whole = encode(entity)
        for length in range(len(whole)):
            file.write_bytes(whole[:length])
            assert read() is None
        file.write_bytes(whole)
        assert read() == entity


def test_f29_no_cut_and_no_zeros_crash_the_status(run, spec):
    """A power cut may leave zeros where data was to be."""
    files = {run.spec_file: spec, run.result_file: RESULT, run.exit_file: EXIT, run.shim_file: RECORD}
    for file, entity in files.items():
        whole = encode(entity)
        before = run.state()
        states = []
        for length in range(len(whole)):
            for content in (whole[:length], whole[:length].ljust(len(whole), b"\0")):
                file.write_bytes(content)
                states.append(run.state())
        # What is not whole is absent; only a file that is there at all may make a run no longer starting.
        assert {state.status for state in states} <= {before.status, RunStatus.FAILED}
        file.write_bytes(whole)
    assert run.state().status is EXIT.status


@pytest.mark.parametrize(
    "content", [b"[]", b"7", b"null", b'{"status": 3}', b'{"status": "DONE"}', b"\xff", b"\0" * 100]
)
def test_f29_what_is_no_exit_is_no_end(run, content):
    run.exit_file.write_bytes(content)
    assert run.exit() is None


def test_a_file_that_cannot_be_read_is_told_by_its_name(run, spec):
    """As with a failing disk: whoever lists runs skips this one, whoever asks for it is told why."""
    run.spec_file.unlink(missing_ok=True)
    run.spec_file.mkdir()

    with pytest.raises(HomeError, match=r"spec[.]json cannot be read: Is a directory[.] Restore it"):
        run.spec()


@pytest.mark.parametrize("changed", [{}, {"run_id": None}])
def test_a_file_of_a_newer_version_is_refused_with_both_numbers(run, spec, changed):
    newer = {**msgspec.to_builtins(spec), **changed, "wire_version": 9}
    run.spec_file.write_bytes(msgspec.json.encode(newer))
    with pytest.raises(HomeError, match=r"spec\.json has format 9, this version reads up to 1\. Upgrade"):
        run.spec()


def test_what_cannot_be_written_is_an_error_with_the_path(home, spec):
    run = home.run("0" * 32)
    with pytest.raises(HomeError, match=r"Cannot write .*spec\.json: No such file"):
        run.write(spec, run.spec_file)


@pytest.fixture
def signed(run):
    """A run whose inputs are signed by this user."""
    run.inputs_stream.write_bytes(b"a pickle stream")
    digest = hashlib.sha256(b"a pickle stream").hexdigest()
    run.write(run.signer.sign(Manifest(values=(ValueRef("x", "int", 8),), stream_sha256=digest)), run.inputs_file)
    return run


def test_a_signed_stream_is_read(signed):
    assert signed.read_stream(signed.inputs(), signed.inputs_stream) == b"a pickle stream"


@pytest.mark.parametrize("stream", [b"a pickle stream!", b"a pickle strea", b"", None])
def test_rule_10_a_stream_that_was_exchanged_is_refused(signed, stream):
    signed.inputs_stream.unlink() if stream is None else signed.inputs_stream.write_bytes(stream)
    with pytest.raises(UntrustedManifestError, match=r"inputs\.pickle is not what its manifest was signed for"):
        signed.read_stream(signed.inputs(), signed.inputs_stream)


def test_rule_10_a_run_from_elsewhere_is_refused_until_it_is_trusted(signed, tmp_path):
    elsewhere = RunDirectory(signed.path, Signer(tmp_path / "another user's key"))
    with pytest.raises(UntrustedManifestError, match="%runs trust RUN"):
        elsewhere.inputs()
    assert elsewhere.trust() == ("inputs.json",)
    assert elsewhere.inputs().names == ("x",)
    with pytest.raises(UntrustedManifestError):
        signed.inputs()


def test_rule_10_trust_is_not_given_to_a_stream_that_does_not_fit(signed):
    signed.inputs_stream.write_bytes(b"exchanged")
    with pytest.raises(UntrustedManifestError):
        signed.trust()


def test_a_run_says_what_it_is(run):
    assert repr(run) == f"RunDirectory({str(run.path)!r})"
