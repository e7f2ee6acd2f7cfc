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


def test_a_run_that_is_gone_cannot_be_approached(tmp_path):
    home = Home.create(tmp_path / ".mlops")
    with pytest.raises(RunNotFoundError, match="0000"):
        Approach.to(home.run("0" * 32).path)
