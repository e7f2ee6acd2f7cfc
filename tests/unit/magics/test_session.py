"""`%load_ext jupyter_mlops` with a launcher that starts nothing: what is submitted, promised, bound, taken back."""

import asyncio
import io

import numpy as np
import pytest

from jupyter_mlops import load_ipython_extension, unload_ipython_extension
from jupyter_mlops.capture import _snapshot
from jupyter_mlops.entities import Param
from jupyter_mlops.home import registered_homes
from jupyter_mlops.magics import RunCard
from jupyter_mlops.services import current_service, use_service
from jupyter_mlops.testing import wait_until


def run(shell, cell: str):
    result = shell.run_cell(cell, store_history=True)
    result.raise_error()
    return result.result


def test_a_cell_becomes_a_run_with_what_was_asked(shell_with_us, launcher):
    run(shell_with_us, "X = [1, 2]")
    card = run(
        shell_with_us, "%%train baseline -p C=1.0 -e digits -t team=red --timeout 5m --autolog off\nmodel = sum(X)"
    )
    (spec,) = launcher.specs
    assert (spec.name, spec.experiment, spec.tags, spec.timeout_s) == ("baseline", "digits", {"team": "red"}, 300.0)
    assert (spec.params, spec.autolog, spec.pending) == ((Param("C", "1.0"),), "off", ("model",))
    assert isinstance(card, RunCard)
    assert [name for name, _ in card.travels] == ["X"]
    assert card.pending == ("model",)


def test_cards_are_shown_where_code_calls_the_magic(shell_with_us, launcher, capsys):
    sweep = "for i in range(2):\n    get_ipython().run_cell_magic('train', f'few{i} -p i={i}', 'z = i')"
    assert run(shell_with_us, sweep) is None
    shown = capsys.readouterr().out
    assert [spec.name in shown for spec in launcher.specs] == [True, True]


def test_pending_names_leave_the_namespace_and_become_upstream(shell_with_us, launcher):
    run(shell_with_us, "model = [1]")
    run(shell_with_us, "%%train first\nmodel.append(2)")
    assert "model" not in shell_with_us.user_ns
    card = run(shell_with_us, "%%train second\nscore = len(model)")
    first, second = launcher.specs
    assert [(item.name, item.run_id) for item in second.upstream] == [("model", first.run_id)]
    assert card.upstream == (("model", "first"),)


def test_a_view_can_ask_which_names_runs_will_give(shell_with_us):
    # The very expression of `src/view/report/notebookCells.ts`.
    asked = {"owed": "','.join(get_ipython().find_line_magic('fairness').__self__.owed)"}
    assert shell_with_us.user_expressions(asked)["owed"]["data"] == {"text/plain": "''"}
    run(shell_with_us, "%%train wide\nmodel, history = 1, []")
    assert shell_with_us.user_expressions(asked)["owed"]["data"] == {"text/plain": "'history,model'"}
    unload_ipython_extension(shell_with_us)
    assert shell_with_us.user_expressions(asked)["owed"]["status"] == "error"


def test_the_upstream_cells_are_recorded(shell_with_us, launcher):
    for cell in ("a = 1", "b = a + 1", "unrelated = 3", "%%train r\nc = b"):
        run(shell_with_us, cell)
    directory = current_service().get(launcher.specs[-1].run_id).directory
    assert directory.provenance().upstream_cells == ("a = 1", "b = a + 1")


def test_the_cell_of_an_earlier_run_is_among_them(shell_with_us, launcher):
    for cell in ("a = 1", "%%train first\nmodel = [a]", "%%train second\nscore = len(model)"):
        run(shell_with_us, cell)
    directory = current_service().get(launcher.specs[-1].run_id).directory
    assert directory.provenance().upstream_cells == ("a = 1", "%%train first\nmodel = [a]")


def test_the_handle_is_bound_and_is_not_pending(shell_with_us, launcher):
    run(shell_with_us, "%%train r -o handle\nx = 1")
    assert shell_with_us.user_ns["handle"].id == launcher.specs[0].run_id


