"""Pages, one run, its log, changes and stopping, as the front end asks for them."""

import json

import pytest

from jupyter_mlops.entities import (
    CellError,
    Environment,
    Fingerprint,
    GitState,
    Manifest,
    Problem,
    Provenance,
    Result,
    RunColumns,
    RunDetail,
    RunGroups,
    RunInput,
    RunPage,
    RunStatus,
    RunSummary,
    Upstream,
    ValueRef,
)
from jupyter_mlops.services import LogMatches


def test_a_page_is_found_sorted_and_cut(server, make_run):
    for number in range(5):
        make_run(f"sorted{number}", metrics={"acc": number / 10}, params={"lr": "0.1"}, experiment="sorting")

    page = server.get("api/runs", query="acc > 0.05", sort="metric.acc", order="asc", offset=1, limit=2).entity(RunPage)

    assert ([run.name for run in page.runs], page.total, page.offset) == (["sorted2", "sorted3"], 4, 1)


def test_groups_and_columns_tell_what_there_is(server, make_run):
    make_run(experiment="grouped", metrics={"loss": 1.0}, params={"depth": "3"}, tags={"team": "blue"})

    groups = server.get("api/runs/groups", by="experiment").entity(RunGroups)
    columns = server.get("api/runs/columns").entity(RunColumns)

    assert ("grouped", 1) in [(group.key, group.total) for group in groups.groups]
    assert ("loss" in columns.metrics, "depth" in columns.params, "team" in columns.tags) == (True, True, True)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"query": "acc >"}, ""),
        ({"sort": "evil"}, ""),
        ({"order": "up"}, "order"),
        ({"offset": "-1"}, "offset"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "1e3"}, "limit"),
        ({"limit": "9" * 30}, "limit"),
        ({"group_by": "user"}, "group_by"),
        ({"archived": "yes"}, "archived"),
        ({"query": "x" * 5000}, "query"),
    ],
)
def test_b19_a_page_that_is_asked_for_wrongly_is_refused(server, query, field):
    answer = server.get("api/runs", **query)

    assert (answer.status, answer.entity(Problem).field) == (400, field)


def test_a_runs_detail_tells_everything_that_is_short(server, make_run):
    run = make_run(
        "detailed",
        status=RunStatus.FAILED,
        cell="model = fit(X)",
        upstream=(Upstream("X", "1" * 32),),
        metrics={"loss": float("nan"), "big": 2.0**60, "up": float("inf")},
    )
    directory = run.directory
    directory.write(
        Result(status=RunStatus.FAILED, error=CellError(type="ValueError", message="no\u202e", line=1, source="model"),
               untransferable={"gen": "a generator"}),
        directory.result_file,
    )  # fmt: skip
    directory.write(
        Provenance(
            notebook="a.ipynb",
            upstream_cells=("X = 1",),
            fingerprints=(Fingerprint(name="X", type="ndarray", digest="ab", shape=(3, 2)),),
            seeds={"numpy": "cd"},
        ),
        directory.provenance_file,
    )
    values = (ValueRef("X", "numpy.ndarray", 48), ValueRef("__hidden", "int", 1))
    directory.write(Manifest(values=values, stream_sha256="", signature="forged"), directory.inputs_file)
    directory.write(
        Environment(python="3.11.7", platform="Linux", host="box", memory_bytes=2**33, packages={"numpy": "2"}),
        directory.environment_file,
    )
    directory.write(GitState(commit="abc", branch="main", dirty=True, patch="+1"), directory.git_file)

    detail = server.get(f"api/runs/{run.id}").entity(RunDetail)

    assert detail.summary.metrics == {"loss": "NaN", "big": str(2**60), "up": "Infinity"}
    assert (detail.summary.name, detail.summary.notebook, detail.cell) == ("detailed", "a.ipynb", "model = fit(X)")
    assert (detail.upstream_cells, detail.upstream_runs) == (("X = 1",), {"X": "1" * 32})
    assert (detail.error["type"], detail.error["message"], detail.error["line"]) == ("ValueError", "no", "1")
    assert detail.inputs == (RunInput(name="X", type="numpy.ndarray", size=48, fingerprint="ab", shape="3 x 2"),)
    assert (detail.packages, detail.seeds) == ({"numpy": "2"}, {"numpy": "cd"})
    assert detail.machine == {"Host": "box", "Python": "3.11.7", "Platform": "Linux", "Memory": "8.0 GiB"}
    assert (detail.git["commit"], detail.git["dirty"], detail.git["patch"]) == ("abc", "yes", "+1")
    assert detail.untransferable == {"gen": "a generator"}


