"""For people who add a backend: the tests that every backend must pass, and what they are made of. Needs pytest.

A launcher is tested by a class that inherits `LauncherContract` and says how one is made:

```python
class TestMyLauncher(LauncherContract):
    @pytest.fixture
    def launcher(self, home):
        return MyLauncher(home)
```

A method of explaining is tested by a class that inherits `ExplainerContract` and says what it explains; a converter to
ONNX by one that inherits `ConverterContract` and says what it converts; a target of packages by one that inherits
`TargetContract` and says what goes there.
"""

from ._converter_contract import ConverterContract, ExportedModel
from ._explainer_contract import ExplainedModel, ExplainerContract
from ._fill import SHELL_EXECUTOR, fill_run, wait_until
from ._launcher_contract import LauncherContract
from ._target_contract import TargetContract

__all__ = [
    "SHELL_EXECUTOR",
    "ConverterContract",
    "ExplainedModel",
    "ExplainerContract",
    "ExportedModel",
    "LauncherContract",
    "TargetContract",
    "fill_run",
    "wait_until",
]
