"""What a cell sees and does in a run: names, results, displays, magics, the end."""

import linecache
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from executor_runs import Executors

from jupyter_mlops.entities import CellError, Param, RunStatus


@pytest.fixture
def executors(tmp_path: Path) -> Executors:
    return Executors.below(tmp_path)


def dedent(cell: str) -> str:
    return textwrap.dedent(cell).strip()


class TestNames:
    def test_what_the_cell_assigns_comes_back(self, executors):
        ended = executors.run("y = x + 1\nprint('sum', y)", {"x": 1}, pending=("y",), watched=("x",))

        assert (ended.exit_code, ended.log, ended.outputs()) == (0, "sum 2\n", {"y": 2})
        assert (ended.result.status, ended.result.returned) == (RunStatus.FINISHED, ("y",))

    def test_parameters_are_typed_and_hide_the_kernels_names(self, executors):
        params = (Param("rate", "0.5"), Param("kind", "linear"), Param("layers", "[1, 2]"))

        ended = executors.run("seen = (rate, kind, layers)", {"rate": 1}, params=params, pending=("seen",))

        assert ended.outputs() == {"seen": (0.5, "linear", [1, 2])}

    def test_an_object_that_the_cell_only_read_is_released(self, executors):
        inputs = {"settings": {"a": 1}, "rows": [1, 2]}

        ended = executors.run("n = len(settings)\nrows.append(3)", inputs, pending=("n", "settings", "rows"))

        assert ended.outputs() == {"n": 1, "rows": [1, 2, 3]}
        assert ended.result.released == ("settings",)

    def test_a_deleted_name_and_an_assignment_that_was_not_reached_are_told_apart(self, executors):
        ended = executors.run("del a\nif False:\n    b = 1", {"a": [1]}, pending=("a", "b"))

        assert (ended.result.deleted, ended.result.released, ended.outputs()) == (("a",), ("b",), {})

    def test_a_watched_name_that_came_out_changed_is_told_and_delivered(self, executors):
        table = np.zeros(500_000)

        ended = executors.run(
            "t = table\nt[7] = 1", {"table": table, "same": np.ones(500_000)}, watched=("table", "same")
        )

        assert ended.result.changed == ("table",)
        assert ended.outputs()["table"][7] == 1
        assert table[7] == 0

    def test_a_heavy_input_is_not_pickled_again_to_find_that_it_is_as_it_was(self, executors):
        words = tuple(f"word {i}" for i in range(1_500_000))

        ended = executors.run(
            "n = len(words)\nrows.append(n)", {"words": words, "rows": []}, pending=("n", "rows"), watched=("words",)
        )

        assert ended.outputs() == {"n": 1_500_000, "rows": [1_500_000]}
        assert ended.result.changed == ()

    def test_an_unchanged_input_inside_an_output_stays_the_kernels_own_object(self, executors):
        table = np.zeros(500_000)

        ended = executors.run("pair = (table, table.sum())", {"table": table}, pending=("pair",), watched=("table",))

        assert ended.outputs()["pair"][0] is table

    def test_names_that_are_one_object_come_back_as_one(self, executors):
        ended = executors.run("a = [1]\nb = a", pending=("a", "b"))

        outputs = ended.outputs()
        assert outputs["a"] is outputs["b"]

    def test_names_bound_where_the_text_does_not_show_it_come_back_too(self, executors, tmp_path):
        (tmp_path / "more.py").write_text("from_script = 3\n")

        ended = executors.run("globals()['hidden'] = 1\nexec('also = 2')\n%run -i more.py\n_private = 4")

        assert ended.outputs() == {"hidden": 1, "also": 2, "from_script": 3}

    def test_returns_is_a_list_of_exactly_what_comes_back(self, executors):
        cell = "a = 1\nb = 2\nc.append(3)"

        ended = executors.run(cell, {"c": []}, pending=("a", "c", "never"), explicit_returns=True)

        assert ended.outputs() == {"a": 1, "c": [3]}
        assert ended.result.untransferable == {"never": "the cell did not assign it"}

    def test_returns_none_brings_nothing_back(self, executors):
        ended = executors.run("a = 1", pending=(), explicit_returns=True)

        assert (ended.result.status, ended.outputs()) == (RunStatus.FINISHED, {})

    def test_what_cannot_travel_is_named_and_the_others_come_back(self, executors):
        ended = executors.run("import threading\nlock = threading.Lock()\nn = 1", pending=("threading", "lock", "n"))

        assert ended.outputs()["n"] == 1
        assert list(ended.result.untransferable) == ["lock"]
        assert "_thread.lock" in ended.result.untransferable["lock"]

    def test_a_notebook_class_lives_in_main(self, executors):
        cell = """
            import pickle
            class Model:
                pass
            model = Model()
            same = type(pickle.loads(pickle.dumps(model))) is Model
            where = Model.__module__, __name__
            del pickle
        """
        ended = executors.run(dedent(cell), pending=("Model", "model", "same", "where"))

        outputs = ended.outputs()
        assert (outputs["same"], outputs["where"]) == (True, ("__main__", "__main__"))
        assert type(outputs["model"]) is outputs["Model"]

    def test_a_function_of_the_notebook_sees_the_cells_names(self, executors):
        namespace: dict[str, Any] = {"__name__": "__main__"}
        exec("def scale(x):\n    return x * factor", namespace)

        ended = executors.run(
            "factor = 3\nr = scale(2)", {"scale": namespace["scale"]}, pending=("factor", "r"), namespace=namespace
        )

        assert ended.outputs()["r"] == 6


