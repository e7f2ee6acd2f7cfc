"""What a cell reads, binds and may change: one line of Python at a time, then cells as people write them."""

import builtins
import sys

import ipykernel.zmqshell
import IPython.core.magics
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.magic import Magics

from jupyter_mlops.capture import KNOWN_MAGICS, CellLine, CellNames, analyse_cell, analyse_tree
from jupyter_mlops.capture._text._magics_text import _BY_NAME, _OPTIONS

BUILTINS = frozenset(dir(builtins))


def names_of(cell: str) -> CellNames:
    return analyse_cell(cell, TransformerManager().transform_cell)


def words(text: str) -> set[str]:
    return set(text.split())


def own(names: frozenset[str]) -> set[str]:
    return set(names - BUILTINS)


BINDINGS = [
    # cell, what it needs from outside, what it binds
    ("x = 1", "", "x"),
    ("x = y", "y", "x"),
    ("x = x + 1", "x", "x"),
    ("x += y", "x y", "x"),
    ("x, *y = z", "z", "x y"),
    ("(a, (b, c)) = z", "z", "a b c"),
    ("[a, b] = z", "z", "a b"),
    ("a = b = c", "c", "a b"),
    ("x: int = y", "y", "x"),
    ("x: Frame", "Frame", ""),
    ("x.a: int = 1", "x", ""),
    ("x.a = y", "x y", ""),
    ("x[i] = y", "x i y", ""),
    ("x[i].a[j] += y", "x i j y", ""),
    ("a[b:c:d]", "a b c d", ""),
    ("print(*args, **options)", "args options", ""),
    ("[*a, *b]", "a b", ""),
    ("{**a, 'k': b}", "a b", ""),
    ("f'{x!r:>{width}} {y=}'", "x width y", ""),
    ("f'{[v for v in x]}'", "x", ""),
    ("(n := len(x)) > 3 and n", "x", "n"),
    ("[y for y in x if y > z]", "x z", ""),
    ("{k: v for k, v in x.items()}", "x", ""),
    ("[last := y for y in x]", "x", "last"),
    ("[[i * j for j in range(i)] for i in x]", "x", ""),
    ("[y for y in y]", "y", ""),
    ("sum(i for i in x)", "x", ""),
    ("[z async for z in stream()]", "stream", ""),
    ("lambda x, *a, k=d, **o: x + y + k", "d y", ""),
    ("(lambda: (t := y))()", "y", ""),
    ("x if a else b", "x a b", ""),
    ("a < b < c", "a b c", ""),
    ("not a or b", "a b", ""),
    ("await client.get(url)", "client url", ""),
    ("async with session as s:\n    r = await s.get(u)", "session u", "s r"),
    ("async for x in stream:\n    y = x", "stream", "x y"),
    ("import numpy as np", "", "np"),
    ("import a.b.c", "", "a"),
    ("import a.b.c as d", "", "d"),
    ("from a import b, c as d", "", "b d"),
    ("import numpy as np\nnp.zeros(n)", "n", "np"),
    ("for i in x:\n    y = i", "x", "i y"),
    ("for i, (a, b) in x:\n    pass", "x", "i a b"),
    ("for d['k'] in x:\n    pass", "d x", ""),
    ("while x:\n    x = step(x)", "x step", "x"),
    ("with open(p) as f:\n    t = f.read()", "p", "f t"),
    ("with a as (b, c), d(b) as e:\n    pass", "a d", "b c e"),
    ("try:\n    x = f()\nexcept E as e:\n    print(e)", "f E", "x e"),
    ("try:\n    f()\nexcept* E as e:\n    g(e)", "f E g", "e"),
    ("def f(a, b=c, *d, e: T = g) -> R:\n    return a + b + h", "c T g R h", "f"),
    ("def f():\n    x = 1\n    return x", "", "f"),
    ("def f():\n    def g():\n        return y\n    y = 1\n    return g", "", "f"),
    ("def f():\n    def g():\n        nonlocal y\n        y = z\n    y = 1", "z", "f"),
    ("def f():\n    print(x)\n    x = 1", "", "f"),
    ("def f(n):\n    return f(n - 1)", "", "f"),
    ("def f():\n    global x\n    x = y", "y", "f"),
    ("def f():\n    global x\n    x = y\nf()", "y", "f x"),
    ("def f():\n    return [x for x in y]", "y", "f"),
    ("def f():\n    import numpy as np\n    return np.pi", "", "f"),
    ("def f():\n    for i in x: pass\n    return i", "x", "f"),
    ("def f():\n    yield from x", "x", "f"),
    ("@decorate(x)\ndef f():\n    pass", "decorate x", "f"),
    ("async def f():\n    return await g(x)", "g x", "f"),
    ("class A(B, metaclass=M):\n    x = y\n    def f(self):\n        return z", "B M y z", "A"),
    ("class A:\n    x = 1\n    y = x", "", "A"),
    ("class A:\n    x = x", "x", "A"),
    ("class A:\n    x = 1\n    def f(self):\n        return x", "x", "A"),
    ("class A:\n    xs = [1]\n    ys = [x for x in xs]", "", "A"),
    ("class A:\n    def f(self) -> 'A':\n        return super().f()", "", "A"),
    ("class A:\n    def f(self):\n        return A()", "", "A"),
    ("@dataclass\nclass A:\n    x: int\n    y: list = field(default_factory=list)", "dataclass field", "A"),
    ("class A:\n    class B:\n        def f(self):\n            return x", "x", "A"),
    ("match x:\n    case 1:\n        y = 2", "x", "y"),
    ("match x:\n    case [a, *rest]:\n        y = a", "x", "a rest y"),
    ("match x:\n    case {'k': v, **others}:\n        pass", "x", "v others"),
    ("match x:\n    case Point(x=px) | Pair(px):\n        pass", "x Point Pair", "px"),
    ("match x:\n    case A.B:\n        pass\n    case str() as s if s == t:\n        pass", "x A t", "s"),
    ("assert x, message", "x message", ""),
    ("raise E(x) from y", "E x y", ""),
    ("global x\nx = y", "y", "x"),
    ("del x", "x", ""),
    ("x = 1\ndel x", "", "x"),
    ("del x.a, x[i], y", "x i y", ""),
    ("if __name__ == '__main__':\n    main()", "main", ""),
    ("", "", ""),
    ("# nothing but a comment", "", ""),
    ("...", "", ""),
]


