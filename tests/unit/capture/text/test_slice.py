"""Which of the cells above a cell depends on."""

from msgspec import structs

from jupyter_mlops.capture import ExecutedCell, analyse_cell, backward_slice, with_functions_of


def history(*cells: str) -> list[ExecutedCell]:
    return [ExecutedCell(cell, analyse_cell(cell, str)) for cell in cells]


def sliced(cells: list[ExecutedCell], last: str) -> tuple[str, ...]:
    return backward_slice(cells, analyse_cell(last, str).reads)


def test_the_chain_of_definitions_is_followed_and_nothing_else():
    cells = history("raw = load()", "other = 1", "X = clean(raw)", "print(other)", "y = X['y']")

    assert sliced(cells, "fit(X, y)") == ("raw = load()", "X = clean(raw)", "y = X['y']")


def test_the_newest_sure_definition_counts():
    cells = history("x = 1", "x = 2")

    assert sliced(cells, "x") == ("x = 2",)


def test_a_definition_that_may_not_have_happened_does_not_hide_the_one_before():
    cells = history("x = 1", "if flag:\n    x = 2")

    assert sliced(cells, "x") == ("x = 1", "if flag:\n    x = 2")


def test_a_definition_from_itself_needs_the_one_before():
    cells = history("x = 1", "x = x + 1", "x += 1")

    assert sliced(cells, "x") == ("x = 1", "x = x + 1", "x += 1")


def test_a_cell_that_may_change_the_object_counts():
    cells = history("model = Net()", "model.fit(X)", "train(model)", "model.history = []")

    assert sliced(cells, "model") == ("model = Net()", "model.fit(X)", "train(model)", "model.history = []")


def test_a_cell_that_only_looks_does_not_count():
    cells = history("df = load()", "df.head()", "print(df.shape)", "df.describe()", "df['a'].mean()")

    assert sliced(cells, "df") == ("df = load()",)


def test_what_is_imported_does_not_change_by_being_used():
    cells = history("import numpy as np", "x = np.zeros(3)", "np.ones(4)", "y = np.ones(5)")

    assert sliced(cells, "np.sum(x)") == ("import numpy as np", "x = np.zeros(3)")


def test_functions_count_with_what_they_read():
    cells = history("scale = 2", "def f(x):\n    return x * scale", "def g(x):\n    return x")

    assert sliced(cells, "f(1)") == ("scale = 2", "def f(x):\n    return x * scale")


def test_what_names_may_change_follows_what_they_are_made_of():
    names = analyse_cell("model.fit(X)", str)
    assert names.may_change == {"model"}
    assert structs.replace(names, mutates=frozenset({"X"}), methods={}).may_change == {"X"}
    assert names == structs.replace(names)


def test_a_removed_name_and_a_changed_one_count_though_they_are_made_before():
    cells = history("a = [1]", "b = [2]", "del b", "c = [3]", "c.append(4)", "import d", "d.go()")
    assert sliced(cells, "a, b") == ("a = [1]", "b = [2]", "del b")
    assert sliced(cells, "c, d") == ("c = [3]", "c.append(4)", "import d")


def test_cells_that_failed_do_not_count():
    first, second = history("x = 1", "x = 2 / 0")

    assert sliced([first, ExecutedCell(second.source, second.names, ok=False)], "x") == ("x = 1",)


def test_the_order_is_that_of_execution_and_a_cell_may_count_twice():
    cells = history("x = 1", "x = x + 1", "y = 0", "x = x + 1")

    assert sliced(cells, "x") == ("x = 1", "x = x + 1", "x = x + 1")


def test_python_inside_magics_counts():
    from IPython.core.inputtransformer2 import TransformerManager

    transform = TransformerManager().transform_cell
    cells = [ExecutedCell(cell, analyse_cell(cell, transform)) for cell in ("%%time\nx = f()", "%timeit f()", "!ls")]

    assert sliced(cells, "x") == ("%%time\nx = f()",)


def test_nothing_is_needed_of_nothing():
    assert backward_slice([], {"x"}) == ()
    assert backward_slice(history("x = 1"), ()) == ()


def changed(cells: list[ExecutedCell], last: str, used: set[str]) -> tuple[set[str], set[str]]:
    names = with_functions_of(cells, analyse_cell(last, str), used)
    return set(names.may_change), set(names.passed)


def test_a_function_of_an_earlier_cell_changes_what_it_changes():
    cells = history("model = Net()", "def train():\n    model.fit(X)\n    log['a'] = model.score(X)\n    save(model)")

    assert changed(cells, "train()", {"train", "model", "X"}) == ({"model", "log"}, {"train", "X", "save", "model"})


def test_a_function_that_only_looks_changes_nothing():
    cells = history("def build():\n    return Net(config['hidden'] + 1, X.mean())")

    assert changed(cells, "build()", {"build", "config"}) == (set(), {"build", "Net"})


def test_the_newest_meaning_of_a_functions_name_counts():
    cells = history("def f():\n    a.fit()", "def f():\n    b.fit()", "def g():\n    c.fit()", "g = 1")

    assert changed(cells, "f()\ng", {"f", "g"}) == ({"b"}, {"f"})


def test_methods_of_classes_count_with_their_class():
    cells = history("class Trainer:\n    def run(self):\n        model.fit(X)")

    assert changed(cells, "t.run()", {"t", "Trainer"}) == ({"t", "model"}, {"X"})
