"""A model's requirements without a process to find them: MLflow would start one for each model, for seconds."""

from __future__ import annotations

import functools
import sys
from types import ModuleType
from typing import Any


def use_known_requirements(environment: ModuleType) -> None:
    """Let models take the flavor's default requirements, with the versions that are installed here.

    MLflow uses these itself where its inference fails. Requirements that a user gives are used as before, and a flavor
    that has no defaults is inferred as before.

    Parameters
    ----------
    environment : module
        `mlflow.utils.environment`.
    """
    infer = environment.infer_pip_requirements

    @functools.wraps(infer)
    def known(model_uri: Any, flavor: str, fallback: list[str] | None = None, *args: Any, **options: Any) -> Any:
        return infer(model_uri, flavor, fallback, *args, **options) if fallback is None else list(fallback)

    # MLflow's modules have imported the function by its name.
    for name, module in list(sys.modules.items()):
        if name.startswith("mlflow.") and vars(module).get("infer_pip_requirements") is infer:
            vars(module)["infer_pip_requirements"] = known
