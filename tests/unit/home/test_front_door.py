"""The package's exports, and what the shim may rely on: the standard library and Python 3.9."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlops import home

PACKAGE = Path(home.__file__).parent


def test_every_export_loads_and_is_declared_twice():
    """Once for the type checker, once for Python: the two lists are the same."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    declared = {
        (alias.name, f".{node.module}")
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        for alias in node.names
    }
    lazy = next(ast.literal_eval(node) for node in ast.walk(tree) if isinstance(node, ast.Dict))
    assert set(lazy.items()) == declared
    assert sorted(home.__all__) == sorted(lazy) == dir(home)
    assert all(getattr(home, name) is not None for name in home.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"'jupyter_mlops\.home' has no attribute 'Hose'"):
        home.Hose  # noqa: B018 - reading the attribute is what is tested


SHIM = """
import sys
before = set(sys.modules)
from jupyter_mlops.home._files import boot_id, crash_point, process_start_time, read_json, write_atomic
from jupyter_mlops.home._locks import LifeLock, lock_holder, wait_released
from jupyter_mlops.home._survivors import end_survivors
path = sys.argv[1]
write_atomic(path + "/a.json", b'{"a": 1}')
assert read_json(path + "/a.json") == {"a": 1}
with LifeLock.acquire(path + "/a.lock") as lock:
    import os
    assert lock_holder(path + "/a.lock") == os.getpid()
assert wait_released(path + "/a.lock") and lock_holder(path + "/a.lock") is None
assert process_start_time(os.getpid()) and boot_id()
assert end_survivors(__import__("pathlib").Path(path)) == 0
crash_point("shim.locked")
print(*sorted(name for name in sys.modules if name not in before))
"""
OTHERS = ["/usr/bin/pypy3", "/usr/bin/python3.9", *Path.home().glob(".pyenv/versions/3.9*/bin/python3.9")]
INTERPRETERS = [sys.executable, *(str(path) for path in OTHERS if Path(path).exists())]


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_f41_the_shims_part_works_bare_in_any_interpreter(tmp_path, interpreter):
    root = PACKAGE.parents[1]
    program = f"import sys; sys.path.insert(0, {str(root)!r})\n{SHIM}"
    done = subprocess.run(
        [interpreter, "-I", "-S", "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    ours = [name for name in done.stdout.split() if name.startswith("jupyter_mlops")]
    assert ours == [
        "jupyter_mlops",
        "jupyter_mlops._lazy",
        "jupyter_mlops.home",
        "jupyter_mlops.home._files",
        "jupyter_mlops.home._locks",
        "jupyter_mlops.home._survivors",
    ]
    assert "msgspec" not in done.stdout
