"""What a run ran on, also on a machine where something is broken."""

import os
import stat
import sys

import pytest

from jupyter_mlops.capture._environment import environment
from jupyter_mlops.entities import Environment, decode, encode


def told() -> Environment:
    return environment.__wrapped__()


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a package, as far as others can see, in a folder of its own that comes first."""
    count = iter(range(9))

    def install(metadata: bytes | None, name: str = "of_these_tests-1.dist-info") -> None:
        folder = tmp_path / f"site{next(count)}" / name
        folder.mkdir(parents=True)
        if metadata is not None:
            (folder / "METADATA").write_bytes(metadata)
        monkeypatch.syspath_prepend(folder.parent)

    return install


BROKEN = {
    "no metadata": None,
    "empty": b"",
    "no name": b"Metadata-Version: 2.1\nVersion: 1.0\n",
    "no text": b"Metadata-Version: 2.1\nName: of-these-\xff\xfe-tests\nVersion: 1.0\n",
    "no words": b"\0" * 100,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_package_is_left_out_and_the_others_are_told(install, name):
    before = told().packages

    install(BROKEN[name])

    assert told().packages == before


def test_a_package_without_a_version_is_told_without_one(install):
    install(b"Metadata-Version: 2.1\nName: of-these-tests\n")

    found = told()

    assert (found.packages["of-these-tests"], decode(encode(found), Environment)) == ("", found)


def test_of_two_versions_the_one_that_is_imported_is_told(install):
    for version in (b"1", b"3", b"2"):
        install(b"Metadata-Version: 2.1\nName: of-these-tests\nVersion: " + version + b"\n")

    assert told().packages["of-these-tests"] == "2"


def test_packages_are_in_the_order_of_the_alphabet_whatever_their_case(install):
    for name in (b"ZZ-of-these", b"zy-of-these", b"Aa-of-these"):
        install(b"Metadata-Version: 2.1\nName: " + name + b"\nVersion: 1\n")

    names = [*told().packages]

    assert names == sorted(names, key=str.lower)


def test_a_path_that_leads_nowhere_has_no_packages(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "path", [str(tmp_path / "gone"), str(tmp_path)])

    assert told().packages == {}


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """Return a function that puts a program in the place of the driver's."""

    def driver(script: str, mode: int = 0o755) -> None:
        program = tmp_path / "nvidia-smi"
        program.write_text(script)
        program.chmod(mode)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return driver


@pytest.mark.parametrize(
    ("script", "gpus"),
    [
        ("#!/bin/sh\nprintf ''", ()),
        ("#!/bin/sh\nprintf '\\n  A100, 40960 MiB  \\n\\n'", ("A100, 40960 MiB",)),
        ("#!/bin/sh\nprintf 'Quadro\\256, 1 MiB\\n'", ("Quadro�, 1 MiB",)),
        ("#!/bin/sh\necho 'no devices were found'; exit 6", ()),
        ("#!/nowhere/sh\n", ()),
        ("", ()),
    ],
    ids=["nothing", "blank lines", "no text", "an error", "no interpreter", "no program"],
)
def test_whatever_the_driver_answers_the_environment_is_told(driver, script, gpus):
    driver(script)

    assert told().gpus == gpus


def test_a_driver_that_may_not_be_run_is_none(driver, monkeypatch, tmp_path):
    driver("#!/bin/sh\necho 'A100, 40960 MiB'", stat.S_IRUSR)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert told().gpus == ()