class TestUpstream:
    def test_a_name_is_taken_from_the_run_that_returned_it(self, executors):
        first = executors.run("model = {'w': 1}", pending=("model",))

        second = executors.run(
            "score = model['w'] + 1", upstream=({"name": "model", "run_id": first.run.run_id},), pending=("score",)
        )

        assert second.outputs() == {"score": 2}

    def test_a_released_name_is_taken_from_what_went_into_that_run_however_far_back(self, executors):
        first = executors.run("rows = [1]", pending=("rows",))
        second = executors.run(
            "n = len(rows)", pending=("n", "rows"), upstream=({"name": "rows", "run_id": first.run.run_id},)
        )

        third = executors.run(
            "rows.append(n)",
            pending=("rows",),
            upstream=tuple({"name": n, "run_id": second.run.run_id} for n in ("rows", "n")),
        )

        assert second.result.released == ("rows",)
        assert third.outputs() == {"rows": [1, 1]}

    def test_a_delivered_function_finds_the_names_of_its_own_run(self, executors):
        cell = "factor = 3\ndef scale(x):\n    return helper(x) * factor\ndef helper(x):\n    return x + offset"
        first = executors.run(cell, {"offset": 10}, pending=("factor", "scale", "helper"))

        second = executors.run(
            "r = scale(1)", upstream=({"name": "scale", "run_id": first.run.run_id},), pending=("r",)
        )

        assert second.outputs() == {"r": 33}

    def test_a_name_that_was_never_delivered_fails_the_run_and_says_which(self, executors):
        first = executors.run("import threading\nlock = threading.Lock()", pending=("lock",))

        second = executors.run("lock.acquire()", upstream=({"name": "lock", "run_id": first.run.run_id},))

        assert (second.exit_code, second.result.status) == (1, RunStatus.FAILED)
        assert "did not deliver lock: it is a _thread.lock" in second.log


