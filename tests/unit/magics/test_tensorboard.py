"""`%tensorboard`: what a line asks for, and what the cell shows; the kernel asks no server."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.exceptions import UnknownReferenceError, UsageError
from jupyter_mlops.magics._arguments import HelpRequested
from jupyter_mlops.magics._tensorboard import MIME_TYPE, tensorboard
from jupyter_mlops.magics._tensorboard_command import TensorBoardCommand
from jupyter_mlops.services import RunPage
from jupyter_mlops.tracking import ForeignRun

RUNS = {"last": "1" * 32, "base": "1" * 32, "wide": "2" * 32}
NAMES = {"1" * 32: "base", "2" * 32: "<b>wide</b>"}


THEIRS = tuple(
    ForeignRun(id=id_ * 32, name=name, experiment="e", status=RunStatus.FINISHED)
    for id_, name in (("a", "sweep"), ("b", "sweep"), ("c", "their one"))
)
MISSING = "runs of other tools in http://away: no answer within 2 s"


def find(reference: str) -> SimpleNamespace:
    if reference not in RUNS:
        raise UnknownReferenceError(f"No run fits {reference}.")
    return SimpleNamespace(id=RUNS[reference], name=NAMES[RUNS[reference]])


@pytest.fixture
def session() -> SimpleNamespace:
    return SimpleNamespace(runs=SimpleNamespace(find=find, others=lambda: RunPage(THEIRS, missing=MISSING)))


def shown(session, line: str) -> dict:
    return tensorboard(session, line)._repr_mimebundle_()[MIME_TYPE]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", TensorBoardCommand(references=("last",))),
        ("base wide  # both", TensorBoardCommand(references=("base", "wide"))),
        ("--logdir logs", TensorBoardCommand(logdir="logs")),
        ("--logdir=logs --port 6007 --bind_all", TensorBoardCommand(logdir="logs")),
        (
            "base --logdir 'my logs' --height 600",
            TensorBoardCommand(references=("base",), logdir="my logs", height=600),
        ),
        ("--logdir_spec a:x,b:y", TensorBoardCommand(logdir="a:x,b:y")),
        (
            "--logdir logs --samples_per_plugin images=100 --reload_multifile=true --load_fast=false",
            TensorBoardCommand(logdir="logs", flags={"samples_per_plugin": "images=100", "reload_multifile": "true"}),
        ),
        (
            "--logdir logs --window_title 'two words'",
            TensorBoardCommand(logdir="logs", flags={"window_title": "two words"}),
        ),
    ],
)
def test_a_line_is_one_command(line, command):
    assert TensorBoardCommand.parse(line) == command


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--logdri logs", "unknown option --logdri - did you mean --logdir"),
        ("--logdir", "expected one argument"),
        ("--logdir a --logdir_spec b", "write one of them"),
        ("--inspect --logdir logs", "run !tensorboard --inspect"),
        ("--db sqlite:x", "run !tensorboard --db"),
        ("--samples_per_plugin lots", "does not take 'lots'"),
        ("--height tall", "'tall' is no height"),
        ("--height 1000000", "is no height"),
        ("'unbalanced", "no closing quotation"),
        ("(5)", "looks like Python"),
    ],
)
def test_b01_a_wrong_line_is_one_sentence(line, message):
    with pytest.raises(UsageError) as caught:
        TensorBoardCommand.parse(line)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_help_shows_our_own_options_and_not_thirty_of_tensorboards():
    with pytest.raises(HelpRequested) as caught:
        TensorBoardCommand.parse("-h")
    text = str(caught.value)
    assert "--logdir" in text
    assert "--reload_multifile" not in text


@pytest.mark.parametrize(
    ("logdir", "whole"),
    [
        ("logs", "/work/nb/logs"),
        ("/abs/logs", "/abs/logs"),
        ("../logs", "/work/nb/../logs"),
        ("a:x,b:/y", "a:/work/nb/x,b:/y"),
        ("x,y", "/work/nb/x,/work/nb/y"),
        ("gs://bucket/logs", "gs://bucket/logs"),
        ("one:gs://bucket,two:x", "one:gs://bucket,two:/work/nb/x"),
    ],
)
def test_paths_are_those_of_the_notebook(logdir, whole):
    assert TensorBoardCommand(logdir=logdir).absolute_logdir(Path("/work/nb")) == whole


def test_a_folder_that_is_there_is_one_folder_whatever_its_name(tmp_path):
    (tmp_path / "a:x,b").mkdir()
    assert TensorBoardCommand(logdir="a:x,b").absolute_logdir(tmp_path) == str(tmp_path / "a:x,b")


def test_a_whole_id_may_be_another_tools_run_which_the_server_knows(session):
    theirs = "a1" * 16
    data = shown(session, f"base {theirs}")
    assert data["run_ids"] == ["1" * 32, theirs]
    with pytest.raises(UnknownReferenceError):
        shown(session, theirs[:8])


def test_another_tools_run_is_found_by_the_name_that_the_list_of_runs_tells(session):
    data = shown(session, "base 'their one'")
    assert (data["run_ids"], data["label"]) == (["1" * 32, "c" * 32], "base, their one")


def test_another_tools_run_is_found_by_the_digits_that_the_list_of_runs_shows(session):
    assert shown(session, "cccccccc")["run_ids"] == ["c" * 32]
    with pytest.raises(UnknownReferenceError, match="No run fits cccc"):
        shown(session, "cccc")


def test_a_name_that_several_runs_of_other_tools_have_is_told_with_their_ids(session):
    with pytest.raises(UnknownReferenceError) as caught:
        shown(session, "sweep")
    assert str(caught.value) == f"'sweep' is ambiguous: {'a' * 32}, {'b' * 32}. Write one of these ids."


def test_a_name_that_nobody_has_is_told_with_what_could_not_be_looked_at(session):
    with pytest.raises(UnknownReferenceError, match=r"No run fits nowhere[.] Not seen: runs of other tools in http"):
        shown(session, "nowhere")


def test_the_cell_shows_pure_data_for_the_labextension(session):
    assert shown(session, "base wide last --height 600") == {
        "version": 1,
        "run_ids": ["1" * 32, "2" * 32],
        "logdir": "",
        "flags": {},
        "label": "base, <b>wide</b>",
        "height": 600,
    }


def test_a_folder_is_shown_without_asking_for_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = shown(SimpleNamespace(), "--logdir logs")
    assert (data["run_ids"], data["logdir"]) == ([], str(tmp_path / "logs"))


def test_b04_other_front_ends_show_text_and_names_stay_text(session):
    view = tensorboard(session, "wide")
    bundle = view._repr_mimebundle_()
    assert bundle["text/plain"].startswith("TensorBoard: <b>wide</b>. JupyterLab")
    assert "<b>" not in bundle["text/html"]
    assert "<bdi>&lt;b&gt;wide" in bundle["text/html"]
    json.dumps(bundle)


def test_a_run_that_is_not_known_is_told(session):
    with pytest.raises(UnknownReferenceError):
        tensorboard(session, "nothing")
