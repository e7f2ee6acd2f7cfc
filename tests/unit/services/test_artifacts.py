"""Artifacts as a folder that a stranger has filled: listed, opened, and never a way out of the run's own files."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.entities import ArtifactEntry, ArtifactPage
from jupyter_mlops.exceptions import RunNotFoundError
from jupyter_mlops.services._artifacts import (
    MOST_ENTRIES,
    MOST_PREVIEW_BYTES,
    ArtifactAbsentError,
    list_artifacts,
    open_artifact,
    preview_of,
)

SECRET = b"the secret"
ABSENT = r"^There is no such artifact\.$"


@pytest.fixture
def run(make_run, tmp_path):
    """A run with a few artifacts, and a secret outside."""
    run = make_run("with files")
    (run.directory.artifacts / "plots" / "deep").mkdir(parents=True)
    (run.directory.artifacts / "plots" / "roc.png").write_bytes(b"\x89PNG")
    (run.directory.artifacts / "notes.txt").write_bytes(b"hello")
    (tmp_path / "outside" / "models" / "m-1" / "artifacts").mkdir(parents=True)
    for folder in (".", "models", "models/m-1", "models/m-1/artifacts"):
        (tmp_path / "outside" / folder / "secret.txt").write_bytes(SECRET)
    return run


def content(run, path: str) -> bytes:
    with open_artifact(run, path) as (descriptor, found):
        return os.read(descriptor, found.st_size)


def paths(run, path: str = "") -> list[str]:
    return [entry.path for entry in list_artifacts(run, path).entries]


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize(
    ("name", "size", "preview"),
    [
        ("plot.PNG", 1, "image"),
        ("plot.tar.png", MOST_PREVIEW_BYTES, "image"),
        ("plot.png", MOST_PREVIEW_BYTES + 1, ""),
        ("README", MOST_PREVIEW_BYTES + 1, ""),
        ("nb.ipynb", 0, "json"),
        ("MLmodel", 9, "text"),
        ("mlmodel", 9, ""),
        ("conda.YAML", 9, "text"),
        ("t.csv.gz", 9, ""),
        ("png", 9, ""),
        (".png", 9, ""),
        ("plot.png ", 9, ""),
        ("plot.png.svg", 9, ""),
        ("page.htm", 9, ""),
    ],
)
def test_a_preview_goes_by_the_last_suffix_and_the_size(name, size, preview):
    assert preview_of(name, size) == preview


@given(st.text(min_size=1), st.sampled_from([".html", ".svg", ".xml", ".pdf", ".js", ".pkl", ".HTM", ".xhtml", ".swf"]))
def test_what_may_hold_a_program_has_no_preview_whatever_stands_before_its_suffix(stem, suffix):
    assert preview_of(stem + suffix, 1) == ""


def test_folders_come_first_and_each_path_opens_what_it_names(run):
    page = list_artifacts(run, "")

    assert page == ArtifactPage(
        path="",
        entries=(
            ArtifactEntry(path="plots", is_folder=True),
            ArtifactEntry(path="notes.txt", is_folder=False, size=5, preview="text"),
        ),
    )
    assert [paths(run, "plots"), paths(run, "plots/deep")] == [["plots/deep", "plots/roc.png"], []]
    assert (content(run, "notes.txt"), content(run, "plots/roc.png")) == (b"hello", b"\x89PNG")


@pytest.mark.parametrize(
    "path",
    [
        "/notes.txt", "notes.txt/", "plots//roc.png", "./notes.txt", "plots/../notes.txt", "..", "notes.txt\0",
        "plots\\roc.png", "plots\n", "notes.txt/x", "a" * 256, "ä" * 128, "/".join("a" * 2001), "\x7f", " notes.txt",
        "NOTES.TXT", "\ud800", "notes.txt\udc80",
    ],
)  # fmt: skip
def test_no_other_spelling_of_a_path_is_taken(run, path):
    with pytest.raises(ArtifactAbsentError, match=ABSENT):
        content(run, path)
    with pytest.raises(ArtifactAbsentError, match=ABSENT):
        list_artifacts(run, path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["..", ".", "", "plots", "deep", "up", "models", "m-1", "artifacts", "secret.txt"])))
def test_no_walk_however_it_turns_ends_at_the_secret(run, tmp_path, names):
    link = run.directory.artifacts / "up"
    if not link.is_symlink():
        link.symlink_to(tmp_path / "outside")
    with pytest.raises(ArtifactAbsentError, match=ABSENT):
        content(run, "/".join(names))


@pytest.mark.parametrize("path", ["", "plots", "plots/deep"])
def test_a_folder_is_no_file(run, path):
    with pytest.raises(ArtifactAbsentError, match=ABSENT):
        content(run, path)


def test_a_file_is_no_folder(run):
    with pytest.raises(ArtifactAbsentError, match=ABSENT):
        list_artifacts(run, "notes.txt")


@pytest.mark.parametrize("place", ["artifacts", "artifacts/models", "staged", "staged/models", "staged/models/m-1"])
def test_a_link_anywhere_on_the_way_to_a_model_leads_nowhere(make_run, run, tmp_path, place):
    """The run's own directory may be a stranger's too: somebody sent the home by mail."""
    sent = make_run("sent")
    link = sent.directory.path / place
    link.parent.mkdir(parents=True, exist_ok=True)
    outside = tmp_path / "outside"
    link.symlink_to({"models": outside / "models", "m-1": outside / "models" / "m-1"}.get(link.name, outside))

    for path in ("models/m-1/secret.txt", "models/m-1/artifacts/secret.txt", "models/secret.txt", "secret.txt"):
        with pytest.raises(ArtifactAbsentError, match=ABSENT):
            content(sent, path)
    with pytest.raises(ArtifactAbsentError, match=ABSENT):
        list_artifacts(sent, "models/m-1")


def test_models_lie_among_the_artifacts_without_their_inner_folder(run):
    model = run.directory.staged / "models" / "m-1" / "artifacts"
    (model / "data").mkdir(parents=True)
    (model / "MLmodel").write_bytes(b"flavors")
    (model.parent / "meta.yaml").write_bytes(b"not an artifact")

    assert paths(run) == ["models", "plots", "notes.txt"]
    assert paths(run, "models") == ["models/m-1"]
    assert paths(run, "models/m-1") == ["models/m-1/data", "models/m-1/MLmodel"]
    assert content(run, "models/m-1/MLmodel") == b"flavors"
    for path in ("models/m-1/artifacts/MLmodel", "models/m-1/meta.yaml", "models/ä b/MLmodel"):
        with pytest.raises(ArtifactAbsentError, match=ABSENT):
            content(run, path)


def test_a_folder_of_models_that_the_user_made_is_the_users(run):
    (run.directory.artifacts / "models").mkdir()
    (run.directory.artifacts / "models" / "mine.txt").write_bytes(b"mine")
    (run.directory.staged / "models" / "m-1" / "artifacts").mkdir(parents=True)

    assert (paths(run, "models"), content(run, "models/mine.txt")) == (["models/mine.txt"], b"mine")


def test_names_that_json_cannot_hold_and_halves_of_uploads_are_not_listed(run):
    folder = run.directory.artifacts / "plots" / "deep"
    (folder / ".artifact.uploading.x").touch()
    (folder / ".hidden").touch()
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).touch()

    assert paths(run, "plots/deep") == ["plots/deep/.hidden"]


def test_a_file_with_a_second_name_is_listed_and_never_opened(run, tmp_path):
    (run.directory.artifacts / "twin.txt").hardlink_to(tmp_path / "outside" / "secret.txt")

    assert "twin.txt" in paths(run)
    with pytest.raises(ArtifactAbsentError, match=ABSENT):
        content(run, "twin.txt")


def test_of_a_huge_folder_the_first_are_listed_and_the_others_counted(run):
    folder = run.directory.artifacts / "many"
    folder.mkdir()
    (folder / "z").mkdir()
    for number in range(MOST_ENTRIES + 100):
        (folder / f"{number:05}").touch()

    page = list_artifacts(run, "many")

    numbers = [f"many/{number:05}" for number in range(MOST_ENTRIES - 1)]
    assert ([entry.path for entry in page.entries], page.left_out) == (["many/z", *numbers], 101)


def test_no_descriptor_stays_open_however_it_ends(run, tmp_path):
    (run.directory.artifacts / "link").symlink_to(tmp_path)
    os.mkfifo(run.directory.artifacts / "pipe")
    before = open_descriptors()
    for path in ("notes.txt", "plots/roc.png", "plots", "absent", "plots/absent", "link/outside", "pipe", "plots/x/y"):
        try:
            content(run, path)
            list_artifacts(run, path)
        except ArtifactAbsentError:
            pass
    with pytest.raises(ZeroDivisionError), open_artifact(run, "notes.txt"):
        1 / 0  # noqa: B018

    assert open_descriptors() == before


def test_a_run_that_is_not_there_is_told_from_an_artifact_that_is_not(service):
    nobody = service.get("0" * 32)

    with pytest.raises(RunNotFoundError, match=r"^No run 0{32} in "):
        list_artifacts(nobody, "")
    with pytest.raises(RunNotFoundError, match=r"^No run 0{32} in "):
        content(nobody, "notes.txt")
