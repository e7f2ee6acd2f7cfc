"""What IPython's magics and shell commands in a cell mean for its names, said as ordinary Python.

After the shell's `transform_cell`, `%time x = f()` is `get_ipython().run_line_magic('time', 'x = f()')`. This module
reads such a call back into the Python that runs: the statement of `%time`, the body of `%%capture`, the `{n}` and
`$n` that the shell expands.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from string import Formatter

from ._fragments import Fragment, LineMap, Transform, parse_fragment

_LINES = """
alias alias_magic autoawait autocall automagic autoreload autosave bookmark cat cd clear code_wrap colors conda config
connect_info cp dhist dirs doctest_mode env gui hist history killbgscripts ldir less lf lk ll load load_ext logoff
logon logstart logstate logstop ls lsmagic lx magic mamba man matplotlib micromamba mkdir more mv notebook page
pastebin pdb pip popd pprint precision psearch pushd pwd pycat qtconsole quickref
rehashx reload_ext rep rm rmdir save sc set_env subshell sx system tb tensorboard unalias unload_ext uv xmode
"""
_FOREIGN = """
! HTML SVG bash file html javascript js latex markdown perl pypy python python2 python3 ruby script sh svg writefile
"""
_OURS = "train sweep step runs"

KNOWN_MAGICS = frozenset(f"{_LINES} {_FOREIGN} {_OURS}".split())
"""Magics whose text is not Python that runs in this kernel; the shell still expands `{x}` and `$x` in it.

Our own are among them: the body of `%%train` runs, and waits, elsewhere.
"""

_OPTIONS = {"timeit": "n:r:tcp:qov:", "prun": "D:l:rs:T:q", "time": "", "debug": "b:", "capture": ""}
_DOLLAR = re.compile(r"(.*?)\$(\$?[\w\.]+)(?=([^']*'[^']*')*[^']*$)")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_OUTPUT_OPTION = re.compile(r"(?:^|\s)(?:-o|--out|--output|--err|--proc)[ =]([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class MagicText:
    """What a magic runs, reads and binds.

    Parameters
    ----------
    fragments : tuple of Fragment
        Python that runs, in order.
    isolated : bool
        It runs in a function's scope, as in `%timeit`: it binds nothing.
    assigns, deletes : tuple of str
        Names that the magic itself may bind or remove after the fragments.
    dynamic, binds_unknown, deletes_unknown : bool
        It reads, binds or removes names that its text does not show.
    """

    fragments: tuple[Fragment, ...] = ()
    isolated: bool = False
    assigns: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    dynamic: bool = False
    binds_unknown: bool = False
    deletes_unknown: bool = False


class MagicReader:
    """Reads the calls that the shell makes of magics.

    Parameters
    ----------
    transform : callable
        The shell's `transform_cell`; bodies of magics go through it again.
    known : frozenset of str
        Magics whose text is not Python that runs in this kernel.
    """

    def __init__(self, transform: Transform, known: frozenset[str] = KNOWN_MAGICS) -> None:
        self._transform = transform
        self._known = known

    def read(self, call: ast.Call, line: int) -> MagicText | None:
        """Return what a call runs if it is a magic or a shell command with constant text, else None.

        Raises
        ------
        SyntaxError
            The magic runs Python (`%%time`, `%%capture`, ...) and its text is not valid.
        """
        function = call.func
        if not isinstance(function, ast.Attribute) or not is_shell(function.value):
            return None
        texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
        if len(texts) != len(call.args) or not all(isinstance(text, str) for text in texts):
            return None
        match function.attr, texts:
            case "run_line_magic", [str(name), str(text)]:
                return self._magic(name, text, None, line)
            case "run_cell_magic", [str(name), str(text), str(body)]:
                return self._magic(name, text, body, line)
            case (("system" | "getoutput"), [str(command)]):
                return MagicText(expansions(command, line))
            case "show_usage", []:
                return MagicText()
        return None

    def _magic(self, name: str, text: str, body: str | None, line: int) -> MagicText:
        name = name.strip()
        if name in _OPTIONS:
            return self._runs_python(name, text, body, line)
        if name in _BY_NAME:
            special = _BY_NAME[name](text, line)
            return replace(special, fragments=(*expansions(text, line), *special.fragments))
        fragments = expansions(text, line)
        if name in self._known:
            if name in ("sx", "system", "!") and body:
                fragments += expansions(body, line + 1)
            return MagicText(fragments, assigns=tuple(_OUTPUT_OPTION.findall(text)))
        return self._unknown(text, body, line, fragments)

    def _runs_python(self, name: str, text: str, body: str | None, line: int) -> MagicText:
        """Read one of IPython's own magics that run Python; they do not expand `{x}` (but `%%capture` does)."""
        options, code = split_options(text, _OPTIONS[name])
        if name == "capture":
            out = tuple(word for word in code.split() if word.isidentifier())[:1]
            return MagicText((*expansions(text, line), self._parse(body or "", line + 1)), assigns=out)
        fragments = [self._parse(code, line)] if code.strip() else []
        if body:
            fragments.append(self._parse(body, line + 1))
        return MagicText(
            tuple(fragments),
            isolated=name == "timeit",
            assigns=tuple(options.get("v", ())) if name == "timeit" else (),
            # Without code, %debug opens the frames of the last error.
            dynamic=name == "debug",
        )

    def _unknown(self, text: str, body: str | None, line: int, fragments: tuple[Fragment, ...]) -> MagicText:
        """Read somebody else's magic: any word may be a name that it reads, its code may be Python."""
        fragments += (reads_of(_words(text), line),)
        for code in _code_candidates(text):
            parsed = self._try_parse(code, line)
            if parsed is not None:
                fragments += (parsed,)
                break
        parsed = self._try_parse(body, line + 1) if body else None
        if parsed is not None:
            fragments += (parsed,)
        return MagicText(fragments, assigns=tuple(_OUTPUT_OPTION.findall(text)))

    def _parse(self, text: str, line: int) -> Fragment:
        return parse_fragment(text, self._transform, line)

    def _try_parse(self, text: str, line: int) -> Fragment | None:
        try:
            return self._parse(text, line)
        except (SyntaxError, ValueError):
            return None


