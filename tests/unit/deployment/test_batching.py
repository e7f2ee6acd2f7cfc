"""Requests that wait together are asked together: each gets its own rows, and hears of no other's mistake."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from jupyter_mlops.deployment.serving import RequestError
from jupyter_mlops.deployment.serving._batching import MOST_ROWS, Batcher
from jupyter_mlops.deployment.serving._feeds import Feeds


class Model:
    """Doubles its rows; a negative one it refuses; waits while the gate is closed."""

    is_by_rows = True

    def __init__(self):
        self.sizes = []
        self.gate = threading.Event()
        self.gate.set()

    def run(self, feeds):
        self.gate.wait(10)
        rows = feeds["X"]
        self.sizes.append(len(rows))
        if (rows < 0).any():
            raise RequestError("a negative number")
        return {"y": rows * 2}


def feeds(*values):
    return Feeds({"X": np.array(values, dtype=np.float32)}, len(values))


def story(what, model=None):
    model = model or Model()

    async def run():
        with ThreadPoolExecutor(2) as pool:
            return await what(Batcher(model, pool), model)

    return asyncio.run(run()), model


def test_those_that_come_together_are_one_call():
    async def ask(batcher, model):
        answers = await asyncio.gather(*(batcher.run(feeds(n, n + 0.5)) for n in range(50)))
        return [answer["y"].tolist() for answer in answers]

    answers, model = story(ask)

    assert answers == [[2 * n, 2 * n + 1] for n in range(50)]
    assert model.sizes == [100]


def test_what_comes_while_the_model_works_waits_and_goes_together():
    async def ask(batcher, model):
        model.gate.clear()
        first = asyncio.ensure_future(batcher.run(feeds(0)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        others = [asyncio.ensure_future(batcher.run(feeds(n))) for n in range(1, 9)]
        await asyncio.sleep(0)
        model.gate.set()
        return [(await each)["y"].tolist() for each in [first, *others]]

    answers, model = story(ask)

    assert answers == [[2 * n] for n in range(9)]
    assert model.sizes == [1, 8]


def test_an_error_is_only_its_own():
    async def ask(batcher, model):
        asked = (batcher.run(feeds(value)) for value in (1, -1, 3))
        return await asyncio.gather(*asked, return_exceptions=True)

    (one, wrong, three), model = story(ask)

    assert (one["y"].tolist(), three["y"].tolist()) == ([2], [6])
    assert isinstance(wrong, RequestError)
    assert model.sizes == [3, 1, 1, 1]


def test_many_rows_are_several_calls():
    half = MOST_ROWS // 2 + 1

    async def ask(batcher, model):
        sizes = (half, half, 1, MOST_ROWS + 5)
        answers = await asyncio.gather(*(batcher.run(feeds(*range(size))) for size in sizes))
        return [len(answer["y"]) for answer in answers]

    answers, model = story(ask)

    assert answers == [half, half, 1, MOST_ROWS + 5]
    assert model.sizes == [half, half + 1, MOST_ROWS + 5]


def test_a_model_that_does_not_answer_by_rows_is_asked_alone():
    model = Model()
    model.is_by_rows = False

    async def ask(batcher, model):
        return await asyncio.gather(*(batcher.run(feeds(n)) for n in range(3)))

    story(ask, model)

    assert model.sizes == [1, 1, 1]


def test_a_model_that_answers_other_rows_than_it_was_asked_is_asked_alone():
    class Sum(Model):
        def run(self, feeds):
            super().run(feeds)
            return {"y": feeds["X"].sum(keepdims=True)}

    async def ask(batcher, model):
        answers = await asyncio.gather(*(batcher.run(feeds(n, n)) for n in range(3)))
        return [answer["y"].tolist() for answer in answers]

    answers, _ = story(ask, Sum())

    assert answers == [[0], [2], [4]]


def test_no_rows_and_full_memory():
    class Full(Model):
        def run(self, feeds):
            raise MemoryError

    async def ask(batcher, model):
        return await batcher.run(feeds())

    assert story(ask)[0]["y"].tolist() == []
    with pytest.raises(RequestError, match="no memory") as told:
        story(ask, Full())
    assert told.value.status == 503


def test_who_has_gone_is_not_asked_for():
    async def ask(batcher, model):
        gone = asyncio.ensure_future(batcher.run(feeds(1)))
        await asyncio.sleep(0)
        gone.cancel()
        return (await batcher.run(feeds(2)))["y"].tolist()

    answer, model = story(ask)

    assert (answer, sum(model.sizes)) == ([4], 1)


def test_a_quick_model_is_asked_in_the_loop_and_a_slow_one_in_a_thread():
    class Where(Model):
        def run(self, feeds):
            self.sizes.append(threading.current_thread() is threading.main_thread())
            return {"y": feeds["X"]}

    async def ask(batcher, model):
        for _ in range(30):
            await batcher.run(feeds(1))

    _, model = story(ask, Where())

    assert (model.sizes[0], model.sizes[-1]) == (False, True)


def test_who_is_alone_is_answered_at_once():
    async def ask(batcher, model):
        await batcher.run(feeds(1))
        for _ in range(30):
            await batcher.run(feeds(1), is_alone=True)
        asking = batcher.run(feeds(3), is_alone=True)
        with pytest.raises(StopIteration) as ended:
            asking.send(None)  # not one turn of the event loop
        with pytest.raises(RequestError, match="negative"):
            await batcher.run(feeds(-1), is_alone=True)
        return ended.value.value["y"].tolist()

    assert story(ask)[0] == [6]
