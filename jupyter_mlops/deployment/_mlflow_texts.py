"""Goes with an MLflow model that takes texts: hands them over as onnxruntime takes them, whichever pandas is there.

MLflow's own ONNX flavor gives onnxruntime what pandas 3 keeps texts in, and that refuses it. MLflow imports this file
from the model's folder, where nothing of this package is.
"""

from __future__ import annotations

from typing import Any


class TextColumns:
    """MLflow's model, asked with texts as plain objects.

    Parameters
    ----------
    model : object
        What MLflow's ONNX flavor has loaded.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Return what the model says of a table."""
        kinds = getattr(data, "dtypes", {})
        texts = [name for name, kind in kinds.items() if kind.name in ("str", "string")]
        return self._model.predict(data.astype(dict.fromkeys(texts, object)) if texts else data, params)

    def get_raw_model(self) -> Any:
        """Return the session, as MLflow's own wrapper does."""
        return self._model.get_raw_model()


def _load_pyfunc(path: str) -> TextColumns:
    """Return the model of a path; the name is MLflow's."""
    import mlflow.onnx

    return TextColumns(mlflow.onnx._load_pyfunc(path))