def is_shell(expression: ast.AST | None) -> bool:
    """Whether an expression is `get_ipython()`."""
    match expression:
        case ast.Call(func=ast.Name(id="get_ipython"), args=[]):
            return True
    return False


def expansions(text: str, line: int) -> tuple[Fragment, ...]:
    """Return the expressions that the shell evaluates in a magic's line: `{x + 1}`, `$x` and `$x.attribute`.

    As in IPython, a text of which one part cannot be evaluated is not expanded at all (`awk '{print $1}'`).
    """
    if "{" not in text and "$" not in text:
        return ()
    try:
        found = [ast.parse(part.strip(), mode="eval").body for part in _expanded_parts(text)]
    except (SyntaxError, ValueError):
        return ()
    return (
        (Fragment([ast.copy_location(ast.Expr(value), value) for value in found], LineMap(shift=line - 1)),)
        if found
        else ()
    )


def _expanded_parts(text: str) -> Iterator[str]:
    for literal, field, format_spec, _ in Formatter().parse(text):
        for match in _DOLLAR.finditer(literal):
            if not match[2].startswith("$"):
                yield match[2]
        if field is not None:
            yield field
        if format_spec:
            yield from _expanded_parts(format_spec)


def split_options(text: str, spec: str) -> tuple[dict[str, list[str]], str]:
    """Split a magic's line into its options and the code after them.

    Parameters
    ----------
    text : str
        `-n 10 -o model.predict(X)`.
    spec : str
        Option letters as `getopt` takes them: a colon follows those with a value. Long options have none.

    Returns
    -------
    options : dict
        Letter to the values given.
    code : str
        What is left, as typed.
    """
    options: dict[str, list[str]] = {}
    rest = text.lstrip()
    while match := re.match(r"--[a-z][\w-]*(?:\s+|$)|-([A-Za-z])", rest):
        letter = match[1]
        if letter is None:
            rest = rest[match.end() :]
        elif letter + ":" in spec:
            value, _, rest = rest[2:].lstrip(" =").partition(" ")
            options.setdefault(letter, []).append(value)
        elif letter in spec:
            options.setdefault(letter, [])
            more = rest[2:3]
            rest = "-" + rest[2:] if more and more in spec.replace(":", "") else rest[2:]
        else:
            break
        rest = rest.lstrip()
    return options, rest


