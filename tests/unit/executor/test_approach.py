import subprocess
import sys

import pytest

from jupyter_mlops.exceptions import RunNotFoundError
from jupyter_mlops.executor._approach import Approach
from jupyter_mlops.home import Home

# In a process of its own, which autologging changes.
PROGRAM = """
import sys
from pathlib import Path
from jupyter_mlops.entities import RunSpec
from jupyter_mlops.executor._approach import Approach
from jupyter_mlops.home import Home

home = Home.create(Path(sys.argv[1]) / ".mlops")
run = home.run(home.new_run_id())
run.create()
spec = RunSpec(
    run_id=run.run_id, name="a", experiment="", sequence=1, submitted_at="", python="", cwd="/", autolog="sklearn"
)
run.write(spec, run.spec_file)
before = sorted(home.path.rglob("*"))
approach = Approach.to(run.path)
from sklearn.linear_model import LinearRegression
print(approach.spec == spec, approach.run.path == run.path, approach.home.path == home.path)
print(before == sorted(home.path.rglob("*")), hasattr(LinearRegression.fit, "__wrapped__"))
"""


def test_an_approach_reads_the_run_and_leaves_no_trace_on_disk(tmp_path):
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True", "True", "True"], done.stderr


LATE_MODULE = """
import importlib.util, os

folder = Path(sys.argv[1]) / "notebooks"
folder.mkdir()
sys.path.insert(0, str(folder))
found = [importlib.util.find_spec("mlops_late")]
looked_at = folder.stat()
(folder / "mlops_late.py").touch()
# As quick as it goes: file systems tell times in steps of milliseconds.
os.utime(folder, ns=(looked_at.st_atime_ns, looked_at.st_mtime_ns))
found.append(importlib.util.find_spec("mlops_late"))
Approach.to(run.path)
found.append(importlib.util.find_spec("mlops_late"))
print([spec and Path(spec.origin).name for spec in found])
"""


def test_a_module_written_just_before_the_submission_is_found_by_a_process_that_has_looked_before(tmp_path):
    program = PROGRAM.partition("before =")[0] + LATE_MODULE
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "[None, None, 'mlops_late.py']\n"


def test_a_run_that_is_gone_cannot_be_approached(tmp_path):
    home = Home.create(tmp_path / ".mlops")
    with pytest.raises(RunNotFoundError, match="0000"):
        Approach.to(home.run("0" * 32).path)
