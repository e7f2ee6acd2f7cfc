"""A value as text that two processes can compare: equal text, equal value, to the bit."""

import hashlib
import math


def canonical(value: object, depth: int = 0) -> str:
    """Return a text that is the same for equal values of the same type, whatever process made them."""
    if depth > 12:
        return "..."
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, float):
        return "nan" if math.isnan(value) else value.hex()
    if value is None or isinstance(value, (bool, int, complex, str, bytes)):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {canonical(v, depth + 1)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"{kind}[" + ", ".join(canonical(item, depth + 1) for item in value) + "]"
    if isinstance(value, (set, frozenset)):
        return f"{kind}[" + ", ".join(sorted(canonical(item, depth + 1) for item in value)) + "]"
    module = type(value).__module__.split(".")[0]
    if module == "numpy":
        return canonical_array(value, depth)
    if module == "pandas":
        return canonical_pandas(value, depth)
    return canonical_object(value, kind, depth)


def canonical_array(value: object, depth: int) -> str:
    """Return an array as type, shape and hash of its bytes; a generator as its state."""
    import numpy as np

    if isinstance(value, np.random.Generator):
        return canonical(value.bit_generator.state, depth + 1)
    if isinstance(value, np.random.RandomState):
        return canonical(value.get_state(legacy=False), depth + 1)
    if not isinstance(value, (np.ndarray, np.generic)):
        return repr(value)
    array = np.asarray(value)
    if array.dtype.hasobject:
        return f"{array.shape}{[canonical(item, depth + 1) for item in array.ravel().tolist()]}"
    digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:16]
    return f"{type(value).__name__} {array.dtype.str}{array.dtype.names or ''} {array.shape} {digest}"


def canonical_pandas(value: object, depth: int) -> str:
    """Return a frame, series or index as its types, labels and values."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        columns = [f"{name!r} {value[name].dtype} {canonical(value[name].tolist(), depth + 1)}" for name in value]
        return f"DataFrame {canonical_pandas(value.index, depth)} {columns}"
    if isinstance(value, (pd.Series, pd.Index)):
        return f"{type(value).__name__} {value.name!r} {value.dtype} {canonical(value.tolist(), depth + 1)}"
    return repr(value)


def canonical_object(value: object, kind: str, depth: int) -> str:
    """Return an object as the state that its pickle would carry; functions and modules by name."""
    if callable(value) and hasattr(value, "__qualname__"):
        return f"<{value.__qualname__}>"
    if kind.startswith("sklearn.tree._tree"):
        return canonical(value.__getstate__(), depth + 1)
    state = getattr(value, "__dict__", None)
    return f"{kind}{canonical(state, depth + 1)}" if state else kind
