"""Every error that the package raises on purpose.

```
MlopsError
├── UsageError                 a magic, command or call was written wrong
│   └── UnknownReferenceError  no run fits a reference
│       ├── NotFinishedError   none does yet: those that may are under way
│       └── ModelNotFoundError no registered model does
├── HomeError                  .mlops cannot be made, read or written
│   ├── UntrustedManifestError a manifest without this user's signature
│   └── MissingObjectError     a buffer is not (whole) in the object store
├── CannotTravelError          values that cannot leave the kernel
│   └── NotRebuiltError        values that cannot be built again where they arrive
├── LaunchError                a run could not be started
│   ├── LauncherNotFoundError
│   └── RunNotFoundError
├── RunFailedError             the run that a value comes from failed
├── ExportError                a model cannot be written as the same model
├── DeploymentError            a model cannot be deployed, or an endpoint does not answer
│   └── EndpointNotFoundError
├── TrackingError              the tracking store cannot do what was asked
└── MissingExtraError          an optional library is not installed
```

A message says what happened, with the value, and what to do next. Edges translate once: magics to one line, routes to a
status.
"""

from __future__ import annotations

from typing import Any


class MlopsError(Exception):
    """Root of the package's errors."""


class UsageError(MlopsError):
    """A magic, a command or a call was written wrong; nothing was started."""


class UnknownReferenceError(UsageError):
    """No run fits a reference such as `last~3` or `baseline`."""


class NotFinishedError(UnknownReferenceError):
    """No run fits `best` yet, but runs are under way that may.

    Parameters
    ----------
    message : str
        What is asked of which runs.
    run_ids : tuple of str
        Those that are under way, the newest first.
    """

    def __init__(self, message: str, run_ids: tuple[str, ...]) -> None:
        super().__init__(message)
        self.run_ids = run_ids


class ModelNotFoundError(UnknownReferenceError):
    """No registered model or version fits a reference such as `cancer@champion`."""


class HomeError(MlopsError):
    """The `.mlops` directory cannot be made, read or written."""


class UntrustedManifestError(HomeError):
    """A manifest does not carry this user's signature, so nothing of it is unpickled."""


class MissingObjectError(HomeError):
    """A buffer that a manifest names is not whole in the object store."""


class CannotTravelError(MlopsError):
    """Values that a cell reads cannot leave the kernel."""


class NotRebuiltError(CannotTravelError):
    """Some values cannot be built again where they arrive; the others are here.

    Parameters
    ----------
    reasons : dict
        Name to what is wrong with its value, in a sentence.
    rebuilt : dict
        The other names with their values.
    """

    def __init__(self, reasons: dict[str, str], rebuilt: dict[str, Any]) -> None:
        super().__init__(" ".join(reasons.values()))
        self.reasons = reasons
        self.rebuilt = rebuilt


class LaunchError(MlopsError):
    """A run could not be started."""


class LauncherNotFoundError(LaunchError):
    """No launcher of that name is installed."""


class RunNotFoundError(LaunchError):
    """No run of that id is known here."""


class RunFailedError(MlopsError):
    """The run that a value was to come from failed or was stopped."""


class ExportError(MlopsError):
    """A model cannot be exported as the same model, or a file is no ONNX that may be opened; nothing was written."""


class DeploymentError(MlopsError):
    """A model cannot be deployed, or an endpoint does not answer."""


class EndpointNotFoundError(DeploymentError):
    """No endpoint of that name is known here."""


class TrackingError(MlopsError):
    """The tracking store cannot do what was asked, now or at all."""


class MissingExtraError(MlopsError, ImportError):
    """An optional library is not installed; the message names the extra."""
