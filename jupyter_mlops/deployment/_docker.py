"""A folder that an image is built of; built and looked at here where an engine answers."""

from __future__ import annotations

import json
import shlex

from ..entities import Bundle, OnnxSignature, Package
from ._engine import Engine
from ._example import Value, example_feeds
from ._folder import drafted
from ._image import PORT, write_image
from ._names import dns_label
from ._protocol import PackageWish

_README = """\
# {name}

A container with an ONNX model and nothing else of its maker's code: `serving/` answers HTTP with tornado, NumPy and
onnxruntime. It runs as a user without rights, needs no network, and writes nothing.

```console
{commands}
```

It speaks the Open Inference Protocol v2 (`/v2/models/{name}/infer`) and MLflow's `/invocations`; `/openapi.json`
describes both, `/v2/health/ready` and `/v2/health/live` are for whoever watches it, `/metrics` is for Prometheus. With
ENDPOINT_SECRET in its environment it demands this of clients.

`requirements.txt` has all libraries in the versions that were verified. For hashes:
`pip-compile --generate-hashes --output-file requirements.txt requirements.txt`.
"""


class DockerTarget:
    """Packs what an image is built of."""

    name = "docker"

    def package(self, bundle: Bundle, wish: PackageWish) -> Package:
        """Write Dockerfile, server, model and pinned libraries; build the image where an engine answers.

        Raises
        ------
        ExportError
            The server in the folder does not answer as the model does.
        MissingExtraError
            A library that the server needs is not installed.
        UsageError
            The folder cannot be written.
        """
        name = dns_label(wish.name)
        tag = f"{name}:{bundle.sha256[:12]}"
        folder = shlex.quote(str(wish.directory))
        ask = request(bundle.signature, wish.example)
        commands = (
            f"docker build -t {tag} {folder}",
            f"docker run --rm --read-only -p 127.0.0.1:{PORT}:{PORT} {tag}",
            f"curl -s localhost:{PORT}/v2/models/{name}/infer -d {shlex.quote(ask)}",
        )
        with drafted(wish.directory, self.name) as draft:
            checked = [write_image(draft, bundle, name, wish.example)]
            draft.write("README.md", _README.format(name=name, commands="\n".join(commands)), "how to build and ask it")
            files = draft.files
        notes = ["requirements.txt has versions without hashes: this environment does not keep those of the wheels."]
        engine = Engine.found()
        if engine is None:
            notes.append("Not built here: no container engine answers.")
        else:
            problem = engine.built(wish.directory, tag)
            problem = f"could not be built: {problem}" if problem else engine.healthy(tag)
            told = (
                f"The image {tag} was built, and got healthy without a network and with a root that cannot be written."
            )
            (notes if problem else checked).append(f"The image {tag} is not well: {problem}" if problem else told)
        return Package(
            target=self.name,
            name=name,
            directory=wish.directory,
            files=files,
            commands=commands,
            checked=tuple(checked),
            notes=tuple(notes),
        )


def request(signature: OnnxSignature, example: tuple[Value, ...]) -> str:
    """Return a request of the Open Inference Protocol for the example row."""
    feeds = example_feeds(signature, 1, example)
    inputs = [
        {
            "name": tensor.name,
            "shape": list(feeds[tensor.name].shape),
            "datatype": _datatype(tensor.type),
            "data": feeds[tensor.name].ravel().tolist(),
        }
        for tensor in signature.inputs
    ]
    return json.dumps({"inputs": inputs}, ensure_ascii=False)


def _datatype(kind: str) -> str:
    return {"float32": "FP32", "float64": "FP64", "float16": "FP16", "str": "BYTES"}.get(kind, kind.upper())
