"""MLflow's patches come with the first training that they are for: with a trainer and a flavor made for the story."""

import os
import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from jupyter_mlops.executor._autolog._live import LiveAutologging, _park_trainings
from jupyter_mlops.executor._deferred import after_delivery

TRAINER = "lightning.pytorch.trainer.trainer"


class Library:
    """Lightning's trainer and MLflow's flavor for it; `story` tells what happened in which order."""

    def __init__(self) -> None:
        self.story: list[str] = []
        self.fails: Exception | None = None
        story = self.story

        class Base:
            def fit(self, model: str, *, epochs: int = 1) -> str:
                """Train."""
                story.append(f"fit {model} {epochs}")
                if model == "bad":
                    raise ValueError("diverged")
                return f"trained {model}"

        class Trainer(Base):
            pass

        class OwnTrainer(Base):
            fit = Base.fit

        self.Base, self.Trainer, self.OwnTrainer = Base, Trainer, OwnTrainer
        self.trainer, self.flavor = ModuleType(TRAINER), ModuleType("mlflow.pytorch")
        self.trainer.Trainer = Trainer
        self.flavor.autolog = self.autolog
        self.flavor.safe_patch = lambda *args, **options: None

    def autolog(self, *, silent: bool = False, log_models: bool = True) -> None:
        """Patch the trainer, as MLflow does."""
        self.story.append(f"autolog silent={silent}")
        if self.fails is not None:
            raise self.fails
        trained, story = self.trainer.Trainer.fit, self.story

        def patched(trainer: Any, *args: Any, **kwargs: Any) -> Any:
            story.append("mlflow watches")
            return trained(trainer, *args, **kwargs)

        self.trainer.Trainer.fit = patched


@pytest.fixture
def library() -> Iterator[Library]:
    library = Library()
    names = {
        TRAINER: library.trainer,
        "mlflow.pytorch": library.flavor,
        "mlflow": SimpleNamespace(pytorch=library.flavor, __path__=[]),
    }
    before = {name: sys.modules.get(name) for name in names}
    sys.modules |= names
    yield library
    for name, module in before.items():
        if module is None:
            del sys.modules[name]
        else:
            sys.modules[name] = module


@pytest.fixture
def live(library: Library) -> LiveAutologging:
    live = LiveAutologging({"pytorch"})
    live.install()
    return live


def test_nothing_is_imported_or_patched_before_the_first_training(library, live):
    library.trainer.Trainer()
    assert library.story == []
    assert library.trainer.Trainer.fit.__doc__ == "Train."


def test_the_first_training_brings_the_patches_and_is_watched(library, live):
    assert library.trainer.Trainer().fit("net", epochs=3) == "trained net"
    assert library.story == ["autolog silent=True", "mlflow watches", "fit net 3"]


def test_the_patches_come_once(library, live):
    trainer = library.trainer.Trainer()
    trainer.fit("a")
    library.story.clear()
    trainer.fit("b")
    assert library.story == ["mlflow watches", "fit b 1"]


def test_an_inherited_method_is_left_as_it_was_where_it_is_defined(library, live):
    library.OwnTrainer().fit("other")
    assert library.story == ["fit other 1"]


def test_whatever_keeps_mlflow_from_watching_the_training_goes_on_and_it_is_said_once(library, live, capsys):
    library.fails = RuntimeError("no such store")
    assert [library.trainer.Trainer().fit(model) for model in ("a", "b")] == ["trained a", "trained b"]
    assert library.story == ["autolog silent=True", "fit a 1", "fit b 1"]
    assert capsys.readouterr().err == "jupyter-mlops: pytorch is not autologged: RuntimeError: no such store\n"
    assert "fit" not in vars(library.trainer.Trainer)


def test_the_cells_own_autolog_makes_ours_superfluous(library, live):
    library.flavor.autolog(log_models=False)
    library.trainer.Trainer().fit("net")
    assert library.story == ["autolog silent=False", "mlflow watches", "fit net 1"]


def test_an_error_of_the_training_is_the_trainings_own(library, live):
    with pytest.raises(ValueError, match="diverged"):
        library.trainer.Trainer().fit("bad")


def test_a_flavor_that_is_not_wanted_is_left_alone(library):
    before = library.trainer.Trainer.fit
    LiveAutologging({"keras", "sklearn"}).install()
    assert library.trainer.Trainer.fit is before


def test_a_forked_child_trains_without_being_watched(library, live):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        library.trainer.Trainer().fit("child")
        os.write(writer, "; ".join(library.story).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(reader, 1000) == b"fit child 1"
    os.close(reader)
    os.close(writer)


def test_a_package_that_has_no_doors_brings_nothing(live):
    assert not live.bring("sklearn")


# Which patches are parked


@pytest.fixture
def place() -> tuple[Callable[..., None], list[tuple[Any, ...]]]:
    """A module of MLflow whose trainings are parked, and what it has placed in the end."""
    placed: list[tuple[Any, ...]] = []

    def safe_patch(integration, destination, name, patch, manage_run=False, extra_tags=None):
        placed.append((integration, name, patch, manage_run, extra_tags))

    module = ModuleType("mlflow.story")
    module.safe_patch = safe_patch
    _park_trainings(module)
    return module.safe_patch, placed


def patch(original: Callable[..., Any], *args: Any) -> Any:
    return original(*args)


@pytest.mark.parametrize(
    ("integration", "name"), [("keras", "evaluate"), ("pytorch", "fit"), ("sklearn", "fit"), ("xgboost", "__init__")]
)
def test_only_trainings_of_libraries_that_allow_it_are_parked(place, integration, name):
    safe_patch, placed = place
    safe_patch(integration, object, name, patch, manage_run=True, extra_tags={"a": "b"})
    assert placed == [(integration, name, patch, True, {"a": "b"})]


@pytest.mark.parametrize(("integration", "name"), [("keras", "fit"), ("xgboost", "train"), ("lightgbm", "train")])
def test_a_training_is_placed_with_its_patch_parked(place, integration, name):
    safe_patch, placed = place
    safe_patch(integration, object, name, patch)
    ((told_integration, told_name, parked, manage_run, tags),) = placed
    assert (told_integration, told_name, manage_run, tags) == (integration, name, False, None)
    assert parked is not patch
    assert after_delivery == []
