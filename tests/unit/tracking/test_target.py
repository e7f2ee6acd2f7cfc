"""A tracking store as the keeper writes to it: which experiment a name or a number means."""

from collections.abc import Iterator

import pytest

from jupyter_mlops.home import Home
from jupyter_mlops.tracking import home_store_uri
from jupyter_mlops.tracking._target import Target

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")  # MLflow 3.17 on SQLAlchemy 2.1


@pytest.fixture
def target(home: Home) -> Iterator[Target]:
    opened = Target(home_store_uri(home.path), home.path)
    yield opened
    opened.close()


def test_an_experiment_that_is_named_with_a_number_is_made(target: Target) -> None:
    made = target.experiment_id("2024")

    assert made != "2024"
    assert target.store.get_experiment(made).name == "2024"
    assert target.experiment_id("2024") == made


def test_a_number_that_is_no_name_is_the_id_that_the_store_has(target: Target) -> None:
    digits = target.experiment_id("digits")

    assert target.experiment_id(digits) == digits
    assert target.experiment_id("0") == "0"
    assert target.store.get_experiment_by_name(digits) is None


def test_what_is_said_to_be_a_name_is_none_of_the_stores_ids(target: Target) -> None:
    digits = target.experiment_id("digits")

    made = target.id_of_named(digits)

    assert made != digits
    assert target.store.get_experiment(made).name == digits
    assert target.experiment_id(digits) == made


def test_a_number_too_large_for_an_id_is_a_name(target: Target) -> None:
    made = target.experiment_id("9" * 40)

    assert target.store.get_experiment(made).name == "9" * 40
