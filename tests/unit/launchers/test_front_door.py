"""The shim imports nothing but the standard library, and the package's front door says what it has."""

import subprocess
import sys
from pathlib import Path

import jupyter_mlops
from jupyter_mlops import launchers

PARENT = Path(jupyter_mlops.__file__).parents[1]


def test_every_name_of_the_front_door_is_there():
    assert sorted(launchers.__all__) == sorted(name for name in launchers.__all__ if getattr(launchers, name))


def test_the_shim_imports_nothing_but_the_standard_library():
    program = f"""
import sys
sys.path.append({str(PARENT)!r})
import jupyter_mlops.launchers._shim, jupyter_mlops.launchers._shim_adopt
ours = [name for name in sys.modules if name.startswith("jupyter_mlops.")]
packages = ["jupyter_mlops.home", "jupyter_mlops.launchers"]
others = {{name.partition(".")[0] for name in sys.modules}} - sys.stdlib_module_names - {{"__main__"}}
print(sorted(others), all("._" in name or name in packages for name in ours))
"""
    told = subprocess.check_output([sys.executable, "-I", "-S", "-c", program], text=True)
    assert told == "['jupyter_mlops'] True\n"
