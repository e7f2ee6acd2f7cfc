"""What most integration stories begin with: a home with a launcher, and cells that log beside an empty store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from launching import Launching, shell
from tracked_cells import Tracked, close_stores, made_store


@pytest.fixture
def launching(tmp_path: Path) -> Iterator[Launching]:
    """Real executors."""
    with Launching.below(tmp_path) as launching:
        yield launching


@pytest.fixture
def shells(tmp_path: Path) -> Iterator[Launching]:
    """Cells are shell scripts."""
    with shell(tmp_path) as launching:
        yield launching


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, made once: copy it."""
    return made_store(tmp_path_factory.mktemp("store"))


@pytest.fixture
def tracked(tmp_path: Path, store: Path) -> Iterator[Tracked]:
    yield Tracked(tmp_path, store)
    close_stores()
