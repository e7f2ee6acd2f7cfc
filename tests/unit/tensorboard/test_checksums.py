"""Large event files are read in the time that it takes to read them, and what is damaged is noticed all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("tensorboard")
pytest.importorskip("google_crc32c", reason="comes with the extra [tensorboard]")

BEGIN = """
import sys, time
from jupyter_mlops.tensorboard._application import keep_tensorflow_out
from jupyter_mlops.tensorboard._checksums import check_with_compiled_code
keep_tensorflow_out()
"""
WRITE = """
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.record_writer import RecordWriter
with open(sys.argv[1], "wb") as file:
    for size in (10, 16 << 20, 10):
        RecordWriter(file).write(Event(step=size, file_version="x" * size).SerializeToString())
"""
READ = """
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
began = time.process_time()
print([event.step for event in EventFileLoader(sys.argv[1]).Load()], time.process_time() - began, sep=";")
"""
COMPILED = "assert check_with_compiled_code()\n"


def run(program: str, file: Path) -> str:
    """Return what a program prints that has TensorBoard as a board's process has it."""
    command = [sys.executable, "-W", "ignore", "-c", BEGIN + program, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_large_record_is_read_in_no_time(tmp_path):
    file = tmp_path / "events.out.tfevents.1"
    run(WRITE, file)  # with TensorBoard's own checksums
    steps, seconds = run(COMPILED + READ, file).split(";")
    assert steps == str([10, 16 << 20, 10])
    assert float(seconds) < 0.5  # TensorBoard's own takes more than a second for it


def test_a_damaged_record_is_not_shown(tmp_path):
    file = tmp_path / "events.out.tfevents.1"
    run(COMPILED + WRITE, file)
    with file.open("r+b") as events:
        events.seek(8 << 20)
        events.write(b"y")
    steps, _seconds = run(COMPILED + READ, file).split(";")
    assert steps == "[10]"
