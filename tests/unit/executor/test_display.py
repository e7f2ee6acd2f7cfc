import base64
import json
import os
from pathlib import Path

import pytest

from jupyter_mlops.executor._display import LARGE_BYTES, DisplayLog, RunDisplayPublisher
from jupyter_mlops.executor._streams import RunStreams, open_streams


@pytest.fixture
def streams(tmp_path: Path) -> RunStreams:
    fd = os.open(tmp_path / "output.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    return open_streams(fd, fd)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return tmp_path / "display.jsonl"


@pytest.fixture
def display(events: Path, streams: RunStreams) -> DisplayLog:
    return DisplayLog(events, streams)


def read(events: Path) -> list[dict]:
    return [json.loads(line) for line in events.read_text().splitlines()]


def test_an_event_tells_where_in_the_log_it_stands(display, events, streams):
    streams.stdout.write("before\n")
    display.show("display", {"text/plain": "a figure"}, {"text/plain": {"wide": True}}, {"display_id": "1"})
    streams.stdout.write("after\n")
    display.show("clear", {}, {"wait": True})

    assert read(events) == [
        {
            "seq": 0,
            "offset": 7,
            "kind": "display",
            "data": {"text/plain": "a figure"},
            "metadata": {"text/plain": {"wide": True}},
            "transient": {"display_id": "1"},
        },
        {"seq": 1, "offset": 13, "kind": "clear", "data": {}, "metadata": {"wait": True}, "transient": {}},
    ]


def test_bytes_are_stored_as_base64_and_json_as_json(display, events):
    display.show("display", {"image/png": b"\x89PNG", "application/json": {"loss": [1, 2.5, None], "ok": True}})

    assert read(events)[0]["data"] == {
        "image/png": base64.b64encode(b"\x89PNG").decode(),
        "application/json": {"loss": [1, 2.5, None], "ok": True},
    }


def test_values_that_json_does_not_know_do_not_break_the_line(display, events):
    display.show("display", {"application/json": {"nan": float("nan"), "odd": {1}}, "text/plain": "\udcff"})

    assert read(events)[0]["data"] == {"application/json": {"nan": None, "odd": [1]}, "text/plain": "\\udcff"}


def test_large_payloads_lie_beside_the_events_as_the_bytes_they_are(display, events, tmp_path):
    image = os.urandom(LARGE_BYTES)
    html = "<p>é</p>" * LARGE_BYTES
    table = {"rows": ["x" * LARGE_BYTES]}

    display.show("display", {"image/png": image, "text/html": html, "application/json": table, "text/plain": "short"})
    display.show("display", {"image/png": base64.b64encode(image).decode()})

    first, second = read(events)
    assert (first["data"], second["data"]) == ({"text/plain": "short"}, {})
    assert (tmp_path / first["files"]["image/png"]).read_bytes() == image
    assert (tmp_path / first["files"]["text/html"]).read_text() == html
    assert json.loads((tmp_path / first["files"]["application/json"]).read_bytes()) == table
    assert (tmp_path / second["files"]["image/png"]).read_bytes() == image


def test_f23_an_event_without_room_leaves_a_gap_and_hurts_nobody(display, events, tmp_path):
    display.show("display", {"text/plain": "first"})
    (tmp_path / "display").write_text("in the way of the directory")
    display.show("display", {"text/plain": "x" * (LARGE_BYTES + 1)})
    display.show("display", {"text/plain": "third"})

    assert [(event["seq"], event["data"]["text/plain"]) for event in read(events)] == [(0, "first"), (2, "third")]


def test_a_forked_child_prints_what_it_would_show(display, events, tmp_path, streams, capsys):
    publisher = RunDisplayPublisher()
    publisher.log = display
    publisher.publish({"text/plain": "parent"})
    reader, writer = os.pipe()

    pid = os.fork()
    if pid == 0:
        os.write(writer, b"child" if not display.is_ours else b"parent")
        os._exit(0)
    os.waitpid(pid, 0)

    assert os.read(reader, 10) == b"child"
    assert [event["data"] for event in read(events)] == [{"text/plain": "parent"}]


def test_widgets_are_shown_without_their_view_and_that_is_said_once(display, events, capsys):
    publisher = RunDisplayPublisher()
    publisher.log = display

    for _ in range(2):
        publisher.publish(
            {"text/plain": "IntSlider(value=3)", "application/vnd.jupyter.widget-view+json": {"model_id": "x"}}
        )

    assert [event["data"] for event in read(events)] == [{"text/plain": "IntSlider(value=3)"}] * 2
    assert capsys.readouterr().err.count("no connection for widgets") == 1


def test_an_update_names_the_display_that_it_replaces(display, events):
    publisher = RunDisplayPublisher()
    publisher.log = display

    publisher.publish({"text/plain": "1 %"}, transient={"display_id": "bar"})
    publisher.publish({"text/plain": "2 %"}, transient={"display_id": "bar"}, update=True)
    publisher.clear_output(wait=True)

    assert [(event["kind"], event["transient"], event["metadata"]) for event in read(events)] == [
        ("display", {"display_id": "bar"}, {}),
        ("update", {"display_id": "bar"}, {}),
        ("clear", {}, {"wait": True}),
    ]
