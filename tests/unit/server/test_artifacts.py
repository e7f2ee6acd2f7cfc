"""Artifacts and displays: shown as data, opened beneath the run's folder and nowhere else, and never run."""

import json
import os
import pickle
import socket
import threading
from pathlib import Path

import pytest

from jupyter_mlops.entities import ArtifactEntry, ArtifactPage, Problem
from jupyter_mlops.services import DisplayPage

SECRET = b"the secret of another directory"


@pytest.fixture
def run(make_run, server):
    """A run with artifacts, and a secret beside its folder."""
    run = make_run("with files")
    artifacts = run.directory.artifacts
    (artifacts / "plots").mkdir(parents=True)
    (artifacts / "plots" / "roc.png").write_bytes(b"\x89PNG")
    (artifacts / "größe.csv").write_text("a,b\n")
    (artifacts / "report.html").write_text("<script>alert(1)</script>")
    (artifacts / "model.pkl").write_bytes(b"\x80")
    (artifacts / ".artifact.uploading.half").write_bytes(b"half")
    (run.directory.path / "artifacts-evil").mkdir()
    (run.directory.path / "artifacts-evil" / "file").write_bytes(SECRET)
    (server.root / "secret").write_bytes(SECRET)
    return run


def content(server, run, path):
    return server.get(f"api/runs/{run.id}/artifacts/content", path=path)


def test_a_folder_is_listed_with_how_each_file_may_be_shown(server, run):
    page = server.get(f"api/runs/{run.id}/artifacts").entity(ArtifactPage)
    below = server.get(f"api/runs/{run.id}/artifacts", path="plots").entity(ArtifactPage)

    assert page == ArtifactPage(
        path="",
        entries=(
            ArtifactEntry(path="plots", is_folder=True),
            ArtifactEntry(path="größe.csv", is_folder=False, size=4, preview="table"),
            ArtifactEntry(path="model.pkl", is_folder=False, size=1),
            ArtifactEntry(path="report.html", is_folder=False, size=25),
        ),
    )
    assert below.entries == (ArtifactEntry(path="plots/roc.png", is_folder=False, size=4, preview="image"),)


def test_a_run_without_artifacts_has_an_empty_page(server, make_run):
    run = make_run()

    assert server.get(f"api/runs/{run.id}/artifacts").entity(ArtifactPage) == ArtifactPage(path="", entries=())


def test_the_models_that_a_run_logged_are_among_its_artifacts(server, make_run):
    run = make_run()
    folder = run.directory.staged / "models" / "m-123" / "artifacts"
    folder.mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}\n")

    pages = [server.get(f"api/runs/{run.id}/artifacts", path=path).entity(ArtifactPage) for path in ("", "models")]
    model = content(server, run, "models/m-123/MLmodel")

    assert [[entry.path for entry in page.entries] for page in pages] == [["models"], ["models/m-123"]]
    assert (model.status, model.body, model.headers["Content-Type"]) == (
        200,
        b"flavors: {}\n",
        "text/plain; charset=utf-8",
    )


def test_b13_what_may_hold_a_program_is_saved_and_never_shown(server, run):
    for name in ("report.html", "x.svg", "x.xml", "x.pdf", "x.xhtml", "x.js", "model.pkl"):
        (run.directory.artifacts / name).write_text("<script>alert(1)</script>")
        answer = content(server, run, name)

        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_image_and_a_table_are_shown(server, run):
    image, table = content(server, run, "plots/roc.png"), content(server, run, "größe.csv")

    assert (image.body, image.headers["Content-Type"]) == (b"\x89PNG", "image/png")
    assert (table.body, table.headers["Content-Type"]) == (b"a,b\n", "text/plain; charset=utf-8")
    assert table.headers["Content-Disposition"] == "inline; filename*=utf-8''gr%C3%B6%C3%9Fe.csv"


def test_b14_what_is_large_is_saved(server, run):
    (run.directory.artifacts / "big.json").write_bytes(b" " * 5_000_001)

    answer = content(server, run, "big.json")

    assert (len(answer.body), answer.headers["Content-Disposition"].partition(";")[0]) == (5_000_001, "attachment")


PATHS = [
    "../../../../secret", "plots/../../../../../secret", "..", ".", "./model.pkl", "plots/.", "plots//roc.png",
    "/etc/passwd", "//etc/passwd", "..\\..\\secret", "C:\\secret", "\\\\host\\share", "%2e%2e/secret",
    "%252e%252e/secret", "plots/%00", "model.pkl\0.png", "../artifacts-evil/file", "a/" * 3000 + "b", "x" * 5000,
    "absent",
    "plots", "\n", "models/../secret", "file:///etc/passwd", "plots/roc.png/", "\u202e",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_b11_a_path_that_leads_elsewhere_is_as_absent(server, run, path):
    answers = [content(server, run, path), content(server, run, "absent too")]

    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].body == answers[1].body
    assert SECRET not in answers[0].body


@pytest.mark.parametrize("path", [path for path in PATHS if path not in ("plots",)])
def test_b11_a_folder_that_leads_elsewhere_is_as_absent(server, run, path):
    answer = server.get(f"api/runs/{run.id}/artifacts", path=path)

    assert (answer.status, answer.entity(Problem)) == (404, Problem(message="There is no such artifact."))


def test_b11_a_path_is_decoded_once(server, run):
    (run.directory.artifacts / "%2e%2e").write_bytes(b"a name with percent signs")

    assert content(server, run, "%2e%2e").body == b"a name with percent signs"


