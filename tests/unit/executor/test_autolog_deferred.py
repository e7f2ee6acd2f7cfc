"""What is left for after the delivery: in order, to the end, without consequences."""

from jupyter_mlops.executor._deferred import after_delivery, run_deferred


def interrupt() -> None:
    raise KeyboardInterrupt


def test_work_that_is_added_meanwhile_is_done_as_well():
    story: list[str] = []
    after_delivery.append(lambda: (story.append("first"), after_delivery.append(lambda: story.append("third")))[0])
    after_delivery.append(lambda: story.append("second"))

    run_deferred()

    assert (story, after_delivery) == (["first", "second", "third"], [])


def test_an_error_is_one_line_and_the_rest_is_done(capsys):
    story: list[str] = []
    after_delivery.extend([lambda: 1 / 0, lambda: story.append("done")])

    run_deferred()

    assert story == ["done"]
    assert capsys.readouterr().err == "jupyter-mlops: not everything was logged: ZeroDivisionError: division by zero\n"


def test_a_request_to_stop_ends_it_and_says_so(capsys):
    story: list[str] = []
    after_delivery.extend([interrupt, lambda: story.append("never")])

    run_deferred()

    assert (story, after_delivery) == ([], [])
    assert "stopped before everything was logged" in capsys.readouterr().err
