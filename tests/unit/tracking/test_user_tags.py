"""What a user says of a run, as MLflow's tags."""

from jupyter_mlops.entities import UserRecord
from jupyter_mlops.tracking._user_tags import user_tags

WHEN = "2026-11-21T09:00:00.000+00:00"


def test_who_said_nothing_changes_nothing():
    assert user_tags(UserRecord()) == {}


def test_name_note_tags_and_archive_are_tags():
    record = UserRecord(name="best", note="why", tags={"team": "red", "old": None}, archived=True, changed_at=WHEN)
    assert user_tags(record) == {
        "team": "red",
        "old": None,
        "mlflow.runName": "best",
        "mlflow.note.content": "why",
        "mlops.archived": "true",
    }


def test_what_was_taken_back_is_taken_away():
    assert user_tags(UserRecord(changed_at=WHEN)) == {"mlflow.note.content": None, "mlops.archived": None}


def test_the_tag_by_which_a_run_is_found_stays():
    assert "mlops.run_id" not in user_tags(UserRecord(tags={"mlops.run_id": "x"}, changed_at=WHEN))


def test_a_long_note_is_cut_to_what_stores_take():
    assert len(user_tags(UserRecord(note="x" * 9_000, changed_at=WHEN))["mlflow.note.content"] or "") == 8_000