@pytest.mark.parametrize(("cell", "reads", "assigns"), BINDINGS)
def test_what_a_cell_needs_and_binds(cell, reads, assigns):
    names = names_of(cell)

    assert (own(names.reads), set(names.assigns)) == (words(reads), words(assigns))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(
    ("cell", "reads", "assigns"),
    [
        ("type Pair[T] = dict[T, Other]", "Other", "Pair"),
        ("def f[T: Bound](x: T) -> T:\n    return y", "Bound y", "f"),
        ("class A[T](Base[T]):\n    def f(self) -> T:\n        return z", "Base z", "A"),
        ("f'{x!r:{'a' + y}}'", "x y", ""),
    ],
)
def test_newer_syntax(cell, reads, assigns):
    names = names_of(cell)

    assert (own(names.reads), set(names.assigns)) == (words(reads), words(assigns))


FIRST = [
    # cell, names read before they are surely assigned, names surely assigned at the end
    ("x = 1\nprint(x)", "", "x"),
    ("print(x)\nx = 1", "x", "x"),
    ("if c:\n    x = 1\nprint(x)", "c x", ""),
    ("if c:\n    x = 1\nelse:\n    x = 2\nprint(x)", "c", "x"),
    ("if c:\n    x = 1\nelse:\n    raise E\nprint(x)", "c E", "x"),
    ("if c:\n    x = 1\nelif d:\n    x = 2\nprint(x)", "c d x", ""),
    ("for i in data:\n    x = i\nprint(x)", "data x", ""),
    ("for i in range(3):\n    x = i\nprint(x)", "", "i x"),
    ("for i in [a, b]:\n    x = i\nprint(x)", "a b", "i x"),
    ("for i in range(3):\n    if i: break\n    x = i\nprint(x)", "x", "i"),
    ("for i in range(3):\n    if i: continue\n    x = i\nprint(x)", "x", "i"),
    ("for i in data:\n    x = 1\nelse:\n    x = 2\nprint(x)", "data", "x"),
    ("for i in data:\n    print(x)\n    x = i", "data x", ""),
    ("while c:\n    x = 1\nprint(x)", "c x", ""),
    ("while True:\n    x = 1\n    break\nprint(x)", "", "x"),
    ("try:\n    x = f()\nexcept E:\n    pass\nprint(x)", "f E x", ""),
    ("try:\n    x = f()\nexcept E:\n    x = None\nprint(x)", "f E", "x"),
    ("try:\n    x = f()\nexcept E:\n    raise\nprint(x)", "f E", "x"),
    ("try:\n    x = f()\nfinally:\n    print(x)", "f x", "x"),
    ("try:\n    f()\nexcept E as x:\n    print(x)\nprint(x)", "f E x", ""),
    ("try:\n    f()\nexcept E:\n    y = 1\nelse:\n    y = 2\nprint(y)", "f E", "y"),
    ("with f() as x:\n    y = x\nprint(y)", "f", "x y"),
    ("with suppress(E):\n    y = f()\nprint(y)", "suppress E f y", ""),
    ("c and (x := 1)\nprint(x)", "c x", ""),
    ("(x := 1) and c\nprint(x)", "c", "x"),
    ("y = (x := 1) if c else (x := 2)\nprint(x)", "c", "x y"),
    ("[x := i for i in data]\nprint(x)", "data x", ""),
    ("x = 1\ndel x\nprint(x)", "x", ""),
    ("match c:\n    case 1: x = 1\n    case _: x = 2\nprint(x)", "c", "x"),
    ("match c:\n    case 1: x = 1\nprint(x)", "c x", ""),
    ("x += 1", "x", "x"),
    ("def f():\n    return x", "", "f"),
    ("def f():\n    return x\nx = 1\nf()", "", "f x"),
    ("def f():\n    return x\nf()\nx = 1", "x", "f x"),
    ("def f():\n    return g()\ndef g():\n    return x\nf()", "x", "f g"),
    ("def f():\n    return x\nrun(f)", "run x", "f"),
    ("f = lambda: x\nx = 1\nf()", "", "f x"),
    ("def f(n=x):\n    pass", "x", "f"),
    ("def f():\n    del x\n    global y\n    y = 1\nf()\nprint(y)", "y", "f"),
    ("class A:\n    def f(self):\n        return x", "", "A"),
    ("class A:\n    def f(self):\n        return x\nA().f()", "x", "A"),
    ("class A:\n    y = x", "x", "A"),
    ("@cache\ndef f():\n    return x", "cache x", "f"),
    ("model = Net()\ndef step():\n    return model(X)\nstep()", "Net X", "model step"),
    ("from m import f\nf(x)", "x", "f"),
    ("del x", "", ""),
    # found by random cells
    ("class A:\n    def g(): return x\n    y = g()", "x", "A"),
    ("for i in range(3):\n    try:\n        f()\n    except E as x:\n        break\nprint(x)", "f E x", "i"),
    ("x = 1\nfor i in range(3):\n    try:\n        continue\n    finally:\n        del x\nprint(x)", "x", "i"),
    ("x = 1\ntry:\n    del x\n    x = f()\nexcept E:\n    pass\nprint(x)", "f E x", ""),
    ("def f():\n    class A:\n        x = x\n    x = 1\nf()", "x", "f"),
    ("x[0] += (x := 1)", "x", "x"),
]


