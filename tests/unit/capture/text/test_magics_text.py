"""What a magic's text means: its options, what the shell expands in it, which calls are magics at all."""

import ast
from string import ascii_letters

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_mlops.capture import KNOWN_MAGICS, analyse_cell
from jupyter_mlops.capture._text._magics_text import (
    MagicReader,
    MagicText,
    expansions,
    is_shell,
    reads_of,
    split_options,
)

transform = TransformerManager().transform_cell


def told(fragments) -> list[str]:
    """Return the Python of fragments, statement by statement."""
    return [ast.unparse(statement) for fragment in fragments for statement in fragment.body]


def read(call: str, line: int = 1, known: frozenset[str] = KNOWN_MAGICS) -> MagicText | None:
    return MagicReader(transform, known).read(ast.parse(call, mode="eval").body, line)


# Expansion


@pytest.mark.parametrize(
    ("text", "expressions"),
    [
        ("", []),
        ("nothing to see", []),
        ("{a}", ["a"]),
        ("{ a + 1 }", ["a + 1"]),
        ("$a", ["a"]),
        ("$a.b.c/$d", ["a.b.c", "d"]),
        ("${a}", ["a"]),
        ("$$HOME", []),
        ("'$a'", []),
        ("it's $a", ["a"]),
        ("$a isn't '$b'", []),
        ("{{a}}", []),
        ("{a:>{width}}", ["a", "width"]),
        ("{a!r}", ["a"]),
        ("{größe} $höhe", ["größe", "höhe"]),
        ("{d['k']} {f(x, y=1)}", ["d['k']", "f(x, y=1)"]),
        ("{", []),
        ("}", []),
        ("{a} {", []),
        ("{}", []),
        ("{a} {1 2}", []),
        ("$1 {a}", ["1", "a"]),
        ("awk '{print $1}' {a}", []),
    ],
)
def test_what_the_shell_expands(text, expressions):
    assert told(expansions(text, 1)) == expressions


@given(st.text(alphabet="{}$ab.'\" !:\\\n[]()", max_size=30))
def test_any_text_is_expanded_or_not_but_never_an_error(text):
    assert all(isinstance(expression, str) for expression in told(expansions(text, 1)))


@given(st.lists(st.text(alphabet=ascii_letters, min_size=1).map(lambda name: f"v_{name}"), min_size=1, max_size=5))
def test_every_name_in_braces_is_expanded_once_in_order(names):
    assert told(expansions(" - ".join(f"{{{name}}}" for name in names), 7)) == names


# Options


@pytest.mark.parametrize(
    ("text", "spec", "options", "code"),
    [
        ("", "n:r:", {}, ""),
        ("f(-1)", "n:", {}, "f(-1)"),
        ("-1 + x", "n:", {}, "-1 + x"),
        ("-x", "n:", {}, "-x"),
        ("-n10 -r 3 f()", "n:r:q", {"n": ["10"], "r": ["3"]}, "f()"),
        ("-n=5 f()", "n:", {"n": ["5"]}, "f()"),
        ("-l a -l b f()", "l:", {"l": ["a", "b"]}, "f()"),
        ("-qo f()", "qo", {"q": [], "o": []}, "f()"),
        ("-qon10 f()", "qon:", {"q": [], "o": [], "n": ["10"]}, "f()"),
        ("-q", "q", {"q": []}, ""),
        ("-n", "n:", {"n": [""]}, ""),
        ("--no-raise-error f()", "", {}, "f()"),
        ("--flag", "", {}, ""),
        ("   -q   f( 1 )  ", "q", {"q": []}, "f( 1 )  "),
        ("x if -q else y", "q", {}, "x if -q else y"),
    ],
)
def test_options_end_where_the_code_begins(text, spec, options, code):
    assert split_options(text, spec) == (options, code)


@given(st.text(max_size=40), st.sampled_from(["", "q", "n:r:tcp:qov:", "D:l:rs:T:q"]))
def test_any_line_is_split_to_an_end_of_itself(text, spec):
    _, code = split_options(text, spec)
    assert text.endswith(code)


# Which calls are magics


@pytest.mark.parametrize(
    ("expression", "is_it"),
    [
        ("get_ipython()", True),
        ("get_ipython(1)", False),
        ("get_ipython", False),
        ("shell()", False),
        ("a.get_ipython()", False),
    ],
)
def test_the_shell_is_one_call_and_nothing_else(expression, is_it):
    assert is_shell(ast.parse(expression, mode="eval").body) is is_it


def test_no_expression_is_no_shell():
    assert not is_shell(None)


@pytest.mark.parametrize(
    "call",
    [
        "print('a')",
        "get_ipython().run_line_magic(name, 'x')",
        "get_ipython().run_line_magic('time')",
        "get_ipython().run_line_magic('time', 1)",
        "get_ipython().run_line_magic('time', b'x')",
        "get_ipython().set_custom_completer('a', 'b')",
        "get_ipython().system(command)",
        "other.run_line_magic('time', 'x')",
        "get_ipython().run_cell_magic('time', 'x')",
    ],
)
def test_a_call_whose_text_is_not_all_there_is_no_magic(call):
    assert read(call) is None


