"""A process's environment as one piece, and how another process takes it on."""

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.home import packed_environment, take_environment, unpacked_environment

NAMES = st.text("ABC_", min_size=1)
VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@pytest.fixture
def environment():
    before = dict(os.environ)
    yield os.environ
    os.environ.clear()
    os.environ.update(before)


def test_what_is_packed_is_what_programs_are_told(environment):
    environment["MLOPS_STORY"] = "größe=1\n2"
    os.environb[b"MLOPS_BYTES"] = b"\xff\xfe"
    told = subprocess.run(["/usr/bin/env", "-0"], capture_output=True, check=True, env=os.environ).stdout
    assert sorted(packed_environment().split(b"\0")) == sorted(told.split(b"\0")[:-1])
    assert unpacked_environment(packed_environment()) == dict(environment)


def test_an_environment_without_variables_has_none():
    program = """
import os
from jupyter_mlops.home import packed_environment, unpacked_environment
os.environ.clear()
print(packed_environment(), unpacked_environment(b""))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "b'' {}\n"


@settings(max_examples=50)
@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_an_environment_that_is_taken_is_the_one_that_programs_see(variables):
    before = dict(os.environ)
    try:
        take_environment({"KEPT": "1", "CHANGED": "1", "GONE": "1"})
        take_environment({"KEPT": "1", "CHANGED": "2", **variables})
        taken = dict(os.environ)
        told = subprocess.run(["/usr/bin/env", "-0"], capture_output=True, check=True).stdout
    finally:
        take_environment(before)
    seen = unpacked_environment(told)
    assert taken == {"KEPT": "1", "CHANGED": "2", **variables}
    # Of libraries that tell C alone, readline's size of a terminal is there besides.
    assert (taken.items() <= seen.items(), "GONE" in seen) == (True, False)
    assert dict(os.environ) == before