@pytest.mark.parametrize(("cell", "read_first", "surely"), FIRST)
def test_what_is_read_before_it_is_surely_assigned(cell, read_first, surely):
    names = names_of(cell)

    assert (own(names.read_first), set(names.surely_assigns)) == (words(read_first), words(surely))


CHANGES = [
    # cell, names whose object it may change, names whose object it calls or passes to a call
    ("model.fit(X, y)", "model", "X y"),
    ("model = model.fit(X)", "model", "X"),
    ("model = Net()\nmodel.fit(X)", "", "Net X"),
    ("model.predict(X)", "", "X"),
    ("X.mean()", "", ""),
    ("model.layers[0].set_weights(w)", "model", "w"),
    ("x[0] = 1", "x", ""),
    ("x.a = 1", "x", ""),
    ("x.a.b[0] = 1", "x", ""),
    ("x[0], y.a = 1, 2", "x y", ""),
    ("del x[0]", "x", ""),
    ("del x.a", "x", ""),
    ("x += 1", "x", ""),
    ("x[0] += 1", "x", ""),
    ("x = 1\nx += 1", "", ""),
    ("df.drop('a', axis=1)", "", ""),
    ("df.drop('a', axis=1, inplace=True)", "df", ""),
    ("df['a'].fillna(0, inplace=True)", "df", ""),
    ("df.sort_values('a', inplace=False)", "", ""),
    ("change(df, inplace=True)", "df", "change df"),
    ("np.add(a, b, out=c)", "np c", "a b c"),
    ("np.add.at(a, i, 1)", "np a", "a i"),
    ("np.random.shuffle(a)", "np a", "a"),
    ("torch.nn.init.zeros_(w)", "torch w", "w"),
    ("setattr(x, 'a', 1)", "x", "setattr x"),
    ("f(x)", "", "f x"),
    ("f(x.a.b)", "", "f x"),
    ("f(x[0])", "", "f x"),
    ("f([x, (y,)], {'k': z})", "", "f x y z"),
    ("f(*a, **k)", "", "f a k"),
    ("f(k=x)", "", "f x"),
    ("f(x + y)", "", "f"),
    ("f(g(x))", "", "f g x"),
    ("f(x if c else y)", "", "f x y"),
    ("f(m for m in models)", "", "f models"),
    ("net(x).backward()", "", "net x"),
    ("print(model, len(data), sorted(items))", "", ""),
    ("next(it)", "", "next it"),
    ("with strategy.scope():\n    pass", "strategy", "strategy"),
    ("with lock:\n    pass", "", "lock"),
    # a decorator is called with what stands below it
    ("@registry.add\ndef f():\n    pass", "registry", ""),
    ("@registry.named('f')\nclass A:\n    pass", "registry", "registry"),
    ("@registry\nasync def f():\n    pass", "", "registry"),
    ("class A:\n    @property\n    def x(self): pass\n    @x.setter\n    def x(self, y): pass", "", "property"),
    ("class A:\n    x = []\n    x.append(1)", "", ""),
    ("def f():\n    @hooks.add\n    def g():\n        pass\n    return g", "", ""),
    ("def f():\n    @hooks.add\n    def g():\n        pass\n    return g\nf()", "hooks", ""),
    # through other names of the same object
    ("m = model\nm.fit(X)", "model", "X"),
    ("m = model.layers[0]\nm.trainable = False", "model", ""),
    ("a, b = x, y\na.fit()", "x", ""),
    ("for m in [a, b]:\n    m.fit(X)", "a b", "X"),
    ("for name, m in models.items():\n    m.fit(X)", "models", "X"),
    ("for m, n in zip(a, b):\n    m.append(n)", "a b", "b a"),
    ("[m.fit(X) for m in models]", "models", "X"),
    ("(m := model).fit(X)", "model", "X"),
    ("with model as m:\n    m.fit(X)", "model", "model X"),
    ("m = a or b\nm.fit(X)", "a b", "X"),
    ("m = a if c else b\nm.fit(X)", "a b", "X"),
    ("best = max(models)\nbest.fit(X)", "models", "X"),
    ("y = x\ny += 1", "x", ""),
    ("n = X.shape[0]\nn += 1", "", ""),
    ("y = X.copy()\ny[0] = 1", "", ""),
    ("y = X['a']\ny[0] = 1", "X", ""),
    ("match x:\n    case [first, *_]:\n        first.fit()", "x", ""),
    ("x.a = x = y", "x", ""),
    ("(x := y).fit()\nx.a = 1", "y", ""),
    # inside functions, where they are used
    ("def f():\n    model.fit(X)", "", ""),
    ("def f():\n    model.fit(X)\nf()", "model", "X"),
    ("def f(m):\n    m.fit(X)\nf(model)", "", "X model"),
    ("def f():\n    m = model\n    m.fit(X)\nf()", "model", "X"),
    ("def f():\n    m.fit(X)\nm = model\nf()", "model", "X"),
    ("def f():\n    return model\nf().fit(X)", "model", "X"),
    ("model = Net()\ndef f():\n    model.fit(X)\nf()", "", "Net X"),
    ("class T:\n    def run(self):\n        model.fit(X)\nT().run()", "model", "X"),
    ("study.optimize(lambda t: model.fit(X), 3)", "study model", "X"),
    ("def f():\n    x = []\n    x.append(1)\nf()", "", ""),
    # found by random cells
    ("x.fit((x := 1))", "x", ""),
    ("x += f((x := y))", "x", "f y"),
    ("for i in data:\n    m.fit()\n    m = model", "m model", ""),
]