def test_b07_an_answer_is_json_that_browsers_take(server, make_run):
    run = make_run(metrics={"loss": float("nan"), "gain": float("-inf")})

    body = server.get(f"api/runs/{run.id}").body

    json.loads(body, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


@pytest.mark.parametrize(
    "run_id", ["0" * 32, "0" * 31, "A" * 32, "x", "0" * 10_000, "..%2f..%2fetc", "%00", "0" * 32 + "%0a"]
)
@pytest.mark.parametrize("rest", ["", "/log", "/log/search"])
def test_b39_what_is_no_run_is_not_found(server, run_id, rest):
    answer = server.get(f"api/runs/{run_id}{rest}")

    assert (answer.status, bool(answer.entity(Problem).message)) == (404, True)


def test_a_log_is_served_by_offset(server, make_run):
    run = make_run(log="größer\n".encode() + bytes(range(256)))
    whole = run.directory.log_file.read_bytes()

    first = server.get(f"api/runs/{run.id}/log", start=0, end=3)
    rest = server.get(f"api/runs/{run.id}/log", start=3)
    behind = server.get(f"api/runs/{run.id}/log", start=len(whole) + 5)

    assert first.body + rest.body == whole
    assert (behind.status, behind.body) == (200, b"")
    assert (rest.headers["X-Log-Size"], rest.headers["Content-Type"]) == (str(len(whole)), "application/octet-stream")
    assert (rest.headers["X-Content-Type-Options"], "X-Log-Gap" in rest.headers) == ("nosniff", False)


def test_a_gap_in_a_log_ends_an_answer_and_is_told(server, make_run):
    run = make_run(log=b"head" + bytes(100) + b"tail")
    run.directory.log_gaps_file.write_text(json.dumps({"freed": [[4, 104]]}))

    parts = [server.get(f"api/runs/{run.id}/log", start=start) for start in (0, 50, 104)]

    assert [(part.body, part.headers.get("X-Log-Gap")) for part in parts] == [
        (b"head", "4-104"),
        (b"", "4-104"),
        (b"tail", None),
    ]


def test_f39_no_answer_holds_more_of_a_log_than_4_mib(server, make_run):
    run = make_run(log=bytes(5 << 20))

    assert len(server.get(f"api/runs/{run.id}/log", start=0, end=5 << 20).body) == 4 << 20
    assert server.get(f"api/runs/{run.id}/log", start=5, end=3).status == 400


def test_lines_of_a_log_are_found(server, make_run):
    run = make_run(log=b"one Loss\ntwo\nloss LOSS\r\nthree\n")

    found = server.get(f"api/runs/{run.id}/log/search", text="loss").entity(LogMatches)
    later = server.get(f"api/runs/{run.id}/log/search", text="loss", start=5).entity(LogMatches)

    assert (found, later) == (LogMatches(offsets=(4, 13)), LogMatches(offsets=(13,)))


def test_a_user_changes_what_is_his(server, make_run):
    run = make_run("before", tags={"a": "1", "b": "2"})

    change = {"name": "after", "note": "# why", "tags": {"a": None, "c": "3"}, "archived": True, "kept": True}
    changed = server.request("PATCH", f"api/runs/{run.id}", change)
    detail = server.get(f"api/runs/{run.id}").entity(RunDetail)

    summary = changed.entity(RunSummary)
    assert (changed.status, detail.summary, detail.note) == (200, summary, "# why")
    assert (summary.name, summary.tags, summary.archived, summary.kept) == ("after", {"b": "2", "c": "3"}, True, True)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, ""),
        (b"{", 400, ""),
        (b"[]", 400, ""),
        (b'"x"', 400, ""),
        (b'{"name": 5}', 400, "name"),
        (b'{"tags": {"a": 1}}', 400, "tags"),
        (b'{"tags": []}', 400, "tags"),
        (b'{"archived": "yes"}', 400, "archived"),
        (b'{"name": ""}', 400, ""),
        (b'{"note": "' + b"x" * 200_000 + b'"}', 400, ""),
        (b'{"note": "\xff"}', 400, ""),
        (b'{"tags": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}", 400, "tags"),
        (b"{" + b" " * 1_000_001 + b"}", 413, ""),
    ],
)
def test_b19_a_body_that_is_none_is_refused_and_changes_nothing(server, make_run, body, status, field):
    run = make_run("same")

    answer = server.request("PATCH", f"api/runs/{run.id}", body, {"Content-Type": "application/json"})

    assert (answer.status, answer.entity(Problem).field) == (status, field)
    assert not run.directory.user_file.exists()


def test_b19_a_body_is_json_by_its_own_word(server, make_run):
    run = make_run("same")

    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = server.request("PATCH", f"api/runs/{run.id}", b'{"name": "evil"}', {"Content-Type": content_type})
        assert answer.status == 400

    assert run.name == "same"


def test_stopping_asks_the_run_to_end(server, make_run):
    run = make_run(status=None)

    answer = server.request("POST", f"api/runs/{run.id}/stop")

    assert (answer.status, answer.json["run_id"]) == (200, run.id)
    assert run.directory.stop_requested() == "user"


def test_stopping_an_ended_run_is_harmless(server, make_run):
    run = make_run()

    assert server.request("POST", f"api/runs/{run.id}/stop").json["status"] == "FINISHED"
    assert not run.directory.stop_file.exists()
