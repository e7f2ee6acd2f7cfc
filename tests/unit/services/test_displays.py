"""What a run displayed, out of files that a kill has torn or a stranger has written."""

import base64
import json

import pytest

from jupyter_mlops.services import Display


@pytest.fixture
def run(make_run):
    return make_run()


def write(run, *events):
    lines = [event if isinstance(event, bytes) else json.dumps(event).encode() for event in events]
    run.directory.display_file.write_bytes(b"\n".join(lines) + b"\n")


def event(seq=0, **fields):
    return {"seq": seq, "offset": 0, "kind": "display", **fields}


def payload(run, name, data):
    folder = run.directory.path / "display"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return f"display/{name}"


def test_events_keep_their_order_and_a_gap_is_seen(run):
    write(run, event(0), event(1, kind="clear", metadata={"wait": True}), event(4, offset=9, kind="result"))
    assert run.displays() == (
        Display(seq=0, offset=0, kind="display"),
        Display(seq=1, offset=0, kind="clear", metadata={"wait": True}),
        Display(seq=4, offset=9, kind="result"),
    )


def test_f29_a_file_torn_at_any_byte_gives_the_events_before_it(run):
    events = [event(number, data={"text/plain": "ü🚀"}) for number in range(3)]
    write(run, *events)
    whole = run.directory.display_file.read_bytes()
    for size in range(len(whole)):
        run.directory.display_file.write_bytes(whole[:size])
        complete = [json.loads(line) for line in whole[:size].split(b"\n") if is_whole(line)]
        assert [shown.seq for shown in run.displays()] == [one["seq"] for one in complete]


def is_whole(line):
    try:
        return bool(json.loads(line))
    except ValueError:
        return False


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\x00\x00\x00",
        b"[]",
        b"null",
        b'{"seq": 1}',
        b'{"seq": "one", "offset": 0, "kind": "display"}',
        b'{"seq": 1, "offset": 0, "kind": "display", "data": []}',
        b'{"seq": 1, "offset": 0, "kind": "display", "files": {"text/plain": 3}}',
        b'{"seq": 1, "offset": 0, "kind": "display", "data": {"a": "\xff"}}',
        b'{"seq": 1, "offset": 0, "kind": "display"}{"seq": 2}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_event_is_passed_over(run, line):
    write(run, event(0), line, event(2))
    assert [shown.seq for shown in run.displays()] == [0, 2]


def test_what_a_newer_version_adds_is_passed_over(run):
    write(run, event(0, comm="x", data={"text/plain": "a"}))
    assert run.displays() == (Display(seq=0, offset=0, kind="display", data={"text/plain": "a"}),)


@pytest.mark.parametrize(
    ("mime", "is_text"),
    [
        ("text/html", True),
        ("image/svg+xml", True),
        ("application/json", True),
        ("application/vnd.vega.v5+json", True),
        ("application/javascript", True),
        ("image/png", False),
        ("application/pdf", False),
        ("application/octet-stream", False),
    ],
)
def test_a_payload_beside_the_event_is_text_or_base64_by_its_type(run, mime, is_text):
    data = "ü".encode() + b"\xff"
    write(run, event(files={mime: payload(run, "0.bin", data)}))
    shown = "ü\ufffd" if is_text else base64.b64encode(data).decode()
    assert run.displays()[0].data == {mime: shown}


def test_a_payload_that_is_gone_leaves_the_rest_of_the_event(run):
    write(run, event(data={"text/plain": "figure"}, files={"image/png": "display/gone.png"}))
    assert run.displays()[0].data == {"text/plain": "figure"}


@pytest.mark.parametrize(
    "path",
    [
        "display/a\0b",
        "display/" + "x" * 5_000,
        "display/" + "x/" * 3_000,
        "display/loop",
        "display/pipe",
        "display",
        "display/..",
        "",
        "/dev/zero",
        "\0",
    ],
)
def test_b11_b12_no_path_of_a_stranger_costs_more_than_its_payload(run, path):
    import os

    folder = run.directory.path / "display"
    folder.mkdir()
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "pipe")
    write(run, event(data={"text/plain": "figure"}, files={"image/png": path}), event(1))
    assert [shown.data for shown in run.displays()] == [{"text/plain": "figure"}, {}]


def test_b12_a_link_out_of_the_run_is_not_followed(run, tmp_path):
    (tmp_path / "secret").write_text("hunter2")
    (tmp_path / "display-evil").mkdir()
    folder = run.directory.path / "display"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "secret")
    write(run, event(files={"text/plain": "display/link"}), event(1, files={"text/plain": "display/../cell.py"}))
    assert [shown.data for shown in run.displays()] == [{}, {}]