@pytest.mark.parametrize(("cell", "may_change", "passed"), CHANGES)
def test_what_a_cell_may_change(cell, may_change, passed):
    names = names_of(cell)

    assert (set(names.may_change), set(names.passed)) == (words(may_change), words(passed))


MAGICS = [
    # cell, what it reads first, what it binds
    ("%%time\nx = f(a)", "f a", "x"),
    ("\n\n%%time\nx = f(a)", "f a", "x"),
    ("%%time --no-raise-error\nx = f(a)", "f a", "x"),
    ("%time x = f(a)", "f a", "x"),
    ("%time --no-raise-error x = f(a)", "f a", "x"),
    ("y = %time f(a)", "f a", "y"),
    ("%timeit model.predict(X)", "model X", ""),
    ("%timeit -n 10 -r3 -q model.predict(X)", "model X", ""),
    ("t = %timeit -o f(a)", "f a", "t"),
    ("%timeit -qo -n10 f(a)", "f a", ""),
    ("%timeit -v t f(a)", "f a", "t"),
    ("%timeit x = f(a)", "f a", ""),
    ("%%timeit x = a\nf(x, b)", "a f b", ""),
    ("%%timeit\ny = f(b)\ny + 1", "f b", ""),
    ("%prun -s time f(x)", "f x", ""),
    ("%%prun -q\ny = f(x)", "f x", "y"),
    ("%%capture\nx = f(a)", "f a", "x"),
    ("%%capture out --no-stderr\nx = f(a)", "f a", "out x"),
    ("%%capture out\n%time x = f(a)", "f a", "out x"),
    ("%%time\n%timeit f(a)\n!echo {b}", "f a b", ""),
    ("for i in a:\n    %time g(i)\n    !ls $i", "a g", "i"),
    ("def f():\n    %time x = g(y)\nf()", "g y", "f"),
    ("!echo {n}", "n", ""),
    ("!echo $n ${m} $$HOME", "n m", ""),
    ("!echo {n + m:>{w}} {d['k']}", "n m w d", ""),
    ("!echo '$n'", "", ""),
    ("!awk '{print $1}' {path}", "", ""),
    ("!ls {", "", ""),
    ("files = !ls {folder}/*.csv", "folder", "files"),
    ("!!ls $folder", "folder", ""),
    ("%cd {folder}", "folder", ""),
    ("%env LR={lr}", "lr", ""),
    ("%pip install {package}", "package", ""),
    ("%matplotlib inline\nimport a", "", "a"),
    ("%load_ext autoreload\n%autoreload 2", "", ""),
    ("%%bash\necho {n} $m", "", ""),
    ("%%bash -s {n} $m\necho $1", "n m", ""),
    ("%%bash --out text --err problems\nls", "", "text problems"),
    ("%%sx\necho {n}", "n", ""),
    ("%%html\n<b>x</b>", "", ""),
    ("%%writefile {path}\nx = y", "path", ""),
    ("%%javascript\nlet x = y", "", ""),
    ("%%latex\nx_{a}", "", ""),
    ("model?", "model", ""),
    ("model.fit??", "model", ""),
    ("?model", "model", ""),
    ("%pinfo model", "model", ""),
    ("%psource Net.forward", "Net", ""),
    ("%time?", "", ""),
    ("mod*?", "", ""),
    ("?", "", ""),
    ("%psearch a*", "", ""),
    ("%store x y", "x y", ""),
    ("%store -r x", "", "x"),
    ("%xdel x", "", ""),
    ("%debug f(x)", "f x", ""),
    # magics that nobody here knows
    ("%memit -r 3 f(x)", "f r x", ""),
    ("%lprun -f g g(x)", "f g x", ""),
    ("%%memit\ny = f(x)", "f x", "y"),
    ("%%R -i df -o result\nresult <- df %>% filter(x)", "R i df o result", "result"),
    ("%%sql\nselect 1 from t", "", ""),
    ("%sql select * from {table}", "select from table", ""),
    # ours
    ("%%train name -p lr={lr}\nmodel.fit(X)", "lr", ""),
    ("%runs wait model", "", ""),
    ("plt.plot(x);", "plt x", ""),
    ("/f x y", "f x y", ""),
    (",f x y", "f", ""),
    (">>> x = y\n>>> x", "y", "x"),
]