class TestOutput:
    def test_the_last_expression_is_a_result_and_no_text_in_the_log(self, executors):
        ended = executors.run("print('before')\n{'a': 1}")

        assert ended.log == "before\n"
        assert ended.events == [
            {
                "seq": 0,
                "offset": 7,
                "kind": "result",
                "data": {"text/plain": "{'a': 1}"},
                "metadata": {},
                "transient": {"execution_count": 1},
            }
        ]

    def test_a_semicolon_silences_it(self, executors):
        assert executors.run("1 + 1;").events == []

    def test_rich_displays_and_their_updates_keep_their_order_and_place(self, executors):
        cell = """
            from IPython.display import HTML, clear_output
            handle = display(HTML('<b>1</b>'), display_id='bar')
            print('between')
            handle.update(HTML('<b>2</b>'))
            clear_output(wait=True)
        """
        events = executors.run(dedent(cell), explicit_returns=True).events

        shown = [(event["kind"], event["offset"], event["data"].get("text/html")) for event in events]
        assert shown == [("display", 0, "<b>1</b>"), ("update", 8, "<b>2</b>"), ("clear", 8, None)]

    def test_a_frame_looks_as_in_a_notebook(self, executors):
        cell = "import pandas as pd\npd.DataFrame({f'c{i}': [i] for i in range(30)})"

        (event,) = executors.run(cell, pending=("pd",)).events

        assert "<table" in event["data"]["text/html"]
        # Twenty columns and an ellipsis: the limit of a notebook, not a terminal's.
        assert "<td>...</td>" in event["data"]["text/html"]

    def test_figures_are_shown_at_the_end_of_the_cell(self, executors):
        cell = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('drawn');"

        ended = executors.run(cell, explicit_returns=True)

        assert ended.log == "drawn\n"
        assert [(event["kind"], sorted(event["data"])) for event in ended.events] == [
            ("display", ["image/png", "text/plain"])
        ]

    def test_figures_stay_hidden_where_the_user_has_chosen_a_backend_that_hides_them(self, executors):
        cell = "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);"

        assert executors.run(cell, explicit_returns=True).events == []

    @pytest.mark.parametrize("wish", ["", "inline", "qt", "widget"])
    def test_figures_are_shown_inline_whatever_window_is_asked_for(self, executors, wish):
        ended = executors.run(
            f"%matplotlib {wish}\nimport matplotlib.pyplot as plt\nplt.plot([1]);", explicit_returns=True
        )

        assert ["image/png" in event["data"] for event in ended.events] == [True]
        assert ended.log.count("they are shown inline") == (wish not in ("", "inline"))

    @pytest.mark.parametrize("line", ["from tqdm.auto import tqdm", "from tqdm.notebook import tqdm"])
    def test_progress_bars_become_text(self, executors, line):
        ended = executors.run(f"{line}\nfor _ in tqdm(range(3), desc='fit'):\n    pass", explicit_returns=True)

        assert "fit: 100%" in ended.log
        assert ended.events == []

    def test_a_widget_becomes_its_static_form(self, executors):
        ended = executors.run("from ipywidgets import IntSlider\nIntSlider(value=3)", explicit_returns=True)

        assert [event["data"] for event in ended.events] == [{"text/plain": "IntSlider(value=3)"}]
        assert ended.log.count("no connection for widgets") == 1


class TestNotebookSyntax:
    def test_shell_commands_write_to_the_log_in_order(self, executors):
        ended = executors.run("print('one')\n!echo two; printf three >&2\nprint('four')\nwords = !echo five")

        assert ended.log == "one\ntwo\nthreefour\n"
        assert list(ended.outputs()["words"]) == ["five"]

    def test_capture_keeps_what_it_captures_from_the_log(self, executors):
        ended = executors.run("%%capture out\nprint('hidden')\n!echo too\ndisplay(1)")

        assert (ended.log, ended.events) == ("", [])
        assert ended.outputs()["out"].stdout.replace("\r", "") == "hidden\ntoo\n"

    def test_time_binds_the_cells_names(self, executors):
        ended = executors.run("%%time\nx = 1", pending=("x",))

        assert ended.outputs() == {"x": 1}
        assert "Wall time" in ended.log

    def test_timeit_and_matplotlib_inline_and_help(self, executors):
        ended = executors.run("%matplotlib inline\n%timeit -n1 -r1 sum([1])\nlen?", explicit_returns=True)

        assert (ended.exit_code, "loop" in ended.log) == (0, True)

    def test_await_at_the_top_level_and_asyncio_run(self, executors):
        cell = """
            import asyncio
            async def double(x):
                await asyncio.sleep(0)
                return 2 * x
            a = await double(1)
        """
        awaited = executors.run(dedent(cell), pending=("a",), explicit_returns=True)
        ran = executors.run(
            dedent(cell).replace("await double(1)", "asyncio.run(double(2))"), pending=("a",), explicit_returns=True
        )

        assert (awaited.outputs(), ran.outputs()) == ({"a": 2}, {"a": 4})

    def test_the_shell_is_there_for_libraries_that_ask(self, executors):
        ended = executors.run("shell = type(get_ipython()).__name__\nold = In[1], Out, _", pending=("shell", "old"))

        assert ended.outputs()["shell"] == "RunShell"


