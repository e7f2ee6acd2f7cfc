"""An MLflow model of the ONNX flavor, written by MLflow itself.

MLflow hands a table over column by column, and wants a column back for each output, so that a model with named columns
gets inputs and outputs of this kind (`_by_column`). What was written is loaded again and compared with the bundle.
"""

from __future__ import annotations

import logging
import shlex
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..entities import Bundle, OnnxSignature, OnnxTensor, Package
from ..exceptions import ExportError, MissingExtraError
from ._by_column import by_column, column_signature, output_columns
from ._example import Value, example_feeds
from ._folder import drafted, model_bytes
from ._names import file_name
from ._protocol import PackageWish
from ._requirements import pinned
from ._session import session_of

_ROWS = 8
_TYPES: Mapping[str, str] = {
    # MLflow refuses a frame's doubles for `float`; for `double` it takes them, and makes the model's float32 itself.
    "float32": "double",
    "float64": "double",
    "int32": "integer",
    "int64": "long",
    "bool": "boolean",
    "str": "string",
}
_TEXTS = Path(__file__).with_name("_mlflow_texts.py")

_ABOUT: Mapping[str, str] = {
    "MLmodel": "what MLflow has to know: signature, flavors, requirements",
    "model.onnx": "the model, one ONNX file",
    f"code/{_TEXTS.name}": "hands texts over, whichever pandas is there",
    "conda.yaml": "the environment, for conda",
    "python_env.yaml": "the environment, for virtualenv",
    "requirements.txt": "the environment, for pip: the versions of this one",
}


class MlflowTarget:
    """Packs an MLflow model."""

    name = "mlflow"

    def package(self, bundle: Bundle, wish: PackageWish) -> Package:
        """Write an MLflow model, load it again, and compare its answers with the bundle's.

        Raises
        ------
        ExportError
            The model that was written answers otherwise, or MLflow cannot load it.
        MissingExtraError
            MLflow or onnx is not installed.
        UsageError
            The folder cannot be written.
        """
        if bundle.weights:
            raise ExportError(
                f"{bundle.label} has its weights in a second file, because one holds 2 GB, and MLflow's tables need a "
                "changed graph. Take --to docker, kubernetes or triton."
            )
        session = session_of(bundle)
        columns = column_signature(bundle.signature)
        if columns is not None and not {tensor.type for tensor in columns.inputs} <= _TYPES.keys():
            columns = None
        with drafted(wish.directory, self.name) as draft, _quiet():
            _save(bundle, columns, draft.path)
            checked = _checked(bundle, session, columns, draft.path, wish.example)
            shutil.rmtree(draft.path / "code" / "__pycache__", ignore_errors=True)  # of the check
            written = filter(Path.is_file, draft.path.rglob("*"))
            for path in sorted(each.relative_to(draft.path).as_posix() for each in written):
                draft.keep(path, _ABOUT.get(path, "written by MLflow"))
            files = draft.files
        folder = shlex.quote(str(wish.directory))
        return Package(
            target=self.name,
            name=file_name(wish.name),
            directory=wish.directory,
            files=files,
            commands=(f"mlflow models serve -m {folder} --env-manager local",),
            checked=(checked,),
            notes=_notes(columns),
        )


def _notes(columns: OnnxSignature | None) -> tuple[str, ...]:
    notes = ["Not served here. `mlflow models serve` needs all of MLflow: pip install mlflow."]
    if _has_texts(columns):
        notes.append(f"code/{_TEXTS.name} hands texts over: MLflow's own way does not know those of pandas 3.")
    if columns is None:
        notes.append("It takes arrays, not tables with columns: the model's data had no names for them.")
    return tuple(notes)


def _save(bundle: Bundle, columns: OnnxSignature | None, path: Path) -> None:
    mlflow_onnx = _demand()
    import onnx

    proto = onnx.load_model_from_string(model_bytes(bundle))
    texts = _has_texts(columns)
    mlflow_onnx.save_model(
        proto if columns is None else by_column(proto, bundle.signature, columns),
        str(path),
        signature=_signature(bundle.signature, columns),
        pip_requirements=list(pinned("mlflow", "numpy", "onnx", "onnxruntime", "pandas")),
        onnx_execution_providers=["CPUExecutionProvider"],
        save_as_external_data=False,
        code_paths=[str(_TEXTS)] if texts else None,
        metadata={"jupyter_mlops.sha256": bundle.sha256, "jupyter_mlops.run_id": bundle.run_id},
    )
    if texts:
        _hand_over_texts(path)