@pytest.mark.parametrize(("cell", "read_first", "assigns"), MAGICS)
def test_python_inside_magics_is_part_of_the_cell(cell, read_first, assigns):
    names = names_of(cell)

    letters_and_keywords = {"f", "r", "R", "i", "o", "from"}
    assert own(names.read_first) - letters_and_keywords == words(read_first) - letters_and_keywords
    assert set(names.assigns) == words(assigns)


@pytest.mark.parametrize(
    "cell",
    [
        "eval('x')",
        "exec(code)",
        "globals()['x']",
        "locals()",
        "vars()",
        "dir()",
        "get_ipython().user_ns['x']",
        "ip = get_ipython()\nip.user_ns.keys()",
        "get_ipython().ev('x')",
        "get_ipython().run_line_magic('time', code)",
        "def f():\n    return eval('x')\nf()",
        "%who",
        "%whos DataFrame",
        "names = %who_ls",
        "%run -i train.py",
        "%run other.ipynb",
        "%reset -f array",
        "%rerun 3",
        "%debug",
    ],
)
def test_reads_that_no_text_shows(cell):
    assert names_of(cell).dynamic


@pytest.mark.parametrize(
    "cell",
    [
        "vars(x)",
        "dir(x)",
        "df.eval('a + b')",
        "def f():\n    return locals()\nf()",
        "%run train.py",
        "model.eval()",
        "x.vars()",
    ],
)
def test_reads_that_the_text_does_show(cell):
    assert not names_of(cell).dynamic


