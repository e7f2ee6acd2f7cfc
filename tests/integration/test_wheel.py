"""The wheel: what a plain `pip install` of it puts where, and what Jupyter's own commands say of that."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "jupyter_mlops" / "labextension" / "static" / "style.js"


def done(*command: object, **environment: str) -> str:
    """Run a command to its end, and return what it said on both streams."""
    finished = subprocess.run(
        [str(word) for word in command],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert finished.returncode == 0, finished.stdout
    return re.sub(r"\x1b\[\d+m", "", finished.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this tree, with the front end as it is built now."""
    if not BUILT.exists():
        pytest.skip(reason="the front end is not built: make labextension")
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory) -> Path:
    """The interpreter of a fresh environment with the wheel; what the wheel needs is borrowed from this one."""
    folder = tmp_path_factory.mktemp("fresh")
    done(sys.executable, "-m", "venv", "--without-pip", folder)
    interpreter = folder / "bin" / "python"
    site = Path(done(interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    done(uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", interpreter, wheel)
    return interpreter


def test_the_wheel_brings_the_front_end_and_enables_the_server_extension(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    data = [name.partition(".data/data/")[2] for name in names if ".data/data/" in name]

    assert "share/jupyter/labextensions/jupyter-mlops/package.json" in data
    assert "share/jupyter/labextensions/jupyter-mlops/static/style.js" in data
    assert "share/jupyter/labextensions/jupyter-mlops/install.json" in data
    assert "etc/jupyter/jupyter_server_config.d/jupyter_mlops.json" in data
    assert "jupyter_mlops/server/openapi.yaml" in names
    assert [name for name in names if name.startswith(("jupyter_mlops/labextension", "src/", "tests/", "lib/"))] == []


def test_jupyters_own_commands_list_both_extensions(python, tmp_path):
    around = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}

    labextensions = done(python, "-m", "jupyterlab.labextensions", "list", **around)
    servers = done(python, "-m", "jupyter_server.extension.serverextension", "list", **around)

    assert "jupyter-mlops v" in labextensions
    assert labextensions.partition("jupyter-mlops v")[2].splitlines()[0].split()[1:3] == ["enabled", "OK"]
    assert "jupyter_mlops enabled" in servers
    assert "OK" in servers.partition("- Validating jupyter_mlops...")[2].splitlines()[1]
