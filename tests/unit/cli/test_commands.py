"""The command line's edge without a process: how words are parsed, answers recorded and errors told."""

import json
import math

import msgspec
import pytest
from runs import submit
from stores import make_store, run_row

from jupyter_mlops.cli import main
from jupyter_mlops.cli._records import AgreementRecord, DiffRecord, ListRecord, ReproductionRecord, RunRecord, to_json
from jupyter_mlops.cli._words import as_commands
from jupyter_mlops.entities import CellError, Exit, Result, RunStatus
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.services import Agreement, Reproduction, RunPage, RunService


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / ".mlops")


@pytest.fixture
def service(home):
    return RunService(home, LocalLauncher(home))


@pytest.fixture
def run(home, service):
    """A run that failed, as its files tell."""
    directory = submit(home, name="bad\u202e run", experiment="digits", tags={"team": "blue"})
    error = CellError(type="ValueError", message="no", line=2, source="raise ValueError('no')")
    directory.write(Result(status=RunStatus.FAILED, error=error), directory.result_file)
    ended = Exit(
        status=RunStatus.FAILED,
        reason="exit code 1",
        started_at="2026-11-21T08:00:01+00:00",
        ended_at="2026-11-21T08:00:03+00:00",
        duration_s=2.0,
    )
    directory.write(ended, directory.exit_file)
    directory.cell_file.write_text("x = 1\nraise ValueError('no')")
    directory.log_file.write_bytes(b"one\ntwo\xff\n")
    return service.get(directory.run_id)


@pytest.fixture
def call(home, capsysbinary):
    """Return a function that runs a command and gives its exit code, stdout and stderr."""

    def call(*words):
        code = main(["--home", str(home.path), *words])
        told = capsysbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


def test_the_record_of_a_run_says_everything(run):
    record = RunRecord.of(run)

    assert msgspec.to_builtins(record) == {
        "id": run.id,
        "name": "bad run",
        "experiment": "digits",
        "status": "FAILED",
        "reason": "exit code 1",
        "submitted_at": "2026-11-21T08:00:00+00:00",
        "started_at": "2026-11-21T08:00:01+00:00",
        "ended_at": "2026-11-21T08:00:03+00:00",
        "duration_s": 2.0,
        "params": {},
        "metrics": {},
        "tags": dict(run.tags),
        "error": {
            "type": "ValueError",
            "message": "no",
            "line": 2,
            "source": "raise ValueError('no')",
            "traceback": "",
        },
        "store": "",
    }
    assert record.tags["team"] == "blue"


def test_another_tools_run_is_shown_as_its_store_has_it(call, home, monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    run_id = "a" * 32
    make_store(
        home.path / "mlflow.db",
        run_row(run_id, "their run"),
        f"INSERT INTO latest_metrics VALUES ('acc', 0.5, '{run_id}', 0), ('loss', 0, '{run_id}', 1);"
        f"INSERT INTO params VALUES ('lr', '0.1', '{run_id}'); INSERT INTO tags VALUES ('team', 'red', '{run_id}');",
    )

    code, told, _ = call("show", "their run", "--json")
    shown = call("show", run_id[:8])

    assert (code, json.loads(told)) == (
        0,
        {
            "id": run_id,
            "name": "their run",
            "experiment": "theirs",
            "status": "FINISHED",
            "reason": "",
            "submitted_at": "2025-10-09T08:53:20.000+00:00",
            "started_at": "2025-10-09T08:53:20.000+00:00",
            "ended_at": "2025-10-09T08:54:20.000+00:00",
            "duration_s": 60.0,
            "params": {"lr": "0.1"},
            "metrics": {"acc": 0.5, "loss": "NaN"},
            "tags": {"team": "red"},
            "error": None,
            "store": f"sqlite:///{home.path}/mlflow.db",
        },
    )
    assert call("logs", "their run")[2] == (
        "jupyter mlops: their run was made by another tool: what it ran, printed and returned is not here. "
        "jupyter mlops show aaaaaaaa tells what its store knows.\n"
    )
    assert (shown[0], shown[1].splitlines()[0]) == (0, f"✓ FINISHED  their run  {run_id}")


def test_the_record_of_a_page_has_its_notes(run):
    page = ListRecord.of(RunPage((run,), has_more=True, missing="runs of other tools"))

    assert (page.runs, page.has_more, page.missing) == ((RunRecord.of(run),), True, "runs of other tools")


def test_a_listing_names_commands_as_the_next_step(call, run):
    told = (
        "No run fits 'name:nobody'. jupyter mlops runs lists them all; "
        "jupyter mlops runs -h shows what a query can say.\n"
    )
    assert call("runs", "name:nobody") == (0, told, "")
    code, told, _ = call("runs", "-n", "1")
    assert (code, "bad run" in told, "Older" in told) == (0, True, False)


def test_more_runs_than_are_listed_are_asked_for_by_an_option(call, run, home, service):
    directory = home.run(home.new_run_id())
    directory.create()
    spec = msgspec.structs.replace(run.spec, run_id=directory.run_id, sequence=home.next_sequence(directory.run_id))
    directory.write(spec, directory.spec_file)
    _, told, _ = call("runs", "-n", "1")
    assert told.splitlines()[-1] == ("Older runs are not shown: narrow the query, or ask for more of them with -n.")


def test_a_home_that_is_none_is_told_in_the_users_words(tmp_path, capsys):
    assert main(["--home", str(tmp_path), "runs"]) == 3
    assert capsys.readouterr().err == (
        f"jupyter mlops: {tmp_path} is no .mlops directory. "
        "Check --home or JUPYTER_MLOPS_HOME; the first %%train makes one there.\n"
    )


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("See %runs.", "See jupyter mlops runs."),
        ("%runs trust RUN", "jupyter mlops trust RUN"),
        ("%runs main acc", "%runs main acc"),
        ("See %runs logs a and %runs load a.", "See jupyter mlops logs a and %runs load a."),
    ],
)
def test_magics_become_commands_where_there_is_one(said, typed):
    assert as_commands(said) == typed


