"""What an image is built of: it answers in an environment that has its libraries only, and is built where one can."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest

from jupyter_mlops.deployment import PackageWish, _image, load_target
from jupyter_mlops.deployment._docker import request
from jupyter_mlops.deployment._engine import Engine
from jupyter_mlops.deployment._requirements import locked, pinned
from jupyter_mlops.deployment._session import session_of
from jupyter_mlops.exceptions import ExportError, MissingExtraError


@pytest.fixture
def no_engine(monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def pack(bundle, folder, name="wide", **fields):
    return load_target("docker").package(bundle, PackageWish(name=name, directory=folder, **fields))


def test_the_folder_has_what_an_image_needs(bundles, tmp_path, no_engine):
    package = pack(bundles["mixed"], tmp_path / "made", "Wide model_2")
    paths = [file.path for file in package.files]

    assert package.name == "wide-model-2"
    assert {"Dockerfile", ".dockerignore", "requirements.txt", "model.onnx", "README.md"} < set(paths)
    assert "serving/__main__.py" in paths
    assert package.commands[0] == f"docker build -t wide-model-2:{bundles['mixed'].sha256[:12]} {tmp_path}/made"
    assert "Not built here: no container engine answers." in package.notes
    assert "answers a row as the file does" in package.checked[0]


def test_the_dockerfile_runs_without_rights_and_is_watched(bundles, tmp_path, no_engine):
    pack(bundles["frame"], tmp_path / "made")
    lines = (tmp_path / "made/Dockerfile").read_text().splitlines()
    words = [line.split(" ", 1)[0] for line in lines if line[:1].isupper()]

    assert words == [
        "FROM",
        "ENV",
        "WORKDIR",
        "COPY",
        "RUN",
        "COPY",
        "COPY",
        "USER",
        "EXPOSE",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    ]
    assert re.fullmatch(r"FROM python:3\.\d+\.\d+-slim", lines[0])
    assert "USER 10001:10001" in lines
    assert bundles["frame"].sha256 in json.loads(lines[-1].removeprefix("CMD "))
    check = next(line for line in lines if line.startswith("  CMD "))
    ast.parse(json.loads(check.removeprefix("  CMD "))[2])


def test_all_libraries_are_pinned_and_nothing_else(bundles, tmp_path, no_engine):
    pack(bundles["frame"], tmp_path / "made")
    lines = (tmp_path / "made/requirements.txt").read_text().splitlines()

    assert all(re.fullmatch(r"[a-z0-9_.-]+==[0-9][\w.+!]*", line) for line in lines)
    names = {line.partition("==")[0] for line in lines}
    assert {"numpy", "onnxruntime", "tornado"} <= names
    assert not names & {"pandas", "mlflow-skinny", "jupyter_mlops", "onnx", "scikit-learn"}
    assert lines == sorted(lines)


def test_a_library_that_is_not_here_has_no_verified_version():
    with pytest.raises(MissingExtraError, match="no-such-library is not installed here"):
        locked("no-such-library")
    assert pinned("mlflow")[0].startswith("mlflow==")


def installed(folder, name, version, *requires):
    """A library as an environment knows it."""
    about = folder / f"{name}-{version}.dist-info"
    about.mkdir()
    lines = [
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}",
        *(f"Requires-Dist: {each}" for each in requires),
    ]
    (about / "METADATA").write_text("\n".join(lines) + "\n")


def test_all_that_a_library_needs_is_locked_and_nothing_else(tmp_path, monkeypatch):
    """Under one name each, with what its extras need, and not what only other systems do."""
    installed(
        tmp_path, "server", "1.0", "Two_Words[fast]>=2", "elsewhere; sys_platform == 'none'", "absent; extra == 'x'"
    )
    installed(tmp_path, "two_words", "2.1", "speedy>=3; extra == 'fast'", "server")
    installed(tmp_path, "speedy", "3.0.post1", "two-words")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert locked("server") == ("server==1.0", "speedy==3.0.post1", "two-words==2.1")


def clean_environment(folder, requirements):
    """A folder that has the libraries of a requirements file and no others."""
    folder.mkdir()
    for line in requirements.read_text().splitlines():
        dist = distribution(line.partition("==")[0])
        for top in {path.parts[0] for path in dist.files or () if not path.parts[0].startswith("..")}:
            source, target = Path(str(dist.locate_file(top))), folder / top
            if source.exists() and not target.exists():
                target.symlink_to(source)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mixed", "texts", "array"])
def test_the_server_of_the_folder_answers_with_its_libraries_alone(bundles, tmp_path, kind, no_engine):
    bundle = bundles[kind]
    pack(bundle, tmp_path / "made")
    libraries = clean_environment(tmp_path / "libraries", tmp_path / "made/requirements.txt")
    command = re.findall(r"^(?:ENTRYPOINT|CMD) (.*)$", (tmp_path / "made/Dockerfile").read_text(), re.M)
    words = [word for line in command for word in json.loads(line)]
    words[words.index("0.0.0.0")], words[words.index("8080")] = "127.0.0.1", "0"
    log = tmp_path / "log"
    with open(log, "wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-S", "-B", *words[1:]],
            cwd=tmp_path / "made",
            env={"PYTHONPATH": str(libraries), "PATH": os.environ["PATH"]},
            stdout=output,
            stderr=output,
        )
    try:
        address = f"http://127.0.0.1:{port_in(log, server)}"
        assert ask(f"{address}/v2/health/ready").status == 200
        answer = json.loads(ask(f"{address}/v2/models/wide/infer", request(bundle.signature, ())).read())
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(20)
    told = {each["name"]: each["data"] for each in answer["outputs"]}
    feeds = _image.example_feeds(bundle.signature, 1)
    for tensor, values in zip(bundle.signature.outputs, session_of(bundle).run(None, feeds), strict=True):
        assert np.array(told[tensor.name], dtype=values.dtype).tolist() == values.ravel().tolist()
    assert code == 0


def port_in(log, server):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r" on 127\.0\.0\.1:(\d+)", log.read_text()):
            return int(found.group(1))
        time.sleep(0.05)
    raise AssertionError(f"It does not listen: {log.read_text()}")


def ask(address, body=None):
    data = None if body is None else body.encode()
    return urllib.request.urlopen(
        urllib.request.Request(address, data, {"Content-Type": "application/json"}), timeout=20
    )


def test_the_request_of_the_readme_has_the_users_row(bundles, tmp_path, no_engine):
    package = pack(bundles["mixed"], tmp_path / "made", example=(41.5, 2, "Köln"))
    asked = json.loads(request(bundles["mixed"].signature, (41.5, 2, "Köln")))
    assert [(each["name"], each["datatype"], each["data"]) for each in asked["inputs"]] == [
        ("age", "FP32", [41.5]),
        ("children", "INT64", [2]),
        ("town", "BYTES", ["Köln"]),
    ]
    assert package.commands[-1] in (tmp_path / "made/README.md").read_text()


def test_a_server_that_cannot_answer_goes_nowhere(bundles, tmp_path, no_engine, monkeypatch):
    monkeypatch.setattr(_image, "_ASK", "raise RuntimeError('no such row')")
    with pytest.raises(ExportError, match="cannot answer: RuntimeError: no such row"):
        pack(bundles["frame"], tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_a_server_that_answers_otherwise_goes_nowhere(bundles, tmp_path, no_engine, monkeypatch):
    monkeypatch.setattr(_image, "_ASK", "print('{\"variable\": [[7]]}')")
    with pytest.raises(ExportError, match="answers 'variable' otherwise than the file"):
        pack(bundles["regressor"], tmp_path / "made")
    assert not (tmp_path / "made").exists()


ENGINE = """\
#!{python}
import sys, pathlib
words = sys.argv[1:]
pathlib.Path({log!r}).open("a").write(repr(words) + chr(10))
answers = {answers!r}
code, said = answers.get(words[0], (0, ""))
(sys.stdout if code == 0 else sys.stderr).write(said)
sys.exit(code)
"""


@pytest.fixture
def engine(no_engine, tmp_path):
    """A program called docker that answers as it is told; it returns what it was asked."""

    def install(**answers):
        log = tmp_path / "asked"
        log.touch()
        program = no_engine / "docker"
        program.write_text(ENGINE.format(python=sys.executable, log=str(log), answers=answers))
        program.chmod(0o755)
        return lambda: [ast.literal_eval(line) for line in log.read_text().splitlines()]

    return install


def test_where_an_engine_answers_the_image_is_built_and_looked_at(bundles, tmp_path, engine):
    asked = engine(version=(0, "29"), run=(0, "abc"), inspect=(0, "running healthy"))
    package = pack(bundles["frame"], tmp_path / "made")
    tag = f"wide:{bundles['frame'].sha256[:12]}"

    assert "got healthy without a network" in package.checked[1]
    assert not any("Not built" in note for note in package.notes)
    assert asked()[1] == ["build", "-t", tag, str(tmp_path / "made")]
    assert asked()[2][:2] == ["run", "-d"]
    assert asked()[2][4:] == ["--network", "none", "--read-only", tag]
    assert asked()[-1] == ["rm", "-f", asked()[2][3]]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"build": (1, "no space left")}, "could not be built: no space left"),
        ({"run": (125, "no such runtime")}, "is not well: no such runtime"),
        (
            {"inspect": (0, "exited unhealthy"), "logs": (0, "No module named tornado")},
            "is not well: it is exited unhealthy: No module named tornado",
        ),
    ],
    ids=["build", "run", "health"],
)
def test_what_an_engine_cannot_is_told_and_the_folder_stays(bundles, tmp_path, engine, answers, told):
    asked = engine(version=(0, "29"), **answers)
    package = pack(bundles["frame"], tmp_path / "made")

    assert len(package.checked) == 1
    assert any(told in note for note in package.notes)
    assert (tmp_path / "made/Dockerfile").exists()
    begun = [words[3] for words in asked() if words[0] == "run"]
    assert [words[-1] for words in asked() if words[0] == "rm"] == begun, "docker keeps what it could not start"


def test_a_client_without_a_daemon_is_no_engine(engine):
    engine(version=(1, "Cannot connect to the Docker daemon"))
    assert Engine.found() is None


def test_a_program_that_cannot_be_started_is_no_engine(no_engine):
    (no_engine / "docker").write_text("#!/no/such/interpreter")
    (no_engine / "docker").chmod(0o755)
    assert Engine.found() is None


def test_a_model_that_was_changed_is_not_packed(bundles, tmp_path, no_engine):
    with pytest.raises(ExportError, match="has changed"):
        pack(replace(bundles["frame"], sha256="0" * 64), tmp_path / "made")
    assert not (tmp_path / "made").exists()
