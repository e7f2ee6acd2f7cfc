"""onnxruntime, told before it loads not to tell its maker who asks it: a container has no network and no home.

The package's own way to say so is not in a container.
"""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime  # it reads the environment as it does

__all__ = ["onnxruntime"]
