"""Large tensors on huge pages, so that a snapshot of them is cheap."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlops.magics._huge_pages import ask_for_huge_pages

ASK = "THP_MEM_ALLOC_ENABLE"
SETTING = Path("/sys/kernel/mm/transparent_hugepage/enabled")
HELD = """
import sys
from jupyter_mlops.magics._huge_pages import ask_for_huge_pages
if sys.argv[1] == "asked":
    ask_for_huge_pages()
import torch
held = torch.ones(1 << 24)
rollup = open("/proc/self/smaps_rollup").read()
print(next(line.split()[1] for line in rollup.splitlines() if line.startswith("AnonHugePages:")))
"""


@pytest.fixture(autouse=True)
def without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.setenv(ASK, "")
    monkeypatch.delenv(ASK)


def test_torch_is_asked_before_it_is_imported():
    ask_for_huge_pages()
    assert os.environ[ASK] == "1"


def test_what_the_user_has_set_stays(monkeypatch):
    monkeypatch.setenv(ASK, "0")
    ask_for_huge_pages()
    assert os.environ[ASK] == "0"


def test_a_torch_that_has_looked_already_is_left_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", object())
    ask_for_huge_pages()
    assert ASK not in os.environ


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
@pytest.mark.skipif(
    not SETTING.exists() or "[madvise]" not in SETTING.read_text(), reason="the system does not do as it is asked"
)
@pytest.mark.parametrize("how", ["asked", "not asked"])
def test_its_tensors_lie_on_huge_pages_then(how):
    told = subprocess.run(
        [sys.executable, "-c", HELD, how], capture_output=True, text=True, check=True, timeout=120, env=os.environ
    )
    assert (int(told.stdout) > 0) == (how == "asked")
