"""The journal: operations in the order in which they were told."""

import json
from pathlib import Path

from jupyter_mlops.tracking._journal import Entry, Journal, read_journal


def plain(entries: list[Entry]) -> list[tuple[str, str, dict]]:
    return [(entry.op, entry.run_id, entry.fields) for entry in entries]


def test_operations_come_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append("log_param", "r", key="C", value="1.0")
    journal.append("set_tag", "r", key="a\nb", value="\u00fc\U0001f680\x00")
    assert plain(read_journal(tmp_path)) == [
        ("log_param", "r", {"key": "C", "value": "1.0"}),
        ("set_tag", "r", {"key": "a\nb", "value": "\u00fc\U0001f680\x00"}),
    ]


def test_the_line_is_the_one_of_the_contract(tmp_path: Path) -> None:
    Journal(tmp_path).append("log_param", "r", key="C", value="1.0")
    line = json.loads((tmp_path / "journal.jsonl").read_text())
    assert line.pop("at") > 1_700_000_000_000
    assert line == {"seq": 1, "op": "log_param", "run_id": "r", "key": "C", "value": "1.0"}


def test_reading_goes_on_behind_the_last_entry(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append("one", "r")
    first = read_journal(tmp_path)
    journal.append("two", "r")
    assert plain(read_journal(tmp_path, first[-1].end)) == [("two", "r", {})]


def test_f29_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append("one", "r")
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'{"seq": 2, "at": 3, "op"\n[]\n{}\nnull\n')
    journal.append("two", "r")
    assert plain(read_journal(tmp_path)) == [("one", "r", {}), ("two", "r", {})]


def test_text_that_is_no_text_is_kept_as_far_as_it_goes(tmp_path: Path) -> None:
    assert Journal(tmp_path).append("set_tag", "r", value="\ud800", other=Path("/x"))
    assert plain(read_journal(tmp_path)) == [("set_tag", "r", {"value": "?", "other": "/x"})]


def test_f27_a_directory_that_is_gone_costs_entries_only(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "gone")
    assert (journal.append("one", "r"), journal.lost) == (False, 1)