@pytest.mark.parametrize(
    "cell",
    [
        "exec(code)",
        "exec('x = = 1')",
        "exec('x = 1', scope)",
        "def f():\n    exec('global x; x = 1')\nf()",
        "globals()[name] = 1",
        "globals().update(values)",
        "globals().setdefault('x', 1)",
        "setattr(__main__, name, 1)",
        "__main__.__dict__[name] = 1",
        "get_ipython().user_ns[name] = 1",
        "get_ipython().user_ns.update(values)",
        "get_ipython().push(values)",
        "%run train.py",
        "%pylab",
        "%store -r",
    ],
)
def test_bindings_that_no_text_shows(cell):
    assert names_of(cell).binds_unknown


@pytest.mark.parametrize("cell", ["exec('x = 1')", "x = globals()['y']", "from m import *", "names.update(values)"])
def test_bindings_that_the_text_does_show(cell):
    assert not names_of(cell).binds_unknown


def test_the_code_of_exec_is_read_where_it_stands():
    names = names_of("a = 1\nexec('b = a + c\\ndf[0] = 1')\nb")

    assert (names.reads, names.assigns, names.mutates) == ({"exec", "c", "df"}, {"a", "b"}, {"df"})
    assert names.line_of("df") == CellLine(2, "exec('b = a + c\\ndf[0] = 1')")
    assert not names.dynamic


@pytest.mark.parametrize(
    "cell",
    [
        "globals()['x'] = 1",
        "def f():\n    globals()['x'] = 1\nf()",
        "__main__.__dict__['x'] = 1",
        "get_ipython().user_ns['x'] = 1",
        "vars()['x'] = 1",
    ],
)
def test_a_name_that_is_bound_through_the_namespace(cell):
    names = names_of(cell)
    assert (names.assigns - {"f"}, names.binds_unknown) == ({"x"}, False)


def test_imports_of_everything_are_kept_as_statements():
    names = names_of("from math import *\nif x:\n    from os.path import *\nfrom __main__ import *")

    assert names.star_imports == ("from math import *", "from os.path import *")


QUOTED = [
    ("df.query('age > @limit and x == 1')", "df limit"),
    ("df.query(f'age > @limit and x == {x}')", "df limit x"),
    ("df.eval('z = a + @b')", "df b"),
    ("pd.eval('df1 + df2')", "pd df1 df2"),
    ("duckdb.sql('select x from df')", "duckdb select x from df"),
    ("smf.ols('y ~ np.log(x)', data=df)", "smf y np x df"),
    ("pd.read_csv('~/data/x.csv')", "pd"),
    ("db.query('select x')", "db"),
]


@pytest.mark.parametrize(("cell", "reads"), QUOTED)
def test_names_in_text_that_a_library_evaluates(cell, reads):
    assert own(names_of(cell).reads) == words(reads)


