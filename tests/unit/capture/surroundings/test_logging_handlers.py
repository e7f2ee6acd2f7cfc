"""Handlers of loggers as data: what is taken, what is left to its library, and what is made of it again."""

import logging
import logging.handlers
import pickle
import sys
from types import ModuleType
from typing import Any

import pytest

from jupyter_mlops.capture._surroundings._logging_handlers import HandlerState, add_handler, notebook_handlers

NAME = "logger_of_these_tests"


@pytest.fixture
def logger():
    """A logger that nobody else has; it is as empty afterwards."""
    logger = logging.getLogger(NAME)
    yield logger
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
        handler.close()
    logging.root.manager.loggerDict.pop(NAME)


def told() -> list[tuple[tuple[str, str], HandlerState]]:
    return [entry for entry in notebook_handlers() if entry[0][0] == NAME]


def moved(logger: logging.Logger) -> list[Any]:
    """Return the handlers that another process would have, which has none yet."""
    entries = told()
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
        handler.close()
    for entry in entries:
        add_handler(*entry)
    return logger.handlers


def at(level: int, handler: logging.Handler) -> logging.Handler:
    handler.setLevel(level)
    return handler


def test_a_stream_is_told_by_its_name_and_is_this_processs_own(logger, capsys):
    logger.addHandler(at(30, logging.StreamHandler(sys.stdout)))
    logger.handlers[0].setFormatter(logging.Formatter("%(levelname)s: %(message)s"))

    (handler,) = moved(logger)
    logger.propagate = False
    logger.warning("told")
    logger.info("not told")

    assert (handler.stream, handler.level, capsys.readouterr().out) == (sys.stdout, 30, "WARNING: told\n")


PAIRS = {
    "two levels": lambda: [at(level, logging.StreamHandler(sys.stderr)) for level in (10, 40)],
    "two hosts": lambda: [logging.handlers.HTTPHandler(host, "/log") for host in ("a.example", "b.example")],
    "three of a kind": lambda: [at(level, logging.Handler()) for level in (1, 2, 3)],
    "two formats": lambda: [formatted("%(message)s"), formatted("%(name)s")],
    "two filters": lambda: [filtered("a"), filtered("b")],
}


def formatted(text: str) -> logging.Handler:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter(text))
    return handler


def filtered(name: str) -> logging.Handler:
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(logging.Filter(name))
    return handler


def looks(handler: Any) -> tuple[Any, ...]:
    form, host = getattr(handler.formatter, "_fmt", None), getattr(handler, "host", None)
    return type(handler), handler.level, form, host, [held.name for held in handler.filters]


@pytest.mark.parametrize("name", PAIRS)
def test_every_one_of_several_handlers_is_made_again_in_their_order(logger, name):
    for handler in PAIRS[name]():
        logger.addHandler(handler)
    before = [looks(handler) for handler in logger.handlers]

    assert [looks(handler) for handler in moved(logger)] == before


@pytest.mark.parametrize("name", PAIRS)
def test_handlers_that_a_logger_has_are_not_added_again(logger, name):
    for handler in PAIRS[name]():
        logger.addHandler(handler)
    before = logger.handlers[:]

    for entry in told():
        add_handler(*entry)

    assert logger.handlers == before


def test_what_is_told_of_a_handler_can_be_pickled(logger):
    logger.addHandler(formatted("%(message)s"))
    (entry,) = told()

    key, state = pickle.loads(pickle.dumps(entry))

    assert (key, state.kind, state.stream, state.looks) == (entry[0], logging.StreamHandler, "stdout", entry[1].looks)


def test_a_log_file_is_opened_at_its_end_and_only_when_something_is_told(logger, tmp_path):
    file = tmp_path / "run.log"
    logger.addHandler(logging.FileHandler(file, mode="w", delay=True))

    (handler,) = moved(logger)
    made = file.exists()
    file.write_text("before\n")
    logger.error("after")

    assert (made, handler.baseFilename, file.read_text()) == (False, str(file), "before\nafter\n")


def test_a_rotating_file_goes_on_rotating(logger, tmp_path):
    logger.addHandler(logging.handlers.RotatingFileHandler(tmp_path / "log", maxBytes=10, backupCount=1))

    moved(logger)
    for word in ("first-----", "second----"):
        logger.error(word)

    assert [(tmp_path / name).read_text() for name in ("log.1", "log")] == ["first-----\n", "second----\n"]


class Bare(logging.Handler):
    """A handler whose author forgot the constructor of its base."""

    def __init__(self) -> None:
        self.level = 0


class Library(logging.Handler):
    """A library's own handler: the library makes it."""


Library.__module__ = "a_library"


class Form(logging.Formatter):
    """A library's own formatter."""


Form.__module__ = "a_library"


def with_form() -> logging.Handler:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Form())
    return handler


class Text:
    """A stream that is neither of the two."""

    def write(self, text: str) -> int:
        return len(text)


LEFT = {
    "a silent one": logging.NullHandler,
    "a library's": Library,
    "one with a library's formatter": with_form,
    "one that writes elsewhere": lambda: logging.StreamHandler(Text()),  # type: ignore[type-var]
    "one without a base": Bare,
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_the_notebooks_or_cannot_be_made_again_is_left(logger, name):
    logger.handlers = [LEFT[name](), logging.StreamHandler(sys.stdout)]

    found = [state.kind for _, state in told()]
    logger.handlers = []

    assert found == [logging.StreamHandler]


@pytest.mark.parametrize("name", ["IPKernelApp", "traitlets.config", "jupyter_mlops.of_these_tests", "asyncio"])
def test_the_kernels_own_loggers_stay_with_the_kernel(name):
    logger, handler = logging.getLogger(name), logging.StreamHandler(sys.stdout)
    logger.addHandler(handler)

    found = [key for key, _ in notebook_handlers() if key[0] == name]
    logger.removeHandler(handler)

    assert found == []


def test_a_logger_of_a_library_gets_its_handler_when_the_library_is_there(monkeypatch):
    name, handler = "late_library.part", logging.StreamHandler(sys.stdout)
    logger = logging.getLogger(name)
    monkeypatch.setitem(sys.modules, "late_library", ModuleType("late_library"))
    logger.addHandler(handler)
    (entry,) = [entry for entry in notebook_handlers() if entry[0][0] == name]
    logger.handlers = []

    add_handler(*entry)

    assert (entry[0], [type(held) for held in logger.handlers]) == ((name, "late_library"), [logging.StreamHandler])
    logger.handlers = []


def test_a_definition_that_travels_along_is_the_notebooks_class_its_form_and_its_filters(logger):
    def quiet(record: logging.LogRecord) -> bool:
        return record.levelno < 40

    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(quiet)
    logger.addHandler(handler)

    ((_, state),) = told()

    assert state.definitions == (logging.StreamHandler, None, quiet)
