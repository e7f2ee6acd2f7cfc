"""State that libraries keep for the whole process and that notebooks set: options, styles, random generators.

Read in the kernel, only of libraries that it has imported; written in the executor. An entry of `ASPECTS` is all that
another library needs. A reader returns None where the library is as it was imported, so that nothing travels.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Aspect:
    """One piece of state of one library.

    Parameters
    ----------
    name : str
        For people.
    module : str
        The module that has the state; where it is not imported there is none.
    read : callable
        Return the state, picklable.
    write : callable
        Make a state that was read this process's own.
    is_random : bool
        Whether it decides which random numbers come next.
    """

    name: str
    module: str
    read: Callable[[], Any]
    write: Callable[[Any], None]
    is_random: bool = False

    @property
    def key(self) -> str:
        """Name under which the state travels."""
        return f"{self.name} random state" if self.is_random else self.name


def _read_random() -> Any:
    import random

    return random.getstate()


def _write_random(state: Any) -> None:
    import random

    random.setstate(state)


def _read_numpy() -> Any:
    import numpy as np

    options = {key: value for key, value in np.get_printoptions().items() if key != "override_repr"}
    return options, np.geterr()


def _write_numpy(state: Any) -> None:
    import numpy as np

    options, errors = state
    # Nearly always the ones that are here, and setting them takes five times as long as asking.
    if state != _read_numpy():
        np.set_printoptions(**options)
        np.seterr(**errors)


def _read_numpy_random() -> Any:
    return sys.modules["numpy.random"].get_state(legacy=False)


def _write_numpy_random(state: Any) -> None:
    # Not through numpy, which has the module as an attribute only after this.
    sys.modules["numpy.random"].set_state(state)


def _read_pandas() -> Any:
    import functools

    config = sys.modules["pandas._config.config"]
    changed = {}
    for key, option in config._registered_options.items():
        # Past get_option, which warns of the deprecated ones.
        value = functools.reduce(dict.__getitem__, key.split("."), config._global_config)
        if value is not option.defval and value != option.defval:
            changed[key] = value
    return changed or None


def _write_pandas(state: Any) -> None:
    import pandas as pd

    for key, value in state.items():
        pd.set_option(key, value)


def _read_matplotlib() -> Any:
    import matplotlib as mpl

    # Through dict, because asking rcParams itself for the backend chooses one.
    defaults = dict.items(mpl.rcParamsDefault)
    missing = object()
    get = dict.get
    changed = {
        key: get(mpl.rcParams, key)
        for key, default in defaults
        if not key.startswith("backend") and get(mpl.rcParams, key, missing) != default
    }
    return changed or None


def _write_matplotlib(state: Any) -> None:
    import matplotlib as mpl

    mpl.rcParams.update(state)


def _read_sklearn() -> Any:
    import sklearn

    return sklearn.get_config()


def _write_sklearn(state: Any) -> None:
    import sklearn

    sklearn.set_config(**state)


def _read_xgboost() -> Any:
    import xgboost

    return xgboost.get_config()


def _write_xgboost(state: Any) -> None:
    import xgboost

    xgboost.set_config(**state)


def _read_torch() -> Any:
    import torch

    return {
        "default_dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        "default_device": str(torch.get_default_device()),
        "grad_enabled": torch.is_grad_enabled(),
        "threads": torch.get_num_threads(),
        "deterministic": (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        "matmul_precision": torch.get_float32_matmul_precision(),
        "cudnn": (torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic),
    }


def _write_torch(state: Any) -> None:
    import torch

    # Only what differs: asking for algorithms as they are anyway loads torch's whole compiler, a second long.
    held = _read_torch()
    changed = {key for key, value in state.items() if held[key] != value}
    if "default_dtype" in changed:
        torch.set_default_dtype(getattr(torch, state["default_dtype"]))
    if "default_device" in changed:
        torch.set_default_device(state["default_device"])
    if "grad_enabled" in changed:
        torch.set_grad_enabled(state["grad_enabled"])
    if "threads" in changed:
        torch.set_num_threads(state["threads"])
    if "deterministic" in changed:
        enabled, warn_only = state["deterministic"]
        torch.use_deterministic_algorithms(enabled, warn_only=warn_only)
    if "matmul_precision" in changed:
        torch.set_float32_matmul_precision(state["matmul_precision"])
    if "cudnn" in changed:
        torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic = state["cudnn"]


def _read_torch_random() -> Any:
    import torch

    cuda = [bytes(device.numpy()) for device in torch.cuda.get_rng_state_all()] if torch.cuda.is_initialized() else []
    return bytes(torch.get_rng_state().numpy()), cuda


def _write_torch_random(state: Any) -> None:
    import torch

    cpu, cuda = state
    torch.set_rng_state(torch.frombuffer(bytearray(cpu), dtype=torch.uint8))
    # Kept by torch until the device is first used: the run does not touch the GPU for this.
    for index, device in enumerate(cuda):
        torch.cuda.set_rng_state(torch.frombuffer(bytearray(device), dtype=torch.uint8), index)


def _read_tensorflow_random() -> Any:
    context = sys.modules["tensorflow.python.eager.context"].context()
    generators = sys.modules.get("tensorflow.python.ops.stateful_random_ops")
    generator = getattr(generators, "global_generator", None)
    held = None if generator is None else (generator.state.numpy(), generator.algorithm)
    if context._seed is None and held is None:
        return None
    return context._seed, None if context._seed is None else context._rng.getstate(), held


def _write_tensorflow_random(state: Any) -> None:
    import tensorflow as tf
    from tensorflow.python.eager import context

    seed, drawn, held = state
    if seed is not None:
        tf.random.set_seed(seed)
        context.context()._rng.setstate(drawn)
    if held is not None:
        tf.random.set_global_generator(tf.random.Generator.from_state(*held))


def _read_keras() -> Any:
    import keras

    config = keras.config
    state = sys.modules["keras.src.backend.common.global_state"]
    names = state.get_global_attribute("object_name_uids")
    options = (config.floatx(), config.epsilon(), config.image_data_format(), config.dtype_policy().name)
    return options, dict(names or {})


def _write_keras(state: Any) -> None:
    import collections

    import keras
    from keras.src.backend.common import global_state

    (floatx, epsilon, image_format, policy), names = state
    keras.config.set_floatx(floatx)
    keras.config.set_epsilon(epsilon)
    keras.config.set_image_data_format(image_format)
    if keras.config.dtype_policy().name != policy:
        keras.config.set_dtype_policy(policy)
    # Layers are numbered by process: "dense_1" must not be "dense" in the run.
    global_state.set_global_attribute("object_name_uids", collections.defaultdict(int, names))


def _read_keras_random() -> Any:
    state = sys.modules["keras.src.backend.common.global_state"]
    generator = state.get_global_attribute("global_seed_generator")
    seed = state.get_global_attribute("global_random_seed")
    if generator is None and seed is None:
        return None
    held = None if generator is None else _to_numpy(generator.state.value)
    return seed, held


def _to_numpy(tensor: Any) -> Any:
    import keras

    return keras.ops.convert_to_numpy(tensor)


def _write_keras_random(state: Any) -> None:
    import keras
    from keras.src.backend.common import global_state

    seed, held = state
    global_state.set_global_attribute("global_random_seed", seed)
    generator = None
    if held is not None:
        # A name of its own, so that the numbering of the notebook's layers is left alone.
        generator = keras.random.SeedGenerator(0, name="seed_generator")
        generator.state.assign(held)
    global_state.set_global_attribute("global_seed_generator", generator)


ASPECTS: tuple[Aspect, ...] = (
    Aspect("numpy options", "numpy", _read_numpy, _write_numpy),
    Aspect("pandas options", "pandas", _read_pandas, _write_pandas),
    Aspect("matplotlib style", "matplotlib", _read_matplotlib, _write_matplotlib),
    Aspect("scikit-learn config", "sklearn", _read_sklearn, _write_sklearn),
    Aspect("xgboost config", "xgboost", _read_xgboost, _write_xgboost),
    Aspect("torch settings", "torch", _read_torch, _write_torch),
    Aspect("keras config", "keras", _read_keras, _write_keras),
    Aspect("random", "random", _read_random, _write_random, is_random=True),
    Aspect("numpy", "numpy.random", _read_numpy_random, _write_numpy_random, is_random=True),
    Aspect("torch", "torch", _read_torch_random, _write_torch_random, is_random=True),
    Aspect("tensorflow", "tensorflow", _read_tensorflow_random, _write_tensorflow_random, is_random=True),
    Aspect("keras", "keras", _read_keras_random, _write_keras_random, is_random=True),
)
"""In the order in which they are written: random generators last, so that nothing draws from them any more."""
