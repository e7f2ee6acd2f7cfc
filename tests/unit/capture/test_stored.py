"""Values in a run directory: verified before they are unpacked, mapped when they are read, found in another process."""

import json
import os

import numpy as np
import pytest

from jupyter_mlops.capture import AmbientState, dump_values, read_inputs, read_outputs, write_inputs, write_outputs
from jupyter_mlops.exceptions import MissingObjectError, UntrustedManifestError
from jupyter_mlops.home import Signer


class Canary:
    """Leaves a file where it is unpickled."""

    def __init__(self, file):
        self.file = str(file)

    def __reduce__(self):
        return open, (self.file, "w")


@pytest.fixture(params=["inputs", "outputs"])
def way(request, home, run):
    """Write and read functions, and the two files, of inputs and of outputs."""
    write, read = {"inputs": (write_inputs, read_inputs), "outputs": (write_outputs, read_outputs)}[request.param]
    return (
        lambda **values: write(run, dump_values(values), home),
        lambda: read(run, home, namespace={}),
        getattr(run, f"{request.param}_file"),
        getattr(run, f"{request.param}_stream"),
    )


def test_what_was_written_is_read(way):
    write, read, manifest, stream = way
    array = np.arange(100_000)
    write(array=array, same=array, n=1)
    values = read()
    np.testing.assert_array_equal(values["array"], array)
    assert values["array"] is values["same"]
    assert [oct(file.stat().st_mode & 0o777) for file in (manifest, stream)] == ["0o600", "0o600"]


def test_arrays_are_writable_and_private(way):
    write, read, *_ = way
    write(array=np.zeros(100_000))
    values = read()
    values["array"][:] = 5
    assert not read()["array"].any()


def test_values_are_not_there_before_they_are_written(way):
    with pytest.raises(MissingObjectError, match="are not stored; run the cell again"):
        way[1]()


@pytest.mark.parametrize("what", ["stream", "hash", "name", "signature", "no signature"])
def test_b29_nothing_is_unpickled_that_was_touched(way, what, tmp_path):
    write, read, manifest, stream = way
    canary = tmp_path / "canary"
    write(canary=Canary(canary), array=np.zeros(100_000))
    told = json.loads(manifest.read_bytes())
    if what == "stream":
        stream.write_bytes(stream.read_bytes() + b".")
    else:
        if what == "hash":
            told["buffers"][0]["hash"] = "0" * 32
        elif what == "name":
            told["values"][0]["name"] = "other"
        else:
            told["signature"] = "0" * 64 if what == "signature" else ""
        manifest.write_text(json.dumps(told))
    with pytest.raises(UntrustedManifestError):
        read()
    assert not canary.exists()


def test_nothing_of_another_user_is_unpickled(way, run, tmp_path):
    write, read, *_ = way
    write(canary=Canary(tmp_path / "canary"))
    run.signer = Signer(tmp_path / "another users key")
    with pytest.raises(UntrustedManifestError, match="%runs trust RUN"):
        read()
    assert not (tmp_path / "canary").exists()


def test_a_removed_object_is_named(way, home):
    write, read, *_ = way
    write(array=np.zeros(100_000))
    next(home.objects.files()).unlink()
    with pytest.raises(MissingObjectError, match="800,000 bytes is not there"):
        read()


def test_the_same_data_is_stored_once(home):
    for _ in range(3):
        run = home.run(home.new_run_id())
        run.create()
        write_outputs(run, dump_values({"array": np.arange(100_000)}), home)
    assert len(list(home.objects.files())) == 1


def test_b38_the_environment_is_in_the_inputs_pickle_and_nowhere_else(home, run, monkeypatch):
    monkeypatch.setenv("MY_API_TOKEN", "hunter2-secret")
    write_inputs(run, dump_values({"n": 1}, ambient=AmbientState.capture()), home)
    holding = [file for file in home.path.rglob("*") if file.is_file() and b"hunter2-secret" in file.read_bytes()]
    assert holding == [run.inputs_stream]
    assert run.inputs_stream.stat().st_mode & 0o077 == 0


KERNEL = """
import sys, os
from pathlib import Path
from jupyter_mlops.capture import *
from jupyter_mlops.home import Home

here = sys.modules["__main__"].__dict__
class Base:
    limit = 3
class Net(Base):
    def __init__(self): self.weights = [1]
    def grow(self): self.weights.append(scale); return self
scale = 7
net = Net()
data = [1, 2]
kept = net

home = Home.open(Path(sys.argv[1]))
run = home.run(sys.argv[2])
write_inputs(run, dump_values({"net": net, "data": data, "scale": scale}), home)
"""
RUN = """
import sys, pickle
from pathlib import Path
from jupyter_mlops.capture import *
from jupyter_mlops.home import Home

home = Home.open(Path(sys.argv[1]))
run = home.run(sys.argv[2])
values = read_inputs(run, home)
globals().update(values)
assert type(net) is Net and Net.__module__ == "__main__"
# As torch.save and multiprocessing do it.
assert type(pickle.loads(pickle.dumps(net))) is Net
class Made(Net): pass
made, best, other = Made(), net.grow(), Net()
best.data = data
outputs = {"best": best, "made": made, "other": other}
write_outputs(run, dump_values(outputs, references={"data": values["data"]}), home)
"""


def test_a_class_that_travels_to_a_run_and_back_is_the_same_class(home, run, python, tmp_path):
    steps = tmp_path / "run.py"
    steps.write_text(RUN)
    told = python(
        KERNEL
        + f"""
import subprocess
subprocess.run([sys.executable, {str(steps)!r}, *sys.argv[1:]], check=True)
back = read_outputs(run, home, resolve=here.__getitem__)
print(type(back["best"]) is Net, back["best"].weights, back["best"].data is data, net.weights)
print(isinstance(back["made"], Net), type(back["made"]) is Made, back["other"].grow().weights)
""",
        home.path,
        run.run_id,
    )
    assert told.splitlines() == ["True [1, 7] True [1]", "True True [1, 7]"]


def test_a_fresh_kernel_gets_the_classes_too(home, run, python, tmp_path):
    python(KERNEL, home.path, run.run_id)
    python(RUN, home.path, run.run_id)
    told = python(
        """
        import sys
        from pathlib import Path
        from jupyter_mlops.capture import *
        from jupyter_mlops.home import Home
        home = Home.open(Path(sys.argv[1]))
        run = home.run(sys.argv[2])
        inputs = read_inputs(run, home)
        back = read_outputs(run, home, resolve=inputs.__getitem__)
        again = read_outputs(run, home, resolve=inputs.__getitem__)
        scale = inputs["scale"]
        print(type(back["best"]) is type(inputs["net"]) is type(again["other"]) is Net, Made.__mro__[1] is Net)
        print(back["best"].data is inputs["data"], back["best"].grow().weights)
        """,
        home.path,
        run.run_id,
    )
    assert told.splitlines() == ["True True", "True [1, 7, 7]"]


def test_reading_maps_and_does_not_copy(home, run):
    pytest.importorskip("psutil")
    write_outputs(run, dump_values({"array": np.ones(32 << 20, dtype="u1")}), home)
    before = anonymous_bytes()
    values = read_outputs(run, home)
    assert values["array"].sum() == 32 << 20
    assert anonymous_bytes() - before < 2 << 20


def anonymous_bytes():
    with open(f"/proc/{os.getpid()}/smaps_rollup") as told:
        return next(int(line.split()[1]) * 1024 for line in told if line.startswith("Anonymous"))