def test_b12_what_is_no_regular_file_of_the_run_is_as_absent(server, run):
    artifacts: Path = run.directory.artifacts
    secret = server.root / "secret"
    (artifacts / "link").symlink_to(secret)
    (artifacts / "folder").symlink_to(server.root)
    (artifacts / "inside").symlink_to(artifacts / "model.pkl")
    (artifacts / "hard").hardlink_to(secret)
    os.mkfifo(artifacts / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(artifacts)  # the path of a socket is short
    try:
        listener.bind("socket")
    finally:
        os.chdir(here)
    names = ["link", "folder/secret", "inside", "hard", "pipe", "socket"]

    answers = [content(server, run, name) for name in names]
    listed = {entry.path for entry in server.get(f"api/runs/{run.id}/artifacts").entity(ArtifactPage).entries}
    listener.close()
    secret.unlink()

    assert {(answer.status, answer.body) for answer in answers} == {
        (404, b'{"message":"There is no such artifact.","field":""}')
    }
    assert listed.isdisjoint({"link", "folder", "inside", "pipe", "socket"})


def test_b12_a_file_that_is_exchanged_all_the_time_never_leads_out(server, run):
    """Between a look and a use the file becomes a link to the secret, and back."""
    artifacts = run.directory.artifacts
    secret, plain, link, target = server.root / "secret", artifacts / "plain", artifacts / "link", artifacts / "target"
    plain.write_bytes(b"plain")
    over = threading.Event()

    def exchange() -> None:
        while not over.is_set():
            link.unlink(missing_ok=True)
            link.symlink_to(secret)
            link.rename(target)
            plain.write_bytes(b"plain")
            plain.rename(target)

    exchanger = threading.Thread(target=exchange)
    exchanger.start()
    try:
        seen = {content(server, run, "target").body for _ in range(200)}
    finally:
        over.set()
        exchanger.join()

    assert SECRET not in seen


def test_b12_the_run_directory_itself_may_hold_no_linked_artifacts(server, make_run):
    run = make_run()
    elsewhere = server.root / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_bytes(SECRET)
    run.directory.artifacts.symlink_to(elsewhere)

    assert content(server, run, "file").status == 404
    assert server.get(f"api/runs/{run.id}/artifacts").entity(ArtifactPage).entries == ()


class Canary:
    """A pickle that leaves a trace where it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


def test_b29_nothing_is_loaded_over_any_route(server, make_run, tmp_path):
    run = make_run()
    trace = tmp_path / "loaded"
    canary = pickle.dumps(Canary(trace))
    model = run.directory.artifacts / "model"
    (model / "code").mkdir(parents=True)
    for name in ("python_model.pkl", "model.pkl", "python_model.pkl.gz", "weights.pt", "x.joblib"):
        (model / name).write_bytes(canary)
    (model / "MLmodel").write_text(f"!!python/object/apply:os.system ['touch {trace}']\n")
    (model / "requirements.txt").write_text("evil-package\n")
    (model / "code" / "__init__.py").write_text(f"open({str(trace)!r}, 'w')\n")
    for file in (run.directory.outputs_stream, run.directory.inputs_stream):
        file.write_bytes(canary)
    for file in (run.directory.outputs_file, run.directory.inputs_file):
        file.write_text('{"values": [], "stream_sha256": "", "signature": ""}')

    routes = ["", "/log", "/displays", "/artifacts", "/artifacts?path=model", "/artifacts?path=model/code"]
    routes += [f"/artifacts/content?path=model/{name}" for name in ("model.pkl", "MLmodel", "code/__init__.py")]
    statuses = {
        server.raw("GET", server.path(f"api/runs/{run.id}{route}"), headers=server.auth).status for route in routes
    }
    server.get("api/comparisons", id=[run.id, make_run().id])
    server.get("api/runs.csv")

    assert statuses == {200}
    assert not trace.exists()


def test_displays_come_with_their_place_in_the_log(server, make_run):
    run = make_run()
    big = run.directory.path / "display" / "000002-0"
    big.parent.mkdir()
    big.write_bytes(b"\x89PNG")
    events = [
        {"seq": 0, "offset": 0, "kind": "display", "data": {"text/plain": "one"}},
        {"seq": 1, "offset": 7, "kind": "result", "data": {"text/html": "<b>two</b>"}},
        {"seq": 2, "offset": 9, "kind": "display", "files": {"image/png": "display/000002-0"}},
        {"seq": 3, "offset": 9, "kind": "display", "files": {"image/png": "../../../../etc/passwd"}},
    ]
    run.directory.display_file.write_text("".join(json.dumps(event) + "\n" for event in events) + '{"seq": 4, "off')

    page = server.get(f"api/runs/{run.id}/displays").entity(DisplayPage)
    later = server.get(f"api/runs/{run.id}/displays", start=2).entity(DisplayPage)

    assert [(event.seq, event.offset, event.data) for event in page.displays] == [
        (0, 0, {"text/plain": "one"}),
        (1, 7, {"text/html": "<b>two</b>"}),
        (2, 9, {"image/png": "iVBORw=="}),
        (3, 9, {}),
    ]
    assert later.displays == page.displays[2:]


def test_many_large_displays_come_in_pages(server, make_run):
    run = make_run()
    line = json.dumps({"seq": 0, "offset": 0, "kind": "display", "data": {"text/plain": "x" * 900_000}})
    run.directory.display_file.write_text("".join(line.replace('"seq": 0', f'"seq": {n}') + "\n" for n in range(20)))

    seen, start = [], 0
    while start is not None:
        answer = server.get(f"api/runs/{run.id}/displays", start=start)
        assert len(answer.body) < 9_000_000
        page = answer.entity(DisplayPage)
        seen += [event.seq for event in page.displays]
        start = page.next

    assert seen == list(range(20))