def test_a_container_of_what_may_change_is_pending_with_it(shell_with_us, launcher):
    run(shell_with_us, "model = {}; models = [model]; others = [{}]")
    card = run(shell_with_us, "%%train r\nmodel['a'] = 1")
    assert (card.pending, card.notices) == (("model", "models"), ())
    assert shell_with_us.user_ns["models"] == [{}]


def test_a_card_names_the_aliases_of_what_may_change(shell_with_us, launcher):
    run(shell_with_us, "import functools\nmodel = {}; models = functools.partial(print, model)")
    card = run(shell_with_us, "%%train r\nmodel['a'] = 1")
    assert card.pending == ("model",)
    assert card.notices == ("models refers to the same object as model, and will not see what the run changes in it.",)


@pytest.mark.parametrize("cell", ["exec(code)", "%run script.py", "globals().update(x)", "get_ipython().push(x)"])
def test_a_card_says_what_becomes_of_names_that_the_text_does_not_show(shell_with_us, launcher, cell):
    run(shell_with_us, "code = x = {}")
    assert run(shell_with_us, f"%%train baseline\n{cell}").notices == (
        "The cell binds names that its text does not show: a new one comes back when a cell reads it, one that exists "
        "here keeps its value unless --returns lists it.",
    )
    assert run(shell_with_us, f"%%train baseline --returns none\n{cell}").notices == ()


def test_a_name_that_is_only_bound_anew_has_no_stale_aliases(shell_with_us, launcher):
    run(shell_with_us, "a, b = {}, {}; last = a; both = [last]")
    card = run(shell_with_us, "%%train r\nfor last in (1, 2): b['n'] = last")
    assert (card.pending, card.notices) == (("b", "last"), ())


def test_what_lies_inside_of_what_may_change_is_pending_too_also_for_the_next_run(shell_with_us, launcher):
    run(shell_with_us, "model = {}; trainer = {'model': model}; other = {}")
    card = run(shell_with_us, "%%train first\ntrainer['model']['a'] = 1")
    assert card.pending == ("model", "trainer")
    card = run(shell_with_us, "%%train second\ntrainer['model']['a'] = 1")
    first, second = launcher.specs
    assert card.pending == ("model", "trainer")
    assert {(item.name, item.run_id) for item in second.upstream} == {
        ("model", first.run_id),
        ("trainer", first.run_id),
    }


def test_dry_run_submits_nothing(shell_with_us, launcher):
    run(shell_with_us, "X = [1, 2]")
    assert "pending: y" in repr(run(shell_with_us, "%%train --dry-run\ny = X"))
    assert launcher.specs == []


def test_a_refused_submission_leaves_every_name_alone(shell_with_us, launcher):
    run(shell_with_us, "import threading; lock = threading.Lock(); model = 1")
    result = shell_with_us.run_cell("%%train r\nmodel = 2\nlock.acquire()", store_history=True)
    assert type(result.error_in_exec).__name__ == "CannotTravelError"
    assert shell_with_us.user_ns["model"] == 1
    assert launcher.specs == []


def test_the_launcher_is_warmed_at_the_start_and_after_each_cell(shell_with_us, launcher):
    before = launcher.warmed
    assert before >= 1
    run(shell_with_us, "1 + 1")
    assert launcher.warmed == before + 1


LARGE = "%%train r\ntotal = X.sum()"


@pytest.fixture
def large_input(shell_with_us, monkeypatch):
    """Four mebibytes in `X`, and a snapshot that is not stored before it is told to begin."""
    shell_with_us.user_ns["X"] = np.ones(1 << 19)
    monkeypatch.setattr(_snapshot, "_LONGEST_ANSWER_MS", 60_000)


def test_large_inputs_are_stored_when_a_terminals_cell_is_over(shell_with_us, launcher, large_input):
    run(shell_with_us, LARGE)
    wait_until(current_service().get(launcher.specs[0].run_id).directory.inputs)


def test_large_inputs_are_stored_when_the_kernel_has_replied(shell_with_us, launcher, large_input):
    async def kernel():
        # As ipykernel: within its loop, which has its turn again once the reply is sent.
        run(shell_with_us, LARGE)
        stored = current_service().get(launcher.specs[0].run_id).directory.inputs
        before = stored()
        await asyncio.sleep(0)
        wait_until(stored)
        return before, stored() is not None

    assert asyncio.run(kernel()) == (None, True)