class TestEnd:
    def test_f01_an_exception_is_the_last_thing_in_the_log(self, executors):
        ended = executors.run("print('start')\nx = 1\nraise ValueError('diverged')", pending=("x",))

        assert (ended.exit_code, ended.result.status, ended.outputs()) == (1, RunStatus.FAILED, {})
        assert ended.log.startswith("start\n")
        assert ended.log.rstrip().endswith("diverged")
        error = ended.result.error
        assert isinstance(error, CellError)
        assert (error.type, error.message, error.line, error.source) == (
            "ValueError",
            "diverged",
            3,
            "raise ValueError('diverged')",
        )
        assert "Cell In[1], line 3" in error.traceback
        (event,) = ended.events
        first, last = event["metadata"]["log_range"]
        assert ended.run.log_file.read_bytes()[first:last].decode().rstrip("\n") == (
            event["data"]["application/vnd.jupyter.error"]["stack"].rstrip("\n")
        )

    def test_f01_the_traceback_shows_the_lines_of_a_function_from_an_earlier_cell(self, executors):
        source = "def divide(a, b):\n    # An earlier cell's own line.\n    return a / b\n"
        filename = "/tmp/ipykernel_1/2345.py"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        namespace: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(source, filename, "exec"), namespace)

        ended = executors.run("divide(1, 0)", {"divide": namespace["divide"]}, namespace=namespace)

        assert "# An earlier cell's own line." in ended.result.error.traceback
        assert (ended.result.error.line, ended.result.error.source) == (1, "divide(1, 0)")

    def test_f01_chained_and_grouped_exceptions_are_told_whole(self, executors):
        cell = "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise ExceptionGroup('both', [e, KeyError('k')])"

        ended = executors.run(cell)

        assert (ended.result.error.type, ended.result.error.line) == ("ExceptionGroup", 4)
        assert all(name in ended.log for name in ("ZeroDivisionError", "KeyError", "both (2 sub-exceptions)"))

    def test_f01_an_exception_inside_captured_output_is_in_the_log(self, executors):
        assert "ZeroDivisionError" in executors.run("%%capture\n1/0").log

    def test_b03_an_error_in_a_timed_cell_has_the_line_of_the_cell(self, executors):
        error = executors.run("%%time\nx = 1\n1/0").result.error

        assert (error.line, error.source) == (3, "1/0")

    def test_b03_an_empty_cell_ends_well(self, executors):
        assert executors.run("\n").result.status is RunStatus.FINISHED

    @pytest.mark.parametrize(
        ("statement", "code", "status"),
        [
            ("sys.exit()", 0, RunStatus.FINISHED),
            ("sys.exit(0)", 0, RunStatus.FINISHED),
            ("sys.exit(3)", 3, RunStatus.FAILED),
            ("sys.exit(-1)", 255, RunStatus.FAILED),
            ("sys.exit('no data')", 1, RunStatus.FAILED),
            ("exit(4)", 4, RunStatus.FAILED),
            ("quit()", 0, RunStatus.FINISHED),
        ],
    )
    def test_f05_sys_exit_ends_with_its_code(self, executors, statement, code, status):
        ended = executors.run(f"import sys\nx = 1\n{statement}\nx = 2", pending=("x",))

        assert (ended.exit_code, ended.result.exit_code, ended.result.status) == (code, code, status)
        assert ended.outputs() == ({"x": 1, "sys": ended.outputs()["sys"]} if code == 0 else {})
        assert "Traceback" not in ended.log
        assert "To exit" not in ended.log

    def test_f05_os_exit_ends_at_once_with_its_code_and_no_witness(self, executors):
        ended = executors.run("import os\nprint('last', end='')\nos._exit(7)")

        assert (ended.exit_code, ended.log, ended.run.result()) == (7, "last", None)

    def test_f05_a_segmentation_fault_says_where(self, executors):
        ended = executors.run("import ctypes\nprint('reading')\nctypes.string_at(0)")

        assert ended.exit_code == -11
        assert ended.log.startswith("reading\nFatal Python error: Segmentation fault")
        assert "<ipython-input-1-" in ended.log

    @pytest.mark.parametrize(
        "question",
        ["input('name? ')", "import getpass; getpass.getpass()", "breakpoint()", "import pdb; pdb.set_trace()"],
    )
    def test_questions_fail_at_once_and_say_what_to_do(self, executors, question):
        ended = executors.run(question)

        assert ended.exit_code == 1
        assert "has nobody to ask: a run has no keyboard" in ended.result.error.message

    def test_threads_and_atexit_functions_of_the_cell_run_to_their_end(self, executors):
        cell = """
            import atexit, threading, time
            atexit.register(print, 'at exit')
            said = threading.Event()
            threading.Thread(target=lambda: (said.wait(), time.sleep(0.2), print('thread'))).start()
            print('cell')
            said.set()
        """
        ended = executors.run(dedent(cell), explicit_returns=True)

        assert ended.log == "cell\nthread\nat exit\n"

    def test_a_second_executor_of_the_same_run_touches_nothing(self, executors):
        ended = executors.run(
            "import subprocess, sys, os\nargs = sys.executable, os.environ['JUPYTER_MLOPS_RUN_DIR']\n"
            "code = subprocess.run([args[0], '-m', 'jupyter_mlops.executor', args[1]]).returncode",
            pending=("code",),
            explicit_returns=True,
        )

        assert ended.outputs() == {"code": 75}
