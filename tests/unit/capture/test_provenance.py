"""Where a run comes from, and which machine executed it."""

import importlib.metadata
import os
import platform
import socket

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from jupyter_mlops.capture import environment, fingerprint, notebook_path, provenance
from jupyter_mlops.capture._environment import environment as uncached
from jupyter_mlops.entities import Fingerprint, Provenance, decode, encode


@pytest.fixture(autouse=True)
def no_notebook(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


FRAME = pd.DataFrame({"age": [1, 2, 3], "city": pd.array(["a", "b", "c"], dtype="string")})
DATA = [
    (
        FRAME,
        Fingerprint(
            name="x", type="pandas.DataFrame", digest="d", shape=(3, 2), columns=("age: int64", "city: string")
        ),
    ),
    (FRAME["age"], Fingerprint(name="x", type="pandas.Series", digest="d", shape=(3,), columns=("age: int64",))),
    (
        np.zeros((2, 3), "f4"),
        Fingerprint(name="x", type="numpy.ndarray", digest="d", shape=(2, 3), columns=("float32",)),
    ),
    (
        sparse.csr_matrix((4, 5)),
        Fingerprint(name="x", type="scipy.sparse._csr.csr_matrix", digest="d", shape=(4, 5), columns=("float64",)),
    ),
]


@pytest.mark.parametrize(("value", "expected"), DATA, ids=lambda value: type(value).__name__)
def test_a_data_set_has_a_fingerprint(value, expected):
    found = fingerprint("x", value, "d")

    assert found == Fingerprint(
        name=expected.name,
        type=f"{type(value).__module__}.{type(value).__qualname__}",
        digest=expected.digest,
        shape=expected.shape,
        columns=expected.columns,
    )


@pytest.mark.torch
def test_a_tensor_has_a_fingerprint():
    import torch

    assert fingerprint("t", torch.zeros(2, 3)) == Fingerprint(
        name="t", type="torch.Tensor", digest="", shape=(2, 3), columns=("torch.float32",)
    )


def test_an_arrow_table_has_a_fingerprint():
    import pyarrow

    assert fingerprint("t", pyarrow.table({"a": [1, 2]})) == Fingerprint(
        name="t", type="pyarrow.lib.Table", digest="", shape=(2, 1), columns=("a: int64",)
    )


@pytest.mark.parametrize("value", [1, "text", None, [1, 2], np.float64(1), np.ndarray, np, {"shape": (1, 2)}, object()])
def test_other_values_have_none(value):
    assert fingerprint("x", value) is None


def test_an_object_that_only_looks_like_data_is_not_asked():
    class Pretender:
        def __getattr__(self, name):
            raise AssertionError(name)

    assert fingerprint("x", Pretender()) is None


def test_what_the_kernel_knows_is_put_together():
    namespace = {"X": np.zeros((2, 2)), "n": 3, "not_captured": np.zeros(1)}

    found = provenance(
        namespace,
        ["n", "X", "gone"],
        upstream_cells=["X = load()"],
        digests={"X": "abc"},
        seeds={"numpy": "def"},
        cell_id="c1",
    )

    assert found == Provenance(
        cell_id="c1",
        upstream_cells=("X = load()",),
        fingerprints=(Fingerprint(name="X", type="numpy.ndarray", digest="abc", shape=(2, 2), columns=("float64",)),),
        seeds={"numpy": "def"},
    )
    assert decode(encode(found), Provenance) == found


def test_the_notebook_is_told_by_the_server_or_by_vs_code(monkeypatch):
    assert notebook_path({}) == ""
    monkeypatch.setenv("JPY_SESSION_NAME", "/work/a.ipynb")
    assert notebook_path({}) == "/work/a.ipynb"
    assert notebook_path({"__vsc_ipynb_file__": "/work/b.ipynb"}) == "/work/b.ipynb"


def test_the_environment_is_that_of_this_process():
    found = environment()

    assert (found.python, found.host) == (platform.python_version(), socket.gethostname())
    assert found.cpu_count == len(os.sched_getaffinity(0))
    assert found.memory_bytes > 0
    assert found.cpu
    assert found.packages["numpy"] == importlib.metadata.version("numpy")
    assert environment() is found


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """A program in the path that answers as the real one does, or not at all."""

    def install(script):
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return install


def test_gpus_are_named_where_there_are_some(nvidia_smi):
    nvidia_smi("echo 'NVIDIA H100, 81559 MiB'; echo 'NVIDIA H100, 81559 MiB'")

    assert uncached.__wrapped__().gpus == ("NVIDIA H100, 81559 MiB", "NVIDIA H100, 81559 MiB")


def test_a_driver_that_does_not_answer_is_no_gpu(nvidia_smi):
    nvidia_smi("exit 9")

    assert uncached.__wrapped__().gpus == ()