def _hand_over_texts(path: Path) -> None:
    """Let MLflow load the model by the file that goes with it."""
    from mlflow.models import Model

    described = Model.load(str(path))
    described.flavors["python_function"]["loader_module"] = _TEXTS.stem
    described.save(str(path / "MLmodel"))


def _has_texts(columns: OnnxSignature | None) -> bool:
    """Tell whether a table with texts is handed over."""
    return columns is not None and any(tensor.type == "str" for tensor in columns.inputs)


def _demand() -> Any:
    try:
        import mlflow.onnx
        import onnx  # noqa: F401 - MLflow imports it when it saves
        import onnxruntime  # noqa: F401 - and this when it loads
        import pandas  # noqa: F401 - its models take frames
    except ImportError as error:
        raise MissingExtraError(
            f"--to mlflow needs {error.name}, which is not installed. pip install 'jupyter_mlops[onnx]' pandas"
        ) from error
    return mlflow.onnx


def _signature(signature: OnnxSignature, columns: OnnxSignature | None) -> Any:
    """Return what MLflow calls the signature: columns of a table, or tensors."""
    import numpy as np
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema, TensorSpec

    if columns is not None:
        taken = [ColSpec(_TYPES[tensor.type], tensor.name) for tensor in columns.inputs]
        answered = [ColSpec(_answer(tensor.type), tensor.name) for tensor in columns.outputs]
        return ModelSignature(Schema(taken), Schema(answered))

    def specs(tensors: tuple[OnnxTensor, ...]) -> Any:
        alone = len(tensors) == 1  # without a name MLflow takes plain arrays and frames for it
        shapes = [tuple(-1 if size is None else size for size in tensor.shape) for tensor in tensors]
        named = zip(tensors, shapes, strict=True)
        return Schema([TensorSpec(np.dtype(each.type), shape, None if alone else each.name) for each, shape in named])

    return ModelSignature(specs(signature.inputs), specs(signature.outputs))


def _answer(kind: str) -> str:
    return "float" if kind == "float32" else _TYPES.get(kind, "double")


def _checked(
    bundle: Bundle, session: Any, columns: OnnxSignature | None, path: Path, example: tuple[Value, ...]
) -> str:
    """Load what was written as MLflow does, compare its answers with the bundle's, and say so.

    Raises
    ------
    ExportError
        They differ, or it cannot be loaded.
    """
    import mlflow.pyfunc
    import numpy as np

    feeds = example_feeds(bundle.signature, _ROWS, example)
    try:
        names = [tensor.name for tensor in bundle.signature.outputs]
        wanted = dict(zip(names, session.run(names, feeds), strict=True))
        given = _given(bundle.signature, columns, feeds)
        answers = mlflow.pyfunc.load_model(str(path)).predict(given)
    except Exception as error:  # MLflow, pandas and onnxruntime have no root in common
        raise ExportError(f"MLflow cannot use what it wrote: {' '.join(str(error).split())[:240]}") from error
    for tensor in bundle.signature.outputs:
        told = wanted[tensor.name]
        same = answers[tensor.name] if columns is None else _together(tensor, answers, told)
        equal_nan = np.asarray(told).dtype.kind == "f"
        if not np.array_equal(np.asarray(same).reshape(np.shape(told)), told, equal_nan=equal_nan):
            raise ExportError(f"MLflow's model answers {tensor.name!r} otherwise than the file. Nothing was written.")
    return f"Loaded by MLflow {mlflow.__version__}; its answers to {_ROWS} rows are the file's, to the last bit."


def _given(signature: OnnxSignature, columns: OnnxSignature | None, feeds: Mapping[str, Any]) -> Any:
    """Return rows as MLflow takes them: a table where the model has columns, else an array, or several."""
    import numpy as np
    import pandas as pd

    if columns is None:
        return feeds if len(feeds) > 1 else next(iter(feeds.values()))
    flat = [part for tensor in signature.inputs for part in np.reshape(feeds[tensor.name], (_ROWS, -1)).T]
    named = zip((tensor.name for tensor in columns.inputs), flat, strict=True)
    wide = {name: values.astype("float64") if values.dtype == "float32" else values for name, values in named}
    return pd.DataFrame(wide)  # texts as the pandas here keeps them


def _together(tensor: OnnxTensor, answers: Any, told: Any) -> Any:
    """Return an output of several columns in one piece again."""
    import numpy as np

    return np.stack([answers[column.name] for column in output_columns(tensor)], axis=-1).reshape(np.shape(told))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep MLflow's advice about its own options out of the notebook."""
    logger = logging.getLogger("mlflow")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
