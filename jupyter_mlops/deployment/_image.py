"""What an image is built of: the endpoint's server as source, the model, pinned libraries, and a Dockerfile.

The server's folder is asked one row here, in a process that knows nothing of this package, before it goes anywhere.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..entities import Bundle
from ..exceptions import ExportError
from ._example import Value, example_feeds
from ._folder import Draft
from ._requirements import locked
from ._session import session_of

PORT, USER = 8080, 10001
_SERVER = Path(__file__).parent / "serving"
_PATIENCE_S = 60.0

_DOCKERFILE = """\
FROM python:{python}-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# All of them are listed, so that pip has nothing to choose. This is the only step that needs a network.
COPY requirements.txt .
RUN pip install --no-cache-dir --no-deps --root-user-action=ignore -r requirements.txt

COPY --chown={user}:{user} serving/ serving/
COPY --chown={user}:{user} {files} ./

USER {user}:{user}
EXPOSE {port}
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \\
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:{port}/v2/health/ready', timeout=2)"]
ENTRYPOINT ["python", "-m", "serving"]
CMD ["--model", "model.onnx", "--name", "{name}", "--sha256", "{sha256}", "--host", "0.0.0.0", "--port", "{port}"]
"""

_IGNORED = "*\n!requirements.txt\n!model.onnx\n!weights-*.data\n!serving\n**/__pycache__\n"

_ASK = """\
import json, sys
import numpy as np
sys.path.insert(0, ".")
from serving import ServedModel
model = ServedModel.load("model.onnx", "model", "1", sys.argv[1])
kinds = {tensor.name: object if tensor.type == "str" else tensor.type for tensor in model.signature.inputs}
given = json.loads(sys.stdin.read())
answers = model.run({name: np.array(values, dtype=kinds[name]) for name, values in given.items()})
print(json.dumps({name: values.tolist() for name, values in answers.items()}))
"""


def write_image(draft: Draft, bundle: Bundle, name: str, example: tuple[Value, ...], folder: str = "") -> str:
    """Write all that an image is built of into a folder of a draft; return what was verified, as a sentence.

    Raises
    ------
    ExportError
        The server of the folder does not answer as the model does.
    MissingExtraError
        A library that the server needs is not installed, so that no version of it was verified.
    """
    draft.write(f"{folder}Dockerfile", dockerfile(bundle, name), "the image: slim Python, no root, a health check")
    draft.write(f"{folder}.dockerignore", _IGNORED, "what the image does not get")
    pins = "\n".join(locked("numpy", "onnxruntime", "tornado")) + "\n"
    draft.write(f"{folder}requirements.txt", pins, "all libraries of the image, in the versions of this environment")
    draft.copy_model(bundle, f"{folder}model.onnx")
    for path in sorted(_SERVER.glob("*.py")):
        draft.write(f"{folder}serving/{path.name}", path.read_bytes(), "the server, as source")
    return _verified(bundle, draft.path / folder, example)


def dockerfile(bundle: Bundle, name: str) -> str:
    """Return the Dockerfile of a model's image."""
    python = ".".join(platform.python_version_tuple()[:2]) if "rc" in platform.python_version() else _python()
    files = " ".join(["model.onnx", *filter(None, [bundle.weights])])
    return _DOCKERFILE.format(python=python, files=files, name=name, sha256=bundle.sha256, port=PORT, user=USER)


def _python() -> str:
    return platform.python_version().partition("+")[0]


def _verified(bundle: Bundle, folder: Path, example: tuple[Value, ...]) -> str:
    import numpy as np

    feeds = example_feeds(bundle.signature, 1, example)
    answers = _asked(bundle, folder, feeds)
    names = [tensor.name for tensor in bundle.signature.outputs]
    for name, told in zip(names, session_of(bundle).run(names, feeds), strict=True):
        same = np.array(answers[name], dtype=told.dtype).reshape(told.shape)
        if not np.array_equal(same, told, equal_nan=told.dtype.kind == "f"):
            raise ExportError(
                f"The server in the package answers {name!r} otherwise than the file. Nothing was written."
            )
    return (
        f"The server's source in the folder, with these libraries on Python {platform.python_version()}, "
        "answers a row as the file does."
    )


def _asked(bundle: Bundle, folder: Path, feeds: dict[str, Any]) -> dict[str, Any]:
    """Return what the server's source in a folder answers, asked in a process of its own."""
    given = json.dumps({name: values.tolist() for name, values in feeds.items()})
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-B", "-c", _ASK, bundle.sha256],
            cwd=folder,
            input=given,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise ExportError(f"The server in the package cannot answer: {last[:240]}") from None
    except subprocess.TimeoutExpired:
        raise ExportError(f"The server in the package did not answer within {_PATIENCE_S:.0f} s.") from None
    found: dict[str, Any] = json.loads(done.stdout)
    return found
