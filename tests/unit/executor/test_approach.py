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
run.cell_file.write_text("a = 1\\n")
before = sorted(home.path.rglob("*"))
approach = Approach.to(run.path)
from sklearn.linear_model import LinearRegression
print(approach.spec == spec, approach.run.path == run.path, approach.home.path == home.path)
print(approach.cell == "a = 1\\n", before == sorted(home.path.rglob("*")), hasattr(LinearRegression.fit, "__wrapped__"))
"""


def test_an_approach_reads_the_run_and_leaves_no_trace_on_disk(tmp_path):
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 6, done.stderr


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


INPUTS = """
from jupyter_mlops.capture import dump_values, load_values, write_inputs
from jupyter_mlops.exceptions import MlopsError

def read():
    try:
        return load_values(Approach.to(run.path).stored_inputs().stream)
    except MlopsError as error:
        return type(error).__name__

early = Approach.to(run.path)
told = [early.inputs, read()]
write_inputs(run, dump_values({"a": 1}), home)
told += [load_values(early.stored_inputs().stream), load_values(Approach.to(run.path).inputs.stream)]
run.inputs_stream.write_bytes(b"somebody else's")
print([*told, Approach.to(run.path).inputs, read()])
"""


def test_inputs_are_read_where_they_are_there_and_verified_and_what_is_wrong_is_said_to_who_asks_for_them(tmp_path):
    program = PROGRAM.partition("before =")[0] + INPUTS
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    told = [None, "LaunchError", {"a": 1}, {"a": 1}, None, "UntrustedManifestError"]
    assert done.stdout == f"{told}\n"


def test_a_run_that_is_gone_cannot_be_approached(tmp_path):
    home = Home.create(tmp_path / ".mlops")
    with pytest.raises(RunNotFoundError, match="0000"):
        Approach.to(home.run("0" * 32).path)


FOLDERS = """
import sys
from jupyter_mlops.executor._approach import look_for_modules_anew

class Finder:
    looks = 0

    def invalidate_caches(self):
        self.looks += 1

theirs, ours = Finder(), Finder()
sys.path[:0] = ["/made/later", "/theirs", "/odd"]
sys.path_importer_cache.update({"/made/later": None, "/theirs": theirs, "/odd": object(), "/installed/package": ours})
look_for_modules_anew()
print("/made/later" in sys.path_importer_cache, theirs.looks, ours.looks)
"""


def test_modules_are_looked_for_where_the_user_has_them_and_not_in_every_folder_of_every_package():
    done = subprocess.run([sys.executable, "-c", FOLDERS], capture_output=True, text=True, check=True)
    assert done.stdout == "False 1 0\n"
