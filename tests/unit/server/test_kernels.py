"""What kernels are told: where runs are kept unless a nearer home says so, and the way to TensorBoard's own magic."""

import asyncio
from pathlib import Path
from typing import Any

from jupyter_mlops.home import Home
from jupyter_mlops.server._kernels import export_to_kernels, kernel_environment

PROXY = "/user/a%20b/jupyter-mlops/tensorboard/port/%PORT%/"


class LocalKernels:
    """A kernel manager as Jupyter has it, that remembers what it was asked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.started: list[dict[str, Any]] = []

    def cwd_for_path(self, path: str) -> str:
        return str(self.root / path)

    async def start_kernel(self, **kwargs: Any) -> str:
        self.started.append(kwargs)
        return "kernel-id"


class RemoteKernels:
    """A gateway's: its kernels have paths of their own."""

    async def start_kernel(self, **kwargs: Any) -> str:
        return "kernel-id"


def test_a_kernel_without_a_nearer_home_gets_the_servers(tmp_path):
    told = kernel_environment(tmp_path / "sub", tmp_path, "/user/a%20b/", {})

    assert told == {"TENSORBOARD_PROXY_URL": PROXY, "JUPYTER_MLOPS_HOME": str(tmp_path / ".mlops")}


def test_a_kernel_below_a_home_finds_it_by_itself(tmp_path):
    Home.create(tmp_path / "project" / ".mlops")

    told = kernel_environment(tmp_path / "project" / "notebooks", tmp_path, "/user/a%20b/", {})

    assert told == {"TENSORBOARD_PROXY_URL": PROXY}


def test_what_the_user_has_set_wins(tmp_path):
    mine = {"JUPYTER_MLOPS_HOME": "/mine", "TENSORBOARD_PROXY_URL": "/other/"}

    assert kernel_environment(tmp_path, tmp_path, "/", mine) == {}


def test_every_kernel_of_the_manager_gets_the_variables_and_keeps_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("FROM_SERVER", "yes")
    manager = LocalKernels(tmp_path)
    export_to_kernels(manager, tmp_path, "/")

    started = asyncio.run(manager.start_kernel(path="sub", kernel_name="python3"))
    asyncio.run(manager.start_kernel(env={"JPY_SESSION_NAME": "a.ipynb"}))

    first, second = manager.started
    assert (started, first["kernel_name"], first["path"]) == ("kernel-id", "python3", "sub")
    assert (first["env"]["FROM_SERVER"], first["env"]["JUPYTER_MLOPS_HOME"]) == ("yes", str(tmp_path / ".mlops"))
    assert (second["env"]["JPY_SESSION_NAME"], "FROM_SERVER" in second["env"]) == ("a.ipynb", False)
    assert second["env"]["TENSORBOARD_PROXY_URL"] == "/jupyter-mlops/tensorboard/port/%PORT%/"


def test_a_gateways_kernels_are_left_alone(tmp_path):
    manager = RemoteKernels()
    before = manager.start_kernel

    export_to_kernels(manager, tmp_path, "/")

    assert manager.start_kernel == before
