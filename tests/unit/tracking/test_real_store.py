"""The real store, asked from inside a run: F34, nobody waits longer than is fair, and the run hears why."""

import operator
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from mlflow.exceptions import MlflowException
from mlflow.tracking._tracking_service import utils

from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.tracking._real_store import BoundedStore, StoreUnreachableError, open_real_store


class FakeStore:
    """A tracking store that opens as the test wants; counts how often."""

    opened = 0
    failures = 0

    def __init__(self, store_uri: str, artifact_uri: str | None) -> None:
        type(self).opened += 1
        if type(self).failures:
            type(self).failures -= 1
            raise MlflowException("the store is starting")
        self.uri = store_uri

    def ask(self, what: str) -> str:
        return f"{what} of {self.uri}"


@pytest.fixture
def real() -> Iterator[BoundedStore]:
    registry = utils._tracking_store_registry
    registry.register("mlops-fake", FakeStore)
    FakeStore.opened = FakeStore.failures = 0
    uri = "mlops-fake://me:hunter2@server/path"
    yield BoundedStore(uri, lambda: open_real_store(uri), 30.0)
    registry._registry.pop("mlops-fake")


def test_a_store_is_opened_with_the_first_question_and_once(real: BoundedStore) -> None:
    assert FakeStore.opened == 0
    assert [real.call(operator.methodcaller("ask", what), "it") for what in ("a", "b")] == [
        "a of mlops-fake://me:hunter2@server/path",
        "b of mlops-fake://me:hunter2@server/path",
    ]
    assert FakeStore.opened == 1


def test_what_the_store_says_is_what_the_caller_hears(real: BoundedStore) -> None:
    refusal = MlflowException("no such run")

    def use(store: Any) -> None:
        raise refusal

    with pytest.raises(MlflowException) as heard:
        real.call(use, "run x")
    assert heard.value is refusal
    assert real.call(lambda store: store.ask("a"), "it").startswith("a of")


def test_a_store_that_could_not_be_opened_is_tried_again_with_the_next_question(real: BoundedStore) -> None:
    FakeStore.failures = 1
    with pytest.raises(MlflowException, match="the store is starting"):
        real.call(lambda store: store.ask("a"), "it")
    assert real.call(lambda store: store.ask("a"), "it").startswith("a of")
    assert FakeStore.opened == 2


def test_even_an_exit_in_the_store_reaches_the_caller_and_no_one_else(real: BoundedStore) -> None:
    def use(store: Any) -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        real.call(use, "it")
    assert real.call(lambda store: store.ask("a"), "it").startswith("a of")


def test_f34_while_a_question_is_open_others_are_refused_at_once(real: BoundedStore) -> None:
    asked, release = threading.Event(), threading.Event()

    def hang(store: Any) -> str:
        asked.set()
        release.wait(30)
        return "late"

    answers: list[str] = []
    first = threading.Thread(target=lambda: answers.append(real.call(hang, "runs")))
    first.start()
    assert asked.wait(10)
    with pytest.raises(StoreUnreachableError) as refused:
        real.call(lambda store: store.ask("a"), "run x")
    release.set()
    first.join()
    said = re.sub(r"since \d+ s", "since 0 s", str(refused.value))
    assert said == (
        "Cannot ask mlops-fake://server/path for run x: an earlier call waits since 0 s. "
        "The run goes on and what it logs is kept; ask again later, or outside of the run."
    )
    assert refused.value.error_code == "TEMPORARILY_UNAVAILABLE"
    assert isinstance(refused.value, TrackingError)
    assert answers == ["late"]
    assert real.call(lambda store: store.ask("a"), "it").startswith("a of")
