import json
import subprocess
import sys

# In a process of its own: a rehearsal is the last thing that a process does before it is a run.
PROGRAM = """
import dataclasses, json, os, random, sys, threading
from pathlib import Path
import numpy as np
from jupyter_mlops.capture import AmbientState
from jupyter_mlops.executor import Stage, prepare
from jupyter_mlops.executor._shell import take_shell
from jupyter_mlops.home import Home

def state():
    ambient = dataclasses.asdict(AmbientState.capture())
    # Modules that are loaded on the way are what a rehearsal is for.
    del ambient["imported"]
    return {key: repr(value) for key, value in ambient.items()}

prepare()
folder = Path(sys.argv[1])
stage = Stage(Home.create(folder / ".mlops"), folder / "stage")
main = sys.modules["__main__"]
random.seed(1)
np.random.seed(2)
np.set_printoptions(precision=3)
before = state()
shell = take_shell()
names = dict(shell.user_ns), dict(shell.user_ns_hidden)
stage.build()
files = sorted(folder.rglob("*"))

stage.rehearse()
stage.rehearse()
drawn = random.random(), float(np.random.random())
random.seed(1)
np.random.seed(2)
print(json.dumps({
    "changed": [key for key, value in state().items() if value != before[key]],
    "draws on": drawn == (random.random(), float(np.random.random())) or drawn,
    "main": main is sys.modules["__main__"],
    "names": names == (shell.user_ns, shell.user_ns_hidden),
    "cells": [shell.execution_count, *shell.user_ns["In"], *shell.history_manager.db_input_cache],
    "files": sorted(str(path) for path in set(folder.rglob("*")) - set(files)),
    "threads": threading.active_count(),
}))
"""


def test_a_rehearsal_leaves_the_process_as_it_was(tmp_path):
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True)

    told = json.loads(done.stdout)
    lock = told.pop("files")
    assert told == {
        "changed": [],
        "draws on": True,
        "main": True,
        "names": True,
        "cells": [1, ""],
        "threads": 1,
    }
    assert [path.rpartition("/")[2] for path in lock] == ["executor.lock"]
    assert done.stderr == ""
