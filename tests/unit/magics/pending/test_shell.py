"""DESIGN 3.3: a later cell that reads a pending name waits for it, any other does not; the notebook stays correct."""

import pytest

from jupyter_mlops.entities import Result, RunStatus
from jupyter_mlops.exceptions import NotRebuiltError


class Model:
    """Something with a state."""

    def __init__(self, fitted: bool = False) -> None:
        self.fitted = fitted


def finishing(run, **values):
    """Let a run end as soon as a cell waits for it."""
    run.on_wait = lambda: run.finish(**values)
    return run


# Which cells wait


def test_a_cell_that_reads_a_pending_name_waits_and_gets_the_value(notebook, run_named):
    notebook.submit(finishing(run_named("baseline"), model="fitted", history=[1]), "model history")
    assert notebook.run("model") == "fitted"
    assert notebook["history"] == [1]
    assert notebook.pending_names == set()


def test_a_cell_that_reads_nothing_pending_does_not_wait(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model")
    assert notebook.run("1 + 1") == 2
    assert not run.has_ended
    assert notebook.pending_names == {"model"}


@pytest.mark.parametrize(
    "cell",
    [
        "print(model)",
        "x = [model for _ in range(2)]",
        "x = f'{model}'",
        "def f():\n    return model\nf()",
        "class A:\n    b = model",
        "model2 = model; model2",
        "model += 'x'",
        "%time model",
        "%timeit -n1 -r1 model",
        "%%time\nmodel",
        "%%timeit -n1 -r1\nmodel",
        "%%capture out\nmodel",
        "%%prun -q\nlen(model)",
        "%prun -q len(model)",
        "!true {model}",
        "!true $model",
        "x = !echo {model}",
        "if True:\n    model",
        "try:\n    model\nexcept NameError:\n    raise",
        "await __import__('asyncio').sleep(0); model",
        "y = model; del model",
        "globals()['model']",
        "eval('model')",
        "dir()",
        "%who_ls",
    ],
)
def test_every_way_to_read_waits(notebook, run_named, cell):
    run = notebook.submit(finishing(run_named("baseline"), model="fitted"), "model")
    notebook.run(cell)
    assert run.has_ended


@pytest.mark.parametrize(
    "cell",
    [
        "model = 1",
        "model = 1; model",
        "for model in range(3): pass",
        "import os as model",
        "def model(): pass",
        "with open('/dev/null') as model: pass",
        "def f():\n    return model",
        "f = lambda: model",
        "x = 'model'",
        "x = {'model': 1}",
        "import types; types.SimpleNamespace(model=1).model",
        "[model for model in range(3)]",
        "(lambda model: model)(1)",
        "%%html\n<b>model</b>",
        "%%bash\ntrue model",
        "# model",
    ],
)
def test_cells_that_do_not_read_it_do_not_wait(notebook, run_named, cell):
    run = notebook.submit(run_named("baseline"), "model")
    notebook.run(cell)
    assert not run.has_ended


def test_reading_through_a_notebook_function_waits(notebook, run_named):
    notebook.run("def outer():\n    return inner()\ndef inner():\n    return model")
    notebook.submit(finishing(run_named("baseline"), model="fitted"), "model")
    assert notebook.run("outer()") == "fitted"


def test_a_delivered_function_that_reads_another_runs_name_waits_for_that_too(notebook, run_named):
    exec("def predict():\n    return weights", notebook.shell.user_ns)
    predict = notebook.shell.user_ns.pop("predict")
    notebook.submit(finishing(run_named("code"), predict=predict), "predict")
    notebook.submit(finishing(run_named("data"), weights=7), "weights")
    assert notebook.run("predict()") == 7


def test_only_the_runs_that_are_read_are_waited_for(notebook, run_named):
    other = notebook.submit(run_named("other"), "b")
    notebook.submit(finishing(run_named("one"), a=1), "a")
    assert notebook.run("a") == 1
    assert not other.has_ended


def test_the_body_of_a_timed_cell_is_looked_at_once(notebook, run_named):
    notebook.submit(finishing(run_named("baseline"), model=1), "model")
    notebook.run("%%time\nmodel")
    assert len(notebook.may_clear) == 1


# Executions that never wait


@pytest.mark.parametrize(
    "kwargs", [{"silent": True, "store_history": False}, {"silent": False, "store_history": False}]
)
def test_executions_without_history_see_the_name_as_absent(notebook, run_named, kwargs):
    run = notebook.submit(run_named("baseline"), "model")
    notebook.run("found = 'model' in globals()", **kwargs)
    assert notebook["found"] is False
    assert not run.has_ended


def test_a_cell_that_did_not_parse_does_not_arm_the_next_silent_one(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model")
    assert notebook.error_of("model = = 1").startswith("SyntaxError")
    assert notebook.error_of("model", silent=True, store_history=False) == "NameError: name 'model' is not defined"
    assert not run.has_ended


def test_a_name_error_of_a_callback_names_the_run(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model")
    error = NameError("name 'model' is not defined", name="model")
    assert notebook.pending.explain_name_error(error) == (
        f"model is still being made by run baseline ({run.id[:8]}). A cell that reads model waits for it."
    )
    assert notebook.pending.explain_name_error(NameError("name 'x' is not defined", name="x")) == ""
    assert notebook.pending.explain_name_error(ValueError()) == ""


# Assigning and deleting


def test_assigning_drops_what_the_run_owes(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model")
    notebook.run("model = 'mine'")
    run.finish(model="theirs")
    assert notebook.run("model") == "mine"
    assert run.loaded == []


def test_an_assignment_that_was_not_reached_drops_nothing(notebook, run_named):
    notebook.submit(finishing(run_named("baseline"), model="theirs"), "model")
    notebook.run("if False:\n    model = 'mine'")
    assert notebook.run("model") == "theirs"


def test_a_cell_that_failed_before_its_assignment_drops_nothing(notebook, run_named):
    notebook.submit(finishing(run_named("baseline"), model="theirs"), "model")
    assert notebook.error_of("1 / 0\nmodel = 'mine'").startswith("ZeroDivisionError")
    assert notebook.run("model") == "theirs"


def test_a_silent_assignment_drops_too(notebook, run_named):
    notebook.submit(run_named("baseline"), "model")
    notebook.run("model = 'mine'", silent=True, store_history=False)
    assert notebook.run("model") == "mine"


def test_deleting_a_pending_name_works_and_drops_it(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model")
    notebook.run("del model")
    run.finish(model=1)
    assert notebook.error_of("model") == "NameError: name 'model' is not defined"
    assert run.loaded == []


def test_a_del_that_was_not_reached_drops_nothing(notebook, run_named):
    notebook.submit(finishing(run_named("baseline"), model="theirs"), "model")
    notebook.run("if False:\n    del model")
    assert "model" not in notebook
    assert notebook.run("model") == "theirs"


def test_one_name_dropped_leaves_the_others(notebook, run_named):
    notebook.submit(finishing(run_named("baseline"), model="theirs", history=2), "model history")
    notebook.run("model = 'mine'")
    assert notebook.run("history, model") == (2, "mine")


# What comes back


def test_a_released_name_is_the_very_same_object(notebook, run_named):
    notebook.run("config = {'a': 1}; before = config")
    run = notebook.submit(run_named("baseline"), "config")
    assert "config" not in notebook
    run.finish(_released=("config",))
    assert notebook.run("config is before")
    assert run.loaded == []


def test_a_name_that_the_run_never_bound_keeps_what_it_held(notebook, run_named):
    notebook.run("best = 'old'")
    notebook.submit(run_named("baseline"), "best").finish(other=1)
    assert notebook.run("best") == "old"


def test_a_name_that_nobody_bound_is_a_name_error(notebook, run_named):
    notebook.submit(run_named("baseline"), "best").finish()
    assert notebook.error_of("best") == "NameError: name 'best' is not defined"


def test_a_name_that_the_run_deleted_is_gone(notebook, run_named):
    notebook.run("tmp = 1")
    notebook.submit(run_named("baseline"), "tmp").finish_with(Result(status=RunStatus.FINISHED, deleted=("tmp",)))
    assert notebook.error_of("tmp") == "NameError: name 'tmp' is not defined"


def test_a_name_that_could_not_come_back_is_refused_until_it_is_assigned(notebook, run_named):
    result = Result(
        status=RunStatus.FINISHED, returned=("model",), untransferable={"rows": "a generator; use list(rows)"}
    )
    notebook.submit(run_named("baseline"), "model rows").finish_with(result, model=1)
    for _ in range(2):
        assert (
            notebook.error_of("next(rows)") == "CellRejected: rows was to come from a run: a generator; use list(rows)"
        )
    assert notebook.run("model") == 1
    assert notebook.run("rows = [2]; rows") == [2]


def test_a_name_that_cannot_be_rebuilt_here_costs_no_other(notebook, run_named):
    odd = NotRebuiltError({"odd": "odd could not be rebuilt: KeyError: 'gone'."}, {})
    notebook.submit(run_named("baseline"), "odd good").finish(odd=odd, good=5)
    assert notebook.run("good") == 5
    assert notebook.error_of("odd") == (
        "CellRejected: odd was to come from a run: odd could not be rebuilt: KeyError: 'gone'."
    )
    assert notebook.run("odd = 2; odd") == 2


def test_names_that_the_run_bound_in_ways_no_text_shows_come_too(notebook, run_named):
    notebook.submit(run_named("baseline"), "a").finish(a=1, hidden=2)
    assert notebook.run("a") == 1
    assert notebook["hidden"] == 2


def test_such_a_name_never_replaces_what_the_notebook_holds(notebook, run_named):
    notebook.run("hidden = 'mine'")
    notebook.submit(run_named("baseline"), "a").finish(a=1, hidden=2)
    assert notebook.run("a, hidden") == (1, "mine")


# What a cell binds without its text saying so


@pytest.mark.parametrize("bound", ["exec(code)", "%run script.py", "globals().update(values)"])
def test_a_name_that_nothing_binds_waits_for_a_run_that_may_have_bound_it(notebook, run_named, bound):
    run = notebook.submit(finishing(run_named("unseen"), hidden=2), cell=bound)
    assert notebook.run("1 + 1; len([])") == 0
    assert not run.has_ended
    assert notebook.run("hidden") == 2
    assert not notebook.pending.ledger


def test_so_does_a_run_that_reads_it(notebook, run_named):
    notebook.submit(finishing(run_named("unseen"), hidden=2), cell="exec(code)")
    notebook.shell.register_magic_function(lambda line, cell: cell, "cell", "train")
    notebook.run("%%train\nhidden + 1")
    assert notebook["hidden"] == 2


def test_the_latest_of_several_such_runs_is_asked_first(notebook, run_named):
    first = notebook.submit(finishing(run_named("first"), hidden=1, other=1), cell="exec(code)")
    notebook.submit(finishing(run_named("second"), hidden=2), cell="exec(code)")
    assert notebook.run("hidden") == 2
    assert not first.has_ended
    assert notebook.run("other, hidden") == (1, 2)


def test_a_name_that_no_run_has_bound_is_a_name_error(notebook, run_named):
    notebook.submit(finishing(run_named("unseen")), cell="exec(code)")
    assert notebook.error_of("hidden") == "NameError: name 'hidden' is not defined"


def test_a_failed_run_that_may_have_bound_it_is_told_once(notebook, run_named):
    notebook.submit(run_named("unseen"), cell="exec(code)").fail("KeyError: 'x'")
    assert notebook.error_of("hidden") == "CellRejected: Run unseen failed: KeyError: 'x'."
    assert notebook.error_of("hidden") == "NameError: name 'hidden' is not defined"


def test_a_run_that_has_ended_without_such_names_is_forgotten(notebook, run_named):
    notebook.submit(run_named("unseen"), "a", cell="exec(code); a = 1").finish(a=1)
    notebook.run("a")
    assert not notebook.pending.ledger
    notebook.submit(run_named("unseen"), cell="exec(code)").finish()
    notebook.run("1")
    assert not notebook.pending.ledger


def test_an_import_of_everything_is_done_in_the_notebook_without_a_wait(notebook, run_named):
    run = notebook.submit(run_named("unseen"), cell="from math import *")
    notebook.run("e = 'mine'")
    assert notebook.run("cos(0)") == 1.0
    assert notebook["e"] == "mine"
    assert not run.has_ended


def test_it_hides_builtins_as_it_would_without_a_run(notebook, run_named):
    notebook.submit(run_named("unseen"), cell="from math import *")
    assert notebook.run("pow(2, 2)") == 4.0
    assert isinstance(notebook.run("pow(2, 2)"), float)


def test_an_import_of_everything_that_only_the_run_can_do_waits(notebook, run_named):
    notebook.submit(finishing(run_named("unseen"), hidden=2), cell="from no_such_module import *")
    assert notebook.run("hidden") == 2


def test_references_to_captured_objects_get_the_notebooks_own(notebook, run_named):
    notebook.run("X = {1: 2}; config = {'a': 1}")
    X, config = notebook["X"], notebook["config"]
    run = notebook.submit(run_named("baseline"), "model config", watched="X").finish(model=1, config={"a": 2})
    notebook.run("model")
    assert run.held["X"] is X
    assert run.held["config"] is config


def hold(notebook):
    """Note what containers hold, as a session does after a submission."""
    for promise in notebook.pending.ledger:
        notebook.pending.ledger.note_holders(promise, notebook.shell.user_ns)


def test_a_container_of_what_a_run_changes_waits_with_it_and_gets_the_new_object(notebook, run_named):
    notebook.run("class Net: n = 0\nnet = Net(); other = Net(); models = [net, other]; by_name = {'a': (net, 1)}")
    models, new = notebook["models"], notebook.run("Net()")
    notebook.submit(run_named("baseline"), "net").finish(net=new)
    hold(notebook)

    assert notebook.run("other.n") == 0
    assert notebook.pending_names == {"net"}

    assert notebook.run("models[0]") is new
    assert notebook["models"] is models
    assert notebook["by_name"] == {"a": (new, 1)}
    assert notebook["net"] is new
    assert notebook["models"][1] is notebook["other"]


def test_a_container_keeps_the_object_of_a_run_that_failed(notebook, run_named):
    notebook.run("class Net: n = 0\nnet = Net(); models = [net]")
    old = notebook["net"]
    notebook.submit(run_named("baseline"), "net").fail("no")
    hold(notebook)

    assert "baseline failed: no" in notebook.error_of("models[0]")
    assert notebook.run("models[0]") is old is notebook["net"]


def test_a_container_gets_what_the_last_of_two_runs_made(notebook, run_named):
    notebook.run("class Net: n = 0\nnet = Net(); models = [net]")
    first, second = notebook.run("Net()"), notebook.run("Net()")
    notebook.submit(run_named("one"), "net").finish(net=first)
    hold(notebook)
    notebook.submit(run_named("two"), "net").finish(net=second)
    hold(notebook)

    assert notebook.run("models[0]") is second is notebook["net"]


def test_a_container_gets_what_the_first_run_made_where_the_second_left_it(notebook, run_named):
    notebook.run("class Net: n = 0\nnet = Net(); models = [net]")
    first = notebook.run("Net()")
    notebook.submit(run_named("one"), "net").finish(net=first)
    hold(notebook)
    notebook.submit(run_named("two"), "net").finish(("net",))
    hold(notebook)

    assert notebook.run("models[0]") is first is notebook["net"]


def test_references_to_functions_get_the_notebooks_own_unless_it_has_others_now(notebook, run_named):
    notebook.run("def fit(): pass\ndef score(): pass\nn = 1")
    fit, namespace = notebook["fit"], notebook.shell.user_ns
    run = notebook.submit(run_named("baseline"), "table").finish(table=1)
    (promise,) = notebook.pending.ledger
    notebook.pending.ledger.remember_functions(promise, ["fit", "score", "n", "gone"], namespace)
    notebook.run("def score(): pass")
    notebook.run("table")
    assert run.held == {"fit": fit}


# Two runs, one name


def test_the_later_promise_wins(notebook, run_named):
    first = notebook.submit(run_named("first"), "model extra").finish(model="first", extra=1)
    notebook.submit(finishing(run_named("second"), model="second"), "model")
    assert notebook.run("model") == "second"
    assert notebook.run("extra") == 1
    assert notebook.run("model") == "second"
    assert first.loaded == [("extra",)]


def test_a_chain_that_releases_gives_the_first_runs_value(notebook, run_named):
    notebook.submit(run_named("first"), "model").finish(model="first's")
    notebook.submit(run_named("second"), "model score").finish(_released=("model",), score=2)
    assert notebook.run("model, score") == ("first's", 2)


def test_a_later_run_that_fails_gives_the_earlier_runs_value_back(notebook, run_named):
    notebook.submit(run_named("first"), "model").finish(model="first's")
    notebook.submit(run_named("second"), "model").fail("boom")
    assert notebook.error_of("model") == "CellRejected: Run second failed: boom."
    assert notebook.run("model") == "first's"


def test_a_value_delivered_meanwhile_is_what_a_later_failure_restores(notebook, run_named):
    notebook.submit(run_named("first"), "model extra").finish(model="first's", extra=1)
    second = notebook.submit(run_named("second"), "model")
    assert notebook.run("extra") == 1
    assert "model" not in notebook
    second.fail("boom")
    notebook.error_of("model")
    assert notebook.run("model") == "first's"


# Failure


def test_the_first_reader_of_a_failed_run_is_rejected_then_old_values_are_back(notebook, run_named):
    notebook.run("model = 'unfitted'")
    notebook.submit(run_named("baseline"), "model history").fail("ValueError: boom")
    assert notebook.error_of("model") == "CellRejected: Run baseline failed: ValueError: boom."
    assert notebook.run("model") == "unfitted"


def test_what_only_the_run_would_have_made_stays_rejected_until_it_is_assigned(notebook, run_named):
    notebook.submit(run_named("baseline"), "history").fail("boom")
    for _ in range(3):
        assert "Run baseline failed: boom" in notebook.error_of("history")
    notebook.run("history = 1")
    assert notebook.run("history") == 1


def test_a_rejected_cell_does_not_execute(notebook, run_named):
    notebook.submit(run_named("baseline"), "model").fail("boom")
    notebook.error_of("touched = 1\nmodel")
    assert "touched" not in notebook


def test_the_corrected_cell_runs_at_once_with_the_old_values(notebook, run_named):
    """The cell of the failed run, recognised by the front end's id, needs no second attempt."""
    notebook.run("model = ['unfitted']")
    run = run_named("baseline")
    notebook.shell.user_ns["submit"] = lambda: notebook.submit(run, "model")
    notebook.run("submit()", cell_id="cell-7")
    run.fail("boom")
    assert notebook.run("model.append(1); model", cell_id="cell-7") == ["unfitted", 1]


def test_another_cell_is_still_told(notebook, run_named):
    notebook.run("model = ['unfitted']")
    run = run_named("baseline")
    notebook.shell.user_ns["submit"] = lambda: notebook.submit(run, "model")
    notebook.run("submit()", cell_id="cell-7")
    run.fail("boom")
    assert notebook.error_of("model", cell_id="cell-8") == "CellRejected: Run baseline failed: boom."


def test_results_that_cannot_be_read_are_told_and_the_old_value_returns(notebook, run_named):
    from jupyter_mlops.exceptions import MissingObjectError

    notebook.run("model = 'old'")
    run = notebook.submit(run_named("baseline"), "model").finish(model=1)

    def results(*_args, **_kwargs):
        raise MissingObjectError("Object 12 is gone. Run the cell again.")

    run.results = results
    assert notebook.error_of("model") == "CellRejected: Object 12 is gone. Run the cell again."
    assert notebook.run("model") == "old"


# Interrupting


def test_interrupting_the_wait_rejects_the_cell_and_leaves_the_run(notebook, run_named):
    run = run_named("baseline")

    def interrupt():
        raise KeyboardInterrupt

    run.on_wait = interrupt
    notebook.submit(run, "model")
    assert notebook.error_of("model").startswith("CellRejected: Stopped waiting; the run goes on.")
    finishing(run, model=1)
    assert notebook.run("model") == 1


def test_a_bug_of_ours_rejects_the_cell_and_does_not_unregister_the_transformer(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model").finish(model=1)

    def results(*_args, **_kwargs):
        raise RuntimeError("odd")

    run.results = results
    assert "Please report this" in notebook.error_of("model")
    assert notebook.pending in notebook.shell.ast_transformers


# Names that a run was not expected to change


def test_an_unexpected_change_is_delivered_when_no_cell_has_read_the_name(notebook, run_named):
    notebook.run("X = [1]")
    changed = Result(status=RunStatus.FINISHED, returned=("model",), changed=("X",))
    notebook.submit(run_named("baseline"), "model", watched="X").finish_with(changed, model=1, X=[1, 2])
    assert notebook.run("X") == [1, 2]
    assert notebook.notices == []


def test_a_cell_that_has_read_the_old_value_keeps_it_and_is_named(notebook, run_named):
    notebook.run("X = [1]")
    run = notebook.submit(run_named("baseline"), "model", watched="X")
    number = notebook.shell.execution_count
    assert notebook.run("X") == [1]
    changed = Result(status=RunStatus.FINISHED, returned=("model",), changed=("X",))
    run.finish_with(changed, model=1, X=[1, 2])
    assert notebook.run("X") == [1]
    assert notebook.run("X, model") == ([1], 1)
    assert notebook.notices == [
        f"baseline has changed X, but cell [{number}] has read the old one, so X keeps it here. "
        f"%runs load {run.id[:8]} X binds the changed one."
    ]


def test_a_watched_name_that_was_assigned_since_is_left_alone(notebook, run_named):
    notebook.run("X = [1]")
    changed = Result(status=RunStatus.FINISHED, returned=("model",), changed=("X",))
    notebook.submit(run_named("baseline"), "model", watched="X").finish_with(changed, model=1, X=[1, 2])
    notebook.run("X = 'mine'")
    assert notebook.run("model, X") == (1, "mine")
    assert notebook.notices == []


def test_a_later_run_that_captured_the_old_value_is_named(notebook, run_named):
    notebook.run("X = [1]")
    run = notebook.submit(run_named("first"), "a", watched="X")
    notebook.submit(run_named("second"), "b", watched="X").finish(b=1)
    changed = Result(status=RunStatus.FINISHED, returned=("a",), changed=("X",))
    run.finish_with(changed, a=1, X=[2])
    assert notebook.run("a, X") == (1, [1])
    assert "run second has read the old one" in notebook.notices[0]


def test_an_alias_that_still_points_to_the_old_version_is_named(notebook, run_named):
    notebook.shell.user_ns.update(model=Model())
    notebook.run("best = model")
    notebook.submit(run_named("baseline"), "model").finish(model=Model(fitted=True))
    assert notebook.run("model.fitted, best.fitted") == (True, False)
    assert notebook.notices == ["baseline has changed model; best still points to the version from before."]


@pytest.mark.parametrize("holder", ["[model]", "(model, 1)", "{'m': model}", "types.SimpleNamespace(m=model)"])
def test_what_holds_the_old_version_is_named_too(notebook, run_named, holder):
    notebook.shell.user_ns.update(model=Model())
    notebook.run(f"import types; holder = {holder}")
    notebook.submit(run_named("baseline"), "model").finish(model=Model(fitted=True))
    notebook.run("model")
    assert notebook.notices == ["baseline has changed model; holder still points to the version from before."]


def test_a_promise_that_can_surprise_nobody_is_closed(notebook, run_named):
    """Nothing is looked at for ever: a run that changed nothing unexpected is forgotten with its last name."""
    notebook.run("X = [1]")
    run = notebook.submit(run_named("baseline"), "model", watched="X").finish(model=1)
    notebook.run("model = 'mine'")
    notebook.run("1")
    assert list(notebook.pending.ledger) == []
    assert run.loaded == []


def test_an_object_without_attributes_or_with_odd_ones_holds_nothing(notebook, run_named):
    class Odd:
        __slots__ = ()

        def __getattr__(self, name):
            raise RuntimeError("looked at")

    notebook.shell.user_ns.update(model=Model(), odd=Odd())
    notebook.submit(run_named("baseline"), "model").finish(model=Model(fitted=True))
    notebook.run("model")
    assert notebook.notices == []


def test_a_run_that_promises_nothing_is_not_remembered(notebook, run_named):
    notebook.submit(run_named("baseline"))
    assert list(notebook.pending.ledger) == []


def test_small_values_with_many_names_are_no_aliases(notebook, run_named):
    notebook.run("n = None; other = None; one = 1; uno = 1")
    notebook.submit(run_named("baseline"), "n one").finish(n=5, one=2)
    notebook.run("n, one")
    assert notebook.notices == []


# Imports and `%%train` cells


def test_a_name_that_a_cell_only_imports_is_imported_here_instead_of_waited_for(notebook, run_named):
    cell = "import json as js\nfrom os.path import join\nx = js.dumps(1)"
    run = notebook.submit(run_named("baseline"), "js join x", cell=cell)
    assert notebook.run("js.dumps([]), join('a', 'b')") == ("[]", "a/b")
    assert not run.has_ended
    assert notebook.pending_names == {"x"}


def test_an_import_that_fails_here_is_waited_for(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "thing", cell="from no_such_module import thing")
    finishing(run, thing=3)
    assert notebook.run("thing") == 3


@pytest.fixture
def train_magic(notebook):
    """A `%%train` that records what it is given."""
    cells = []
    notebook.shell.register_magic_function(lambda line, cell: cells.append((line, cell)), "cell", "train")
    yield cells
    del notebook.shell.magics_manager.magics["cell"]["train"]


def test_a_train_cell_does_not_wait_in_the_kernel(notebook, run_named, train_magic):
    run = notebook.submit(run_named("baseline"), "model")
    notebook.run("%%train second\nscore = model.score()")
    assert train_magic == [("second", "score = model.score()\n")]
    assert not run.has_ended
    assert notebook.pending.run_ids() == {"model": run.id}


def test_a_train_line_that_expands_a_pending_name_does_wait(notebook, run_named, train_magic):
    notebook.submit(finishing(run_named("baseline"), lr=0.1), "lr")
    notebook.run("%%train second -p lr={lr}\nx = 1")
    assert train_magic == [("second -p lr=0.1", "x = 1\n")]


def test_a_train_cell_that_would_feed_on_a_failed_run_is_told_at_once(notebook, run_named, train_magic):
    notebook.run("model = 'old'")
    notebook.submit(run_named("baseline"), "model history").fail("boom")
    assert notebook.error_of("%%train second\nmodel.fit()") == "CellRejected: Run baseline failed: boom."
    assert "Run baseline failed: boom" in notebook.error_of("%%train second\nprint(history)")
    assert train_magic == []


# Progress


def test_waiting_shows_for_what_and_whose_last_lines(notebook, run_named):
    run = run_named("baseline")
    run.printed = "epoch 1\r\x1b[32mepoch 2\x1b[0m\nloss 0.1\n"
    left = iter([None, None, lambda: run.finish(model=1)])
    run.on_wait = lambda: (next(left) or (lambda: None))()
    notebook.submit(run, "model")
    notebook.run("model")
    assert (
        notebook.screen.shown
        == [
            "waiting for model from baseline (00:00) - interrupt to stop waiting, the run goes on\n"
            "  epoch 2\n"
            "  loss 0.1"
        ]
        * 2
    )
    assert notebook.screen.cleared == 1


def test_a_run_that_is_nearly_done_shows_nothing(notebook, run_named):
    notebook.submit(finishing(run_named("baseline"), model=1), "model")
    notebook.run("model")
    assert notebook.screen.shown == []


def test_a_wait_inside_a_running_cell_must_not_clear_its_output(notebook, run_named):
    notebook.submit(finishing(run_named("baseline"), model=1), "model")
    notebook.shell.user_ns["inner"] = lambda: notebook.run("model")
    notebook.run("print('kept'); inner()")
    assert notebook.may_clear == [False]


def test_unregistering_leaves_the_shell_as_it_was(notebook):
    notebook.pending.unregister()
    assert notebook.pending not in notebook.shell.ast_transformers
    assert all(
        notebook.pending not in (getattr(callback, "__self__", None) for callback in callbacks)
        for callbacks in notebook.shell.events.callbacks.values()
    )
    notebook.pending.register()


@pytest.mark.parametrize("cell", ["import __main__\n__main__.model", "from __main__ import model\nmodel"])
def test_a_name_of_the_module_is_waited_for(notebook, run_named, cell):
    notebook.submit(finishing(run_named("baseline"), model="fitted"), "model")
    assert notebook.run(cell) == "fitted"


def test_importing_the_module_waits_for_nothing(notebook, run_named):
    run = notebook.submit(run_named("baseline"), "model")
    notebook.run("import __main__")
    assert not run.has_ended


def test_a_function_that_reads_a_name_of_the_module_waits(notebook, run_named):
    notebook.run("import __main__\ndef f():\n    return __main__.model")
    run = notebook.submit(finishing(run_named("baseline"), model="fitted"), "model")
    assert notebook.run("f()") == "fitted"
    assert run.has_ended
