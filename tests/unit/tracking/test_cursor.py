"""How far a run was shipped: kept beside the run, and never trusted further than it can be read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.entities import decode, encode
from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tracking._cursor import Cursor, read_cursor, write_cursor

FULL = Cursor(
    uri="http://server:5000",
    experiment="cáncer\u202e",
    run_ids={"a" * 32: "b" * 32},
    model_ids={"m-1": "m-2"},
    journal_end=2**40,
    spool_ends={"metrics.spool": 64, "metrics-7.spool": 32},
    artifacts={"artifacts/ü.txt": "3:1795000000000000000"},
    shipped=["start", "params"],
    status="RUNNING",
    problem="set_tag: refused",
)


def test_what_was_written_is_read(run: RunDirectory) -> None:
    write_cursor(run, FULL)
    assert read_cursor(run) == FULL
    assert run.tracking_file.stat().st_mode & 0o777 == 0o600


def test_a_run_of_which_nothing_is_known_has_nothing_shipped(run: RunDirectory) -> None:
    assert read_cursor(run) == Cursor()


def test_f29_a_cursor_torn_at_any_byte_means_ship_again(run: RunDirectory) -> None:
    write_cursor(run, FULL)
    whole = run.tracking_file.read_bytes()
    for size in range(len(whole)):
        run.tracking_file.write_bytes(whole[:size])
        assert read_cursor(run) == Cursor()


def test_a_cursor_of_another_shape_means_ship_again(run: RunDirectory) -> None:
    for text in ("[]", "null", '{"journal_end": "much"}', '{"run_ids": []}', "\x00" * 40):
        run.tracking_file.write_text(text)
        assert read_cursor(run) == Cursor()


def test_fields_of_a_newer_version_are_passed_over(run: RunDirectory) -> None:
    run.tracking_file.write_text('{"wire_version": 1, "journal_end": 7, "lane": {"new": true}}')
    assert read_cursor(run) == Cursor(journal_end=7)


def test_cursors_share_nothing(run: RunDirectory) -> None:
    read_cursor(run).run_ids["a"] = "b"
    read_cursor(run).shipped.append("git")
    assert read_cursor(run) == Cursor()


@settings(max_examples=50)
@given(
    st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=3),
    st.integers(0, 2**63 - 1),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_any_text_comes_back(artifacts: dict[str, str], end: int, problem: str) -> None:
    cursor = Cursor(artifacts=artifacts, journal_end=end, spool_ends={"metrics.spool": end}, problem=problem)
    assert decode(encode(cursor), Cursor) == cursor