@pytest.mark.parametrize(
    ("largest", "told"), [(None, None), (0.5, 0.5), (math.inf, "Infinity"), (-math.inf, "-Infinity"), (math.nan, "NaN")]
)
def test_b07_numbers_that_json_has_not_are_texts(largest, told):
    record = AgreementRecord.of(Agreement("x", equal=False, how="how", largest=largest))

    assert json.loads(to_json(record)) == {"name": "x", "equal": False, "how": "how", "largest": told}


def test_the_record_of_a_reproduction_has_a_verdict(run):
    found = Reproduction(original=run, again=run, outputs=(Agreement("x", equal=True),))

    record = json.loads(to_json(ReproductionRecord.of(found)))

    assert (record["original"], record["again"], record["is_exact"], record["metrics"]) == (run.id, run.id, True, [])


def test_the_record_of_a_comparison_is_empty_where_nothing_differs(service, run):
    record = msgspec.to_builtins(DiffRecord.of(service.diff(run, run)))

    assert {key: value for key, value in record.items() if value} == {
        "a": run.id,
        "b": run.id,
        "unknown": ("packages (recorded after a run has delivered)",),
    }


def test_show_is_for_people(call, run):
    code, out, err = call("show", "last")

    assert (code, err) == (0, "")
    assert "FAILED" in out
    assert "ValueError: no" in out


@pytest.mark.parametrize(("words", "log"), [((), "one\ntwo\ufffd\n"), (("--tail", "1"), "two\ufffd\n")])
def test_logs_of_an_ended_run(home, run, capsysbinary, words, log):
    assert main(["--home", str(home.path), "logs", run.id, *words]) == 0
    assert capsysbinary.readouterr().out.decode("utf-8", "replace") == log


def test_f38_a_whole_log_is_copied_byte_for_byte(home, run, capsysbinary):
    main(["--home", str(home.path), "logs", run.id])

    assert capsysbinary.readouterr().out == b"one\ntwo\xff\n"


@pytest.mark.parametrize(("words", "text"), [((), "one\ntwo\ufffd\n"), (("--tail", "1"), "two\ufffd\n")])
def test_logs_as_json_are_one_text(call, run, words, text):
    code, out, err = call("logs", run.id, "--json", *words)

    assert (code, json.loads(out), err) == (0, {"id": run.id, "status": "FAILED", "log": text}, "")


def test_logs_as_json_are_not_followed(call, run):
    assert call("logs", run.id, "--json", "-f") == (
        2,
        "",
        "jupyter mlops: logs --json prints the log as it is now: leave out --json to follow it.\n",
    )


def test_waiting_for_a_failed_run_fails(call, run):
    code, out, err = call("wait", run.id, "--json")

    assert (code, json.loads(out)["reason"], err) == (1, "exit code 1", "")


def test_stopping_what_has_ended_is_harmless(call, run):
    assert call("stop", run.id) == (0, "bad run has ended already: FAILED.\n", "")
    code, out, err = call("stop", run.id, "--json")
    assert (code, json.loads(out)["status"], err) == (0, "FAILED", "")