def reads_of(names: Iterable[str], line: int) -> Fragment:
    """Return a fragment that reads names."""
    body: list[ast.stmt] = [
        ast.Expr(ast.Name(name, ast.Load(), lineno=1, col_offset=0), lineno=1, col_offset=0) for name in names
    ]
    return Fragment(body, LineMap(shift=line - 1))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if not keyword.iskeyword(word)]


def _code_candidates(text: str) -> Iterator[str]:
    """Yield what may be the code on a line: all of it, then without its first option, and so on."""
    rest = text.strip()
    while rest:
        if not rest.startswith("-"):
            yield rest
        _, _, rest = rest.partition(" ")
        rest = rest.lstrip()


def _store(text: str, line: int) -> MagicText:
    """Read `%store a b`, `%store -r a` and `%store -r`."""
    words = _words(re.sub(r"-[rdz]\b", " ", text))
    if re.search(r"-r\b", text):
        return MagicText(assigns=tuple(words), binds_unknown=not words)
    if re.search(r"-[dz]\b", text):
        return MagicText()
    return MagicText((reads_of(words, line),))


def _inspect(text: str, line: int) -> MagicText:
    """Read `model.fit?`, which is `%pinfo model.fit`: it shows what the name holds."""
    inspected = _WORD.match(text.lstrip())
    return MagicText((reads_of([inspected[0]], line),)) if inspected else MagicText()


def _run(text: str, _line: int) -> MagicText:
    """Read `%run`: a script leaves its names here; with `-i`, or as a notebook, it reads ours too."""
    _, code = split_options(text, "niel:N:tdb:D:s:T:pm:G")
    shares = bool(re.search(r"(?:^|\s)-i\b", text)) or code.split(" ")[0].endswith((".ipy", ".ipynb"))
    return MagicText(dynamic=shares, binds_unknown=True)


def _reset(text: str, _line: int) -> MagicText:
    """Read `%reset`: it removes names whatever they hold, but arrays only with `array`."""
    options, code = split_options(text, "sf")
    targets = set(code.lower().split())
    return MagicText(dynamic="array" in targets, deletes_unknown="s" in options or targets.isdisjoint(_CACHES))


_CACHES = frozenset(("in", "out", "dhist"))
_UNSEEN = MagicText(dynamic=True)
_UNSEEN_BOTH = MagicText(dynamic=True, binds_unknown=True)
_BY_NAME: dict[str, Callable[[str, int], MagicText]] = {
    "store": _store,
    "run": _run,
    "pylab": lambda *_: MagicText(binds_unknown=True),
    "xdel": lambda text, _line: MagicText(deletes=tuple(_words(split_options(text, "n")[1]))),
    "reset": _reset,
    "reset_selective": lambda *_: MagicText(deletes_unknown=True),
    **dict.fromkeys(("pinfo", "pinfo2", "pdef", "pdoc", "pfile", "psource"), _inspect),
    **dict.fromkeys(("who", "who_ls", "whos"), lambda *_: _UNSEEN),
    **dict.fromkeys(("rerun", "recall", "macro", "edit", "ed", "loadpy"), lambda *_: _UNSEEN_BOTH),
}
"""IPython's magics that read or bind names in ways of their own."""


def is_known_magic(name: str) -> bool:
    """Whether it is known what a magic's text means: which Python of it runs here, and what the magic binds."""
    return name in KNOWN_MAGICS or name in _OPTIONS or name in _BY_NAME