def test_help_reads_nothing():
    assert read("get_ipython().show_usage()") == MagicText()


@pytest.mark.parametrize("method", ["system", "getoutput"])
def test_a_shell_command_reads_what_is_expanded_in_it(method):
    found = read(f"get_ipython().{method}('ls {{folder}} $name')")
    assert told(found.fragments) == ["folder", "name"]
    assert (found.assigns, found.dynamic) == ((), False)


def test_a_magic_that_runs_python_runs_line_and_body_in_order():
    found = read("get_ipython().run_cell_magic('prun', '-q setup()', 'x = f(a)\\n')")
    assert told(found.fragments) == ["setup()", "x = f(a)"]
    assert (found.isolated, found.assigns) == (False, ())


def test_a_measured_statement_binds_nothing_but_the_result_that_was_asked_for():
    found = read("get_ipython().run_line_magic('timeit', '-n 5 -v took x = f(a)')")
    assert told(found.fragments) == ["x = f(a)"]
    assert (found.isolated, found.assigns) == (True, ("took",))


@pytest.mark.parametrize(
    ("line", "assigns"),
    [
        ("", ()),
        ("out", ("out",)),
        ("--no-stderr out", ("out",)),
        ("out other", ("out",)),
        ("1x", ()),
        ("größe", ("größe",)),
    ],
)
def test_captured_output_is_bound_to_the_first_name(line, assigns):
    found = read(f"get_ipython().run_cell_magic('capture', '{line}', 'x = 1')")
    assert (found.assigns, told(found.fragments)) == (assigns, ["x = 1"])


def test_a_body_that_is_no_python_has_the_line_of_the_cell():
    with pytest.raises(SyntaxError) as raised:
        read("get_ipython().run_cell_magic('time', '', 'x = 1\\ny = = 2\\n')", line=10)
    assert raised.value.lineno == 12


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("store", "a b", MagicText((reads_of(["a", "b"], 1),))),
        ("store", "-r a b", MagicText(assigns=("a", "b"))),
        ("store", "-r", MagicText(binds_unknown=True)),
        ("store", "-d a", MagicText()),
        ("store", "-z", MagicText()),
        ("run", "script.py", MagicText(binds_unknown=True)),
        ("run", "-i script.py", MagicText(dynamic=True, binds_unknown=True)),
        ("run", "other.ipynb", MagicText(dynamic=True, binds_unknown=True)),
        ("xdel", "a", MagicText(deletes=("a",))),
        ("who", "", MagicText(dynamic=True)),
        ("reset", "-f", MagicText(deletes_unknown=True)),
        ("reset", "", MagicText(deletes_unknown=True)),
        ("reset", "-sf", MagicText(deletes_unknown=True)),
        ("reset", "-f --aggressive", MagicText(deletes_unknown=True)),
        ("reset", "-f in out", MagicText()),
        ("reset", "-s out", MagicText(deletes_unknown=True)),
        ("reset", "-f array", MagicText(dynamic=True, deletes_unknown=True)),
        ("reset_selective", "-f mod", MagicText(deletes_unknown=True)),
        ("xdel", "-n a", MagicText(deletes=("a",))),
        ("pylab", "inline", MagicText(binds_unknown=True)),
    ],
)
def test_magics_with_ways_of_their_own(name, text, expected):
    found = read(f"get_ipython().run_line_magic({name!r}, {text!r})")
    assert told(found.fragments) == told(expected.fragments)
    assert [getattr(found, field) for field in ("isolated", "assigns", "deletes", "dynamic", "binds_unknown")] == [
        getattr(expected, field) for field in ("isolated", "assigns", "deletes", "dynamic", "binds_unknown")
    ]


def test_an_unknown_magics_words_may_be_names_and_its_code_python():
    found = read("get_ipython().run_line_magic('mystery', '-x model --out result f(data)')")
    assert set(told(found.fragments)) >= {"model", "data", "f"}
    assert found.assigns == ("result",)


def test_an_unknown_magics_body_that_is_no_python_is_let_be():
    found = read("get_ipython().run_cell_magic('sql', 'engine', 'select * from t where x = 3')")
    assert told(found.fragments) == ["engine", "engine"]


def test_a_magic_that_a_caller_knows_is_left_alone():
    call = "get_ipython().run_cell_magic('mystery', 'model', 'x = data')"
    assert told(read(call, known=frozenset({"mystery"})).fragments) == []
    assert told(read(call).fragments) == ["model", "model", "x = data"]


@settings(max_examples=60)
@given(st.text(alphabet="%!ab{}$ =.-'\"\n:x()", max_size=40))
def test_whatever_is_typed_after_a_magic_is_read_or_a_syntax_error(text):
    for cell in (f"%time {text}", f"%%capture\n{text}", f"%mystery {text}", f"!{text}", f"%%bash\n{text}"):
        try:
            found = analyse_cell(cell, transform)
        except SyntaxError:
            continue
        assert all(name.isidentifier() for name in (*found.reads, *found.assigns))
