"""The server's folder alone, as a container has it: started on a port, answering, ended by SIGTERM."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoint_models import total

import jupyter_mlops.deployment.serving as serving


@pytest.fixture
def folder(tmp_path) -> Path:
    shutil.copytree(Path(serving.__file__).parent, tmp_path / "serving", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "model.onnx").write_bytes(total())
    return tmp_path


@pytest.fixture
def server(folder) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The process and its port; it is told a secret."""
    process = start(folder, "--name", "sums", "--version", "3", ENDPOINT_SECRET="secret")
    line = process.stderr.readline()
    found = re.search(r"sums version 3 on 127\.0\.0\.1:(\d+)", line)
    assert found, line
    yield process, int(found[1])
    process.kill()
    process.communicate()


def start(folder, *words, **environment) -> subprocess.Popen[str]:
    # -I: nothing of the environment or the working directory, so that only the copied folder can be found.
    program = (
        f"import sys, runpy; sys.path.insert(0, {str(folder)!r}); runpy.run_module('serving', run_name='__main__')"
    )
    return subprocess.Popen(
        [sys.executable, "-I", "-c", program, "--model", str(folder / "model.onnx"), "--port", "0", *words],
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
    )


def ask(port, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    sent = {"Content-Type": "application/json", **headers}
    connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, sent)
    response = connection.getresponse()
    found = response.status, json.loads(response.read())
    connection.close()
    return found


def test_it_answers_on_its_port_and_ends_when_told(server):
    process, port = server

    refused = ask(port, "/v2")
    ready = ask(port, "/v2/health/ready", Authorization="Bearer secret")
    answer = ask(port, "/invocations", {"instances": [[1, 2, 3]]}, Authorization="Bearer secret")
    process.send_signal(signal.SIGTERM)

    assert refused[0] == 401
    assert ready == (200, {"ready": True})
    assert answer == (200, {"predictions": [6.0]})
    assert process.wait(20) == 0


def test_it_leaves_nothing_and_tells_nobody(folder):
    """onnxruntime would write who asks, and how often, into the home for its maker; the container has no such place."""
    (folder / "home").mkdir()
    process = start(folder, HOME=str(folder / "home"), XDG_CACHE_HOME="")
    said = process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=30)

    assert list((folder / "home").rglob("*")) == []
    assert "INFO model version 1 on" in said
    assert "telemetry" not in said + rest


def test_it_knows_nothing_of_the_package(folder):
    """Its modules import the standard library, tornado, NumPy, onnxruntime and each other."""
    program = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); before = set(sys.modules); import serving, serving.__main__;"
        "print(sorted({name.partition('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)

    loaded = set(re.findall(r"'(\w+)'", done.stdout))
    assert {"serving", "tornado", "numpy", "onnxruntime"} <= loaded
    assert loaded & {"jupyter_mlops", "msgspec", "psutil", "onnx", "pandas", "sklearn", "jupyter_server"} == set()


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"no model", (), "onnxruntime cannot run"),
        (total(), ("--sha256", "0" * 64), "is not the file that was deployed"),
    ],
    ids=["broken", "other"],
)
def test_it_does_not_serve_what_it_cannot(folder, content, words, said):
    (folder / "model.onnx").write_bytes(content)

    process = start(folder, *words)
    _, told = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said in told
