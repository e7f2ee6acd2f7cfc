from jupyter_mlops.entities import CellError
from jupyter_mlops.executor._cell_error import TRACEBACK_BYTES, cell_error

CELL_FILE = "<ipython-input-1-0123456789ab>"
CELL = "def train(rate):\n    raise ValueError(f'rate {rate}')\n\ntrain(2)"


def raised(source: str, filename: str = CELL_FILE) -> BaseException:
    try:
        exec(compile(source, filename, "exec"), {"__name__": "__main__"})
    except BaseException as error:
        return error
    raise AssertionError("the cell did not raise")


def test_the_line_is_the_cells_own_statement_not_the_function_it_called():
    error = cell_error(raised(CELL), CELL, "Traceback ...\nValueError: rate 2")

    assert error == CellError(
        type="ValueError",
        message="rate 2",
        line=4,
        source="train(2)",
        traceback="Traceback ...\nValueError: rate 2",
    )


def test_empty_lines_under_the_magic_are_counted():
    """IPython takes them away before it compiles the cell, so that its own numbers begin below them."""
    told = cell_error(raised(CELL), f"\n  \n{CELL}")
    assert (told.line, told.source) == (6, "train(2)")


def test_the_line_is_found_where_ipython_names_a_statement_by_its_line():
    """IPython 7, which Colab ships, compiles each statement under a name of its own."""
    code = compile("1 / 0", CELL_FILE, "exec").replace(co_name="<cell line: 4>", co_firstlineno=4)
    try:
        exec(code, {})
    except ZeroDivisionError as error:
        told = cell_error(error, CELL)
    assert (told.type, told.line, told.source) == ("ZeroDivisionError", 4, "train(2)")


def test_colours_are_taken_out_of_the_traceback():
    error = cell_error(raised(CELL), CELL, "\x1b[31mValueError\x1b[39m: rate 2")

    assert error.traceback == "ValueError: rate 2"


def test_pythons_own_traceback_serves_where_none_was_shown():
    assert "ValueError: rate 2" in cell_error(raised(CELL), CELL).traceback


def test_the_end_of_an_endless_traceback_is_kept():
    error = cell_error(raised(CELL), CELL, "é" * TRACEBACK_BYTES + "the end")

    assert len(error.traceback.encode()) <= TRACEBACK_BYTES
    assert error.traceback.endswith("éthe end")


def test_a_syntax_error_has_the_line_that_cannot_be_read():
    error = cell_error(raised("x = 1\ny = = 2"), "x = 1\ny = = 2")

    assert (error.type, error.line, error.source) == ("SyntaxError", 2, "y = = 2")


def test_an_exception_that_came_from_elsewhere_has_no_line():
    assert cell_error(raised("1/0", "/usr/lib/library.py"), "x = 1").line is None


def test_a_class_of_a_library_is_named_with_its_module_and_one_of_the_notebook_without():
    foreign = cell_error(raised("import json\njson.loads('{')"), "")
    own = cell_error(raised("class Diverged(Exception): pass\nraise Diverged()"), "")

    assert (foreign.type, own.type) == ("json.decoder.JSONDecodeError", "Diverged")


def test_an_exception_that_cannot_be_printed_is_still_told():
    cell = "class Odd(Exception):\n    def __str__(self):\n        return 1 / 0\nraise Odd()"

    assert cell_error(raised(cell), cell, "shown").message == "<exception str() failed>"


def test_surrogates_in_a_message_do_not_keep_it_from_being_stored():
    assert cell_error(ValueError("\udcff"), "").message == "\\udcff"
