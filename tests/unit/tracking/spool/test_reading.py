"""Spools page by page: whatever lies between points, each comes once, and a page that is not full is the last."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.tracking._spool._reading import Point, SpoolPage, read_keys, read_spool, trim_spool
from jupyter_mlops.tracking._spool._spool import CHECK_FACTOR, CHECK_MASK, LOST_KEY, RECORD, RECORD_SIZE, Series

GAP, TORN = 0, -1
SLOTS = st.lists(st.sampled_from([1, 1, 1, 2, LOST_KEY, GAP, TORN]), max_size=30)


def write(path: Path, slots: list[int]) -> Path:
    """Write a spool whose slots have these key ids, their number as step, and 7 as value."""
    with path.open("wb") as file:
        for step, slot in enumerate(slots):
            key_id = 1 if slot == TORN else slot
            check = (step ^ 1 ^ key_id * CHECK_FACTOR) & CHECK_MASK
            file.write(bytes(RECORD_SIZE) if slot == GAP else RECORD.pack(step, 1, 7.0, key_id, check ^ (slot == TORN)))
    return path


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SLOTS, st.integers(1, 5))
def test_f24_pages_give_every_point_once_and_only_the_last_is_not_full(
    tmp_path: Path, slots: list[int], limit: int
) -> None:
    path = write(tmp_path / "metrics.spool", slots)
    steps: list[int] = []
    start = lost = 0
    while True:
        page = read_spool(path, start, limit=limit, skip_gaps=True)
        steps += [point.step for point in page.points]
        start, lost = page.end, max(lost, page.lost)
        assert page.at_gap is False
        if len(page.points) < limit:
            break
    assert steps == [step for step, slot in enumerate(slots) if slot in (1, 2)]
    assert lost == (7 if LOST_KEY in slots else 0)
    assert read_spool(path, start, skip_gaps=True).points == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SLOTS, st.integers(1, 5))
def test_a_reader_that_waits_stops_at_the_first_gap_with_something_behind_it(
    tmp_path: Path, slots: list[int], limit: int
) -> None:
    path = write(tmp_path / "metrics.spool", slots)
    first = next((number for number, slot in enumerate(slots) if slot in (GAP, TORN)), len(slots))
    behind = any(slot in (1, 2, LOST_KEY) for slot in slots[first:])
    page = read_spool(path)
    assert [point.step for point in page.points] == [step for step, slot in enumerate(slots[:first]) if slot in (1, 2)]
    assert (page.end, page.at_gap) == (first * RECORD_SIZE, behind)
    assert read_spool(path, limit=limit).points == page.points[:limit]


def test_a_gap_that_is_filled_is_read_on(tmp_path: Path) -> None:
    path = write(tmp_path / "metrics.spool", [1, GAP, 1])
    page = read_spool(path)
    assert page == SpoolPage([Point(1, 0, 1, 7.0)], RECORD_SIZE, 0, True)
    write(path, [1, 2, 1])
    assert read_spool(path, page.end) == SpoolPage(
        [Point(2, 1, 1, 7.0), Point(1, 2, 1, 7.0)], 3 * RECORD_SIZE, 0, False
    )


@pytest.mark.parametrize("slots", [[], [GAP], [GAP, TORN, GAP]])
def test_a_spool_without_a_whole_record_has_no_points_and_no_gap(tmp_path: Path, slots: list[int]) -> None:
    path = write(tmp_path / "metrics.spool", slots)
    assert read_spool(path) == read_spool(path, skip_gaps=True) == SpoolPage([], 0, 0, False)
    trim_spool(path)
    assert path.stat().st_size == 0


def test_trimming_keeps_what_stands_behind_a_gap_and_may_be_repeated(tmp_path: Path) -> None:
    path = write(tmp_path / "metrics.spool", [1, GAP, 2, GAP, TORN, GAP])
    for _ in range(2):
        trim_spool(path)
        assert path.stat().st_size == 3 * RECORD_SIZE


def test_f29_lines_of_keys_that_are_torn_use_up_their_number(tmp_path: Path) -> None:
    keys = tmp_path / "metrics.keys"
    keys.write_bytes(
        b'{"run_id": "r", "key": "a"}\n{"run_id": "r", "ke\n[]\n{"run_id": "r"}\n\n'
        b'{"run_id": "r", "key": "\xc3\xbc", "model_id": "m-1"}\n{"run_id": "r", "key": "to'
    )
    assert read_keys(tmp_path / "metrics.spool") == {1: Series("r", "a"), 6: Series("r", "ü", "m-1")}


def test_f29_a_count_of_losses_that_is_no_number_is_none(tmp_path: Path) -> None:
    path = tmp_path / "metrics.spool"
    check = (0 ^ 1 ^ LOST_KEY * CHECK_FACTOR) & CHECK_MASK
    for value in (float("nan"), float("inf"), -3.0):
        path.write_bytes(RECORD.pack(0, 1, value, LOST_KEY, check))
        assert read_spool(path) == SpoolPage([], RECORD_SIZE, 0, False)
