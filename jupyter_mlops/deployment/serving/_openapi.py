"""The OpenAPI document of an endpoint, made from the model that it serves."""

from __future__ import annotations

from typing import Any

from ._limits import Limits
from ._model import ServedModel
from ._signature import Signature, Tensor

_JSON_TYPES = {"str": "string", "bool": "boolean"}
_REFUSED = {
    "400": "The request is not as the model has it; the message names column and row.",
    "413": "The body or the number of rows is beyond the limit.",
    "503": "Too much is worked on; Retry-After says when to come back.",
}


def document(model: ServedModel, limits: Limits) -> dict[str, Any]:
    """Return the document: every path, and what this very model takes and gives."""
    signature = model.signature
    paths: dict[str, Any] = {
        "/invocations": {"post": _invocations(signature, limits)},
        f"/v2/models/{model.name}/infer": {"post": _infer(signature)},
    }
    for path, said in (
        ("/v2", "What this server is."),
        ("/v2/health/live", "Whether there is a server."),
        ("/v2/health/ready", "Whether the model answers."),
        (f"/v2/models/{model.name}", "What the model takes and answers."),
        (f"/v2/models/{model.name}/ready", "Whether this model answers."),
        ("/ping", "Whether there is a model."),
        ("/version", "The version that answers."),
        ("/metrics", "Counts, as Prometheus reads them."),
    ):
        paths[path] = {"get": {"summary": said, "responses": {"200": {"description": "It is so."}}}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": model.name,
            "version": model.version,
            "description": "One ONNX model, served by jupyter-mlops.",
        },
        "paths": paths,
    }


def _invocations(signature: Signature, limits: Limits) -> dict[str, Any]:
    columns = {column: _kind(tensor) for tensor in signature.inputs for column in tensor.columns}
    record: dict[str, Any] = {"type": "object"}
    if signature.columns:
        record |= {"properties": columns, "required": list(columns), "additionalProperties": False}
    split = {
        "columns": {"type": "array", "items": {"type": "string"}},
        "data": {"type": "array", "items": {"type": "array"}},
    }
    forms = {
        "dataframe_records": {"type": "array", "items": record, "maxItems": limits.rows},
        "dataframe_split": {"type": "object", "properties": split, "required": ["data"]},
        "instances": {"type": "array", "maxItems": limits.rows},
        "inputs": {},
    }
    body = {
        "oneOf": [{"type": "object", "properties": {form: kind}, "required": [form]} for form, kind in forms.items()]
    }
    first, *others = signature.outputs
    properties: dict[str, Any] = {"predictions": _listed(first)}
    if others:
        properties["outputs"] = {"type": "object", "properties": {tensor.name: _listed(tensor) for tensor in others}}
    return _operation(
        "What the model says of rows, by column names.",
        {"application/json": {"schema": body}, "text/csv": {"schema": {"type": "string"}}},
        {"type": "object", "properties": properties, "required": ["predictions"]},
    )


def _infer(signature: Signature) -> dict[str, Any]:
    inputs = {"type": "array", "items": {"oneOf": [_tensor(tensor) for tensor in signature.inputs]}}
    outputs = {"type": "array", "items": {"oneOf": [_tensor(tensor) for tensor in signature.outputs]}}
    asked = {"type": "object", "properties": {"id": {"type": "string"}, "inputs": inputs}, "required": ["inputs"]}
    return _operation(
        "What the model says of tensors (Open Inference Protocol v2).",
        {"application/json": {"schema": asked}, "application/octet-stream": {"schema": {"type": "string"}}},
        {"type": "object", "properties": {"outputs": outputs}, "required": ["model_name", "outputs"]},
    )


def _operation(summary: str, content: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    well = {"description": "The answer.", "content": {"application/json": {"schema": answer}}}
    refused = {status: {"description": said} for status, said in _REFUSED.items()}
    return {
        "summary": summary,
        "requestBody": {"required": True, "content": content},
        "responses": {"200": well, **refused},
    }


def _tensor(tensor: Tensor) -> dict[str, Any]:
    shape = {
        "type": "array",
        "items": {"type": "integer"},
        "minItems": len(tensor.shape),
        "maxItems": len(tensor.shape),
    }
    said = {"name": {"const": tensor.name}, "datatype": {"const": tensor.datatype}, "shape": shape}
    return {
        "type": "object",
        "properties": {**said, "data": {"type": "array"}},
        "required": ["name", "datatype", "shape"],
    }


def _listed(tensor: Tensor) -> dict[str, Any]:
    kind = _kind(tensor)
    for _ in tensor.shape:
        kind = {"type": "array", "items": kind}
    return kind


def _kind(tensor: Tensor) -> dict[str, Any]:
    if tensor.type.startswith("float"):
        return {"type": ["number", "null"]}
    return {"type": _JSON_TYPES.get(tensor.type, "integer")}
