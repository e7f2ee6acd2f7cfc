"""`/v2/...`: the paths of the Open Inference Protocol."""

from __future__ import annotations

from typing import Any

from ._errors import RequestError
from ._handlers import EndpointHandler
from ._inference import HEADER, answer, read_question
from ._signature import Tensor


class ServerHandler(EndpointHandler):
    """`/v2`: what this server is."""

    def get(self) -> None:
        """Return name, version and extensions."""
        self.answer({"name": "jupyter-mlops", "version": "2", "extensions": ["binary_tensor_data"]})


class LiveHandler(EndpointHandler):
    """`/v2/health/live`."""

    def get(self) -> None:
        """Say that there is a server."""
        self.answer({"live": True})


class ReadyHandler(EndpointHandler):
    """`/v2/health/ready`: whoever reaches it finds a model, because the server listens no sooner."""

    def get(self) -> None:
        """Say that the model answers."""
        self.answer({"ready": True})


class ModelHandler(EndpointHandler):
    """A path of the model; `demand` refuses another model or version."""

    def demand(self, name: str, version: str | None) -> None:
        """Refuse what is not served.

        Raises
        ------
        RequestError
            There is no such model, or it is served in another version.
        """
        model = self.serving.model
        if name != model.name:
            raise RequestError(f"There is no model {name[:80]!r} here, only {model.name!r}.", 404)
        if version is not None and version != model.version:
            raise RequestError(f"{name} is served in version {model.version}, not {version[:80]!r}.", 404)


class MetadataHandler(ModelHandler):
    """`/v2/models/NAME`: what it takes and answers."""

    def get(self, name: str, version: str | None = None) -> None:
        """Return the signature."""
        self.demand(name, version)
        model = self.serving.model
        self.answer(
            {
                "name": model.name,
                "versions": [model.version],
                "platform": "onnxruntime_onnx",
                "inputs": [_described(tensor) for tensor in model.signature.inputs],
                "outputs": [_described(tensor) for tensor in model.signature.outputs],
            }
        )


class ModelReadyHandler(ModelHandler):
    """`/v2/models/NAME/ready`."""

    def get(self, name: str, version: str | None = None) -> None:
        """Say that this model answers."""
        self.demand(name, version)
        self.answer({"name": name, "ready": True})


class InferHandler(ModelHandler):
    """`/v2/models/NAME/infer`."""

    kind = "infer"

    async def post(self, name: str, version: str | None = None) -> None:
        """Return the model's answer to tensors."""
        body = self.body()
        self.demand(name, version)
        batcher = self.serving.batcher
        length = self.request.headers.get(HEADER)
        question = read_question(body, length, batcher.model.signature, self.serving.limits.rows)
        found = await batcher.run(question.feeds, is_alone=self.is_alone)
        self.rows = question.feeds.rows
        said, json_bytes = answer(question, batcher.model, found)
        self.set_header("Content-Type", "application/json" if json_bytes is None else "application/octet-stream")
        if json_bytes is not None:
            self.set_header(HEADER, str(json_bytes))
        self.finish(said)


def _described(tensor: Tensor) -> dict[str, Any]:
    shape = [-1 if size is None else size for size in tensor.shape]
    said: dict[str, Any] = {"name": tensor.name, "datatype": tensor.datatype, "shape": shape}
    if tensor.columns:
        said["parameters"] = {"columns": list(tensor.columns)}
    return said