def test_loading_twice_is_loading_once(shell_with_us, launcher):
    transformers = len(shell_with_us.ast_transformers)
    load_ipython_extension(shell_with_us)
    assert len(shell_with_us.ast_transformers) == transformers


def test_unloading_leaves_nothing(shell, launcher):
    before = {kind: dict(magics) for kind, magics in shell.magics_manager.magics.items()}
    callbacks = {name: list(found) for name, found in shell.events.callbacks.items()}
    transforms = list(shell.input_transformers_cleanup)
    load_ipython_extension(shell)
    unload_ipython_extension(shell)
    assert shell.input_transformers_cleanup == transforms
    assert {kind: dict(magics) for kind, magics in shell.magics_manager.magics.items()} == before
    assert {name: list(found) for name, found in shell.events.callbacks.items()} == callbacks
    assert shell.ast_transformers == []
    unload_ipython_extension(shell)


def test_f27_a_home_that_cannot_be_made_is_told_by_the_magic_not_by_loading(shell, tmp_path, monkeypatch):
    use_service(None)
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    monkeypatch.setenv("JUPYTER_MLOPS_HOME", str(blocked / ".mlops"))
    shell.reset(new_session=True)
    load_ipython_extension(shell)
    try:
        run(shell, "1 + 1")
        result = shell.run_cell("%%train r\nx = 1", store_history=True)
        assert type(result.error_in_exec).__name__ == "HomeError"
        assert str(blocked) in str(result.error_in_exec)
    finally:
        unload_ipython_extension(shell)


def test_the_home_is_registered_for_the_explorer(shell_with_us, launcher, tmp_path):
    assert tmp_path / ".mlops" in registered_homes()


def test_train_below_other_code_is_explained(shell_with_us, launcher):
    result = shell_with_us.run_cell("x = 1\n%%train late\ny = 2", store_history=True)
    assert str(result.error_in_exec).startswith("%%train must be the first line of its cell")
    assert launcher.specs == []


@pytest.mark.parametrize("cell", ["%%train -h", "%%train --help\n", "\n%%train name -h"])
def test_the_help_needs_no_code_below_it(shell_with_us, launcher, cell):
    assert "usage: %%train" in repr(run(shell_with_us, cell))
    assert launcher.specs == []


@pytest.mark.parametrize("cell", ["%%train", "%%train name\n", "%%train -p lr=1\n\n  \n"])
def test_an_empty_cell_says_where_the_code_goes(shell_with_us, launcher, cell):
    result = shell_with_us.run_cell(cell, store_history=True)
    assert str(result.error_in_exec) == "%%train: the cell is empty. Put the code to run below the %%train line."
    assert launcher.specs == []


def test_an_interrupted_wait_does_not_advise_to_run_the_cell_once_more(shell_with_us, launcher, monkeypatch):
    class InterruptedScreen(io.StringIO):
        def write(self, text: str) -> int:
            if "first line of the run" in text:
                raise KeyboardInterrupt
            return super().write(text)

    launcher.prints = "first line of the run\n"
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", InterruptedScreen())
        result = shell_with_us.run_cell("%%train 'my run' --wait\nx = 1", store_history=True)
    assert str(result.error_in_exec) == "Stopped waiting; the run goes on. %runs wait 'my run' waits for it again."


def test_runs_lists_shows_and_explains_itself(shell_with_us, launcher):
    assert repr(run(shell_with_us, "%runs")) == "No runs yet. Put %%train NAME on the first line of a cell."
    run(shell_with_us, "%%train baseline\nx = 1")
    assert "baseline" in repr(run(shell_with_us, "%runs"))
    assert launcher.specs[0].run_id in repr(run(shell_with_us, "%runs show baseline"))
    assert repr(run(shell_with_us, "%runs logs")).startswith("baseline has printed nothing yet.")
    assert repr(run(shell_with_us, "%runs main -loss")) == "best in Default is now the run with the smallest loss."
    assert "Nothing to remove" in repr(run(shell_with_us, "%runs gc --dry-run"))
    assert "reproduce" in repr(run(shell_with_us, "%runs -h"))