def test_trusting_a_run_that_has_nothing_says_so(call, run):
    assert call("trust", run.id) == (0, "bad run has nothing to sign.\n", "")


def test_collecting_an_almost_empty_home_frees_nothing(call, run):
    code, out, _ = call("gc", "--json")

    assert (code, json.loads(out)["freed_bytes"]) == (0, 0)
    assert run.directory.exists()


def test_an_empty_home_says_what_to_do_next(call):
    code, out, err = call("runs")

    assert (code, err) == (0, "")
    assert "%%train" in out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["show", "nobody"], 3, "jupyter mlops: No run 'nobody'. See jupyter mlops runs.\n"),
        (["diff", "nobody", "last"], 3, "jupyter mlops: No run 'nobody'. See jupyter mlops runs.\n"),
        (["stop", "last~7"], 3, "jupyter mlops: There is no last~7: 1 runs here. See jupyter mlops runs.\n"),
        (
            ["show", "best"],
            3,
            "jupyter mlops: Experiment 'digits' has no main metric, so nothing says what is best. Set it once, "
            "`%runs main acc` or `%runs main -loss` in a notebook, or write best:METRIC.\n",
        ),
        (
            ["reproduce", "last"],
            1,
            "jupyter mlops: The inputs of run bad run are not stored any more: it cannot be reproduced.\n",
        ),
        (["runs", "state:gone"], 2, None),
    ],
)
def test_an_error_is_one_line_in_the_words_of_this_edge(call, run, words, code, message):
    told = call(*words)

    assert told[:2] == (code, "")
    assert message is None or told[2] == message
    assert told[2].count("\n") == 1


@pytest.mark.parametrize("words", [[], ["frobnicate"], ["logs"], ["runs", "-n", "many"], ["gc", "--quota", "lots"]])
def test_b01_a_command_written_wrong_is_a_usage_error(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)

    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    assert told.err.startswith("usage: jupyter mlops")


def test_every_command_has_help(capsys):
    with pytest.raises(SystemExit):
        main(["-h"])
    commands = ("runs", "show", "logs", "stop", "wait", "diff", "reproduce", "gc", "trust")
    overview = capsys.readouterr().out

    assert [command for command in commands if f"\n    {command}" not in overview] == []
    assert "Exit codes: 0 well, 1 the run failed or differs" in " ".join(overview.split())
    for command in commands:
        with pytest.raises(SystemExit) as ended:
            main([command, "-h"])
        assert ended.value.code == 0


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A model and rows for it, where the command is called."""
    pytest.importorskip("skl2onnx")
    pd, arrays = pytest.importorskip("pandas"), pytest.importorskip("numpy")
    from sklearn.linear_model import LinearRegression

    from jupyter_mlops.export import ExportWish, export_model

    monkeypatch.chdir(tmp_path)
    rows = pd.DataFrame(arrays.arange(20.0).reshape(10, 2), columns=["a", "b"])
    export_model(LinearRegression().fit(rows, rows["a"]), rows, "wide.onnx", ExportWish(timed=False))
    rows.to_csv("in.csv", index=False)
    return "wide.onnx"


def test_a_model_is_packed_from_a_terminal(call, model, tmp_path):
    code, out, err = call("package", model, "--to", "triton", "-n", "cancer", "-o", "there")
    assert (code, err) == (0, "")
    assert out.startswith("✓ there/  cancer for triton, 2 files\n")
    assert (tmp_path / "there/cancer/1/model.onnx").exists()


def test_a_file_is_answered_from_a_terminal(call, model, tmp_path):
    code, out, err = call("score", model, "in.csv", "out.csv", "--columns", "a", "--chunk", "4")
    assert (code, err) == (0, "")
    assert out.startswith("✓ out.csv  10 rows from in.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[0] == '"a","predict"'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("package", "wide.onnx", "--to", "heroku"), "No target is called 'heroku'"),
        (("score", "wide.onnx", "none.csv", "out.csv"), "There is no file none.csv"),
        (("score", "wide.onnx", "in.csv", "out.csv", "--chunk", "0"), "chunk is 0"),
        (("score", "wide.onnx", "in.csv", "out.csv", "--columns", "c"), "There is no column 'c'"),
    ],
)
def test_what_cannot_be_deployed_is_a_usage_error(call, model, words, told):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert err.startswith("jupyter mlops: ")
    assert told in err


def test_a_package_is_no_endpoint_and_the_message_names_its_command(call):
    assert call("deploy", "best", "--to", "docker") == (
        2,
        "",
        "jupyter mlops: To docker goes a package, which is a folder: jupyter mlops package WHAT --to docker.\n",
    )
