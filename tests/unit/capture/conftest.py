"""Notebooks that send each other values: in this process, and through a home to another."""

import builtins
import gc
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlops.capture import PickledValues, dump_values, load_values
from jupyter_mlops.home import Home, RunDirectory


class Notebook:
    """A namespace that counts as `__main__`, and cells executed in it."""

    def __init__(self, **names: Any) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins, **names}

    def run(self, cell: str) -> "Notebook":
        exec(compile(textwrap.dedent(cell), "<cell>", "exec"), self.namespace)
        return self

    def __getitem__(self, name: str) -> Any:
        return self.namespace[name]

    def __contains__(self, name: str) -> bool:
        return name in self.namespace

    def pack(self, *names: str, **options: Any) -> PickledValues:
        values = {name: self.namespace[name] for name in names}
        return dump_values(values, namespace=self.namespace, **options)

    def receive(self, pickled: PickledValues, **options: Any) -> "Notebook":
        self.namespace.update(unpack(pickled, namespace=self.namespace, **options))
        return self

    def send(self, *names: str, **options: Any) -> "Notebook":
        """Return a new notebook that has got these names from this one."""
        pickled = self.pack(*names, **options)
        assert pickled.refused == ()
        return Notebook().receive(pickled)


def unpack(pickled: PickledValues, **options: Any) -> dict[str, Any]:
    return load_values(pickled.stream, [bytearray(view) for view in pickled.buffers], **options)


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def make_notebook() -> type[Notebook]:
    return Notebook


@pytest.fixture
def carry() -> Callable[..., Any]:
    """Return a function that packs values and gives what another process would have; one value or several by name."""

    def carry(*value: Any, **values: Any) -> Any:
        pickled = dump_values({"value": value[0]} if value else values)
        assert [str(refusal) for refusal in pickled.refused] == []
        loaded = unpack(pickled, namespace={})
        return loaded["value"] if value else loaded

    return carry


@pytest.fixture
def without_collector() -> Iterator[None]:
    """Leave cycles alone, so that what goes has been let go by everybody."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.create(tmp_path / ".mlops")


@pytest.fixture
def run(home: Home) -> RunDirectory:
    run = home.run(home.new_run_id())
    run.create()
    return run


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Any]:
    def wait(condition: Callable[[], Any], deadline_s: float = 30.0) -> Any:
        end = time.monotonic() + deadline_s
        while not (found := condition()):
            assert time.monotonic() < end, "it has not come true in time"
            time.sleep(0.005)
        return found

    return wait


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., str]:
    """Run a program in a fresh Python and return what it printed."""

    def python(program: str, *arguments: object) -> str:
        file = tmp_path / f"program_{len(list(tmp_path.glob('program_*')))}.py"
        file.write_text(textwrap.dedent(program))
        done = subprocess.run(
            [sys.executable, str(file), *map(str, arguments)], capture_output=True, text=True, timeout=100
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return python


@pytest.fixture
def disk_size() -> str:
    return "24m"