def test_modules_imports_and_chains_are_kept():
    names = names_of(
        "import sklearn\nimport torch.nn as nn\nfrom scipy import stats\nsklearn.linear_model.Ridge(np.linalg.norm(x))"
    )

    assert names.modules == {"sklearn", "torch.nn", "scipy"}
    assert names.imported_names == {"sklearn", "nn", "stats"}
    assert names.attribute_chains == {"sklearn.linear_model.Ridge", "np.linalg.norm"}


def test_methods_are_told_by_name():
    names = names_of("X.mean()\nX['a'].fillna(0)\nmodel.fit(X).score(X)")

    assert names.methods == {"X": {"mean", "fillna"}, "model": {"fit", "score"}}


LINES = [
    ("a\nb\nprint(x)", "x", 3, "print(x)"),
    ("\n\nx", "x", 3, "x"),
    ("\n%%time\na = 1\ny = f(x)", "x", 4, "y = f(x)"),
    ("!ls \\\n  -l\nprint(x)", "x", 3, "print(x)"),
    ("y = 1\nfor i in y:\n    %time g(x)", "x", 3, "    %time g(x)"),
    ("%%capture out\n\n%time f(x)", "x", 3, "%time f(x)"),
    ("def f():\n    return x\nf()", "x", 2, "    return x"),
    ("def f():\n    return x", "x", 2, "    return x"),
    ("    y = 1\n    print(x)", "x", 2, "    print(x)"),
    ("'''\n%time\n'''\nx", "x", 4, "x"),
    ("!echo {x}", "x", 1, "!echo {x}"),
    ("f(1,\n  x,\n  x)", "x", 2, "  x,"),
]


@pytest.mark.parametrize(("cell", "name", "number", "text"), LINES)
def test_line_of_a_read_is_the_line_as_typed(cell, name, number, text):
    assert names_of(cell).line_of(name) == CellLine(number, text)


def test_line_of_a_name_that_is_not_read_is_none():
    assert names_of("x = 1\nx").line_of("x") is None


ERRORS = [
    ("x = (", 1, "x = ("),
    ("a = 1\nb = = 2", 2, "b = = 2"),
    ("\n\na = 1\nb = = 2", 4, "b = = 2"),
    ("%%time\na = 1\nb = = 2", 3, "b = = 2"),
    ("!ls \\\n -l\nb = = 2", 3, "b = = 2"),
    ("%%capture out\n%%time\nb = = 2", 3, "b = = 2"),
    ("%time b = = 2", 1, "%time b = = 2"),
    ("a\nreturn 1", 2, "return 1"),
    ("for i in x:\n    pass\nbreak", 3, "break"),
    ("def f():\n    nonlocal x", 2, "    nonlocal x"),
]


@pytest.mark.parametrize(("cell", "line", "text"), ERRORS)
def test_b03_a_syntax_error_has_the_line_of_the_cell_as_typed(cell, line, text):
    with pytest.raises(SyntaxError) as caught:
        names_of(cell)

    assert (caught.value.lineno, caught.value.text, caught.value.filename) == (line, text, "<cell>")


@pytest.mark.parametrize("cell", ["x = '\\d'", "x is 'text'", "assert (x, 'always true')"])
def test_the_warnings_of_a_cell_are_left_to_the_shell(cell, recwarn):
    found = names_of(cell)

    assert (found.reads | found.assigns, recwarn.list) == ({"x"}, [])


def test_a_parsed_cell_is_read_without_being_changed():
    import ast

    transform = TransformerManager().transform_cell
    tree = ast.parse(transform("%%time\ny = f(x)"))
    before = ast.dump(tree)

    names = analyse_tree(tree, transform)

    assert (names.reads, names.assigns, ast.dump(tree)) == ({"f", "x"}, {"y"}, before)


def test_every_magic_of_the_shell_is_known():
    """Prints the magics that a new IPython brings: decide what their text means."""
    shells = (IPython.core.magics, ipykernel.zmqshell)
    kinds = [kind for shell in shells for kind in vars(shell).values() if isinstance(kind, type)]
    every = {
        name
        for kind in kinds
        if issubclass(kind, Magics) and getattr(kind, "magics", None)
        for table in kind.magics.values()
        for name in table
    }

    special = set(_OPTIONS) | set(_BY_NAME)
    assert every - KNOWN_MAGICS - special == set()
    assert KNOWN_MAGICS & special == set()


def test_more_magics_can_be_known():
    names = analyse_cell("%%cypher\nmatch = x", TransformerManager().transform_cell, frozenset({"cypher"}))

    assert (names.reads, names.assigns) == (set(), set())


STORY = """
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
model = make_pipeline(StandardScaler(), LogisticRegression(C=C)).fit(Xtr, ytr)
"""

TORCH = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(n_features, 1)

    def forward(self, x):
        return self.out(x)

net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=lr)
losses = []
for epoch in range(epochs):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = loss_fn(net(xb), yb)
        loss.backward()
        optimizer.step()
    losses.append(loss.item())
"""

SECOND_EPOCHS = """
for epoch in range(epochs):
    model.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        loss_fn(model(xb), yb).backward()
        optimizer.step()
"""

KERAS = """
with strategy.scope():
    model = keras.Sequential([keras.layers.Dense(n, activation="relu"), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
history = model.fit(Xtr, ytr, validation_data=(Xva, yva), callbacks=[stopping], verbose=0)
plt.plot(history.history["loss"])
"""

PANDAS = """
df = raw.copy()
df["age"] = df["age"].fillna(df["age"].median())
df.drop(columns=unused, inplace=True)
features = [c for c in df.columns if c != target]
summary = df.groupby("city").agg({"age": "mean"}).query("age > @limit")
raw["seen"] = True
"""

OPTUNA = """
def objective(trial):
    alpha = trial.suggest_float("alpha", *bounds)
    return cross_val_score(Ridge(alpha), X, y).mean()

study = optuna.create_study()
study.optimize(objective, n_trials=n)
"""

CELLS = [
    (STORY, "C Xtr ytr", "LogisticRegression make_pipeline StandardScaler model", ""),
    (
        TORCH,
        "nn n_features torch lr epochs loader loss_fn loss",
        "Net net optimizer losses epoch xb yb loss",
        "torch nn",
    ),
    (SECOND_EPOCHS, "epochs model loader optimizer loss_fn", "epoch xb yb", "model optimizer"),
    (KERAS, "strategy keras n Xtr ytr Xva yva stopping plt", "model history", "strategy keras"),
    (PANDAS, "raw unused target limit", "df features summary", "raw"),
    (OPTUNA, "bounds cross_val_score Ridge X y optuna n", "objective study", "optuna"),
]


@pytest.mark.parametrize(("cell", "reads", "assigns", "may_change"), CELLS)
def test_cells_as_people_write_them(cell, reads, assigns, may_change):
    names = names_of(cell)

    assert own(names.reads) == words(reads)
    assert set(names.assigns) == words(assigns)
    assert own(names.may_change) == words(may_change)


def test_a_second_look_at_a_cell_costs_nothing():
    transform = TransformerManager().transform_cell
    first = analyse_cell(TORCH, transform)

    assert analyse_cell(TORCH, transform) is first


def test_the_same_text_may_mean_something_else_to_the_shell_later():
    automagic = {"who": "get_ipython().run_line_magic('who', '')"}

    def transform(text):
        return automagic.get(text, text)

    assert analyse_cell("who", transform).dynamic
    automagic.clear()
    assert analyse_cell("who", transform).reads == {"who"}


@pytest.mark.parametrize(
    ("cell", "reads", "assigns"),
    [
        ("import __main__\n__main__.x", "x", "__main__"),
        ("import __main__\n__main__.x.y[0] + 1", "x", "__main__"),
        ("import sys\nsys.modules['__main__'].x", "x", "sys"),
        ("import __main__ as m\nm.x", "x", "m"),
        ("from __main__ import x as y", "x", "y"),
        ("import __main__\n__main__.x = 1\n__main__.x", "", "__main__ x"),
        ("import __main__\ndef f():\n    return __main__.x\nf()", "x", "__main__ f"),
    ],
)
def test_names_are_read_through_the_module_too(cell, reads, assigns):
    names = names_of(cell)
    assert (names.read_first - {"__main__"}, names.assigns) == (set(reads.split()), set(assigns.split()))


@pytest.mark.parametrize("cell", ["import __main__\nvars(__main__)", "import __main__\ngetattr(__main__, n)"])
def test_the_module_itself_shows_every_name(cell):
    assert names_of(cell).dynamic


def test_the_dictionary_of_the_module_shows_every_name():
    assert names_of("import __main__\n__main__.__dict__['x']").dynamic


def test_importing_the_module_reads_nothing():
    assert not names_of("import __main__").dynamic
