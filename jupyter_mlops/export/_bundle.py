"""A file as a bundle: looked at as everything that comes from elsewhere, and asked what it says of itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..entities import Bundle
from ._files import check_onnx, check_onnx_file
from ._signature import KEY, signature_of

_OURS = "jupyter_mlops."


def open_bundle(path: str | Path, label: str = "") -> Bundle:
    """Return the bundle that a file is.

    Raises
    ------
    ExportError
        It is a link, has other names, keeps data elsewhere, or is no valid ONNX.
    """
    place = Path(path).expanduser()
    pieces = check_onnx_file(place)
    proto = check_onnx(pieces, str(path))
    facts = {
        entry.key.removeprefix(_OURS): entry.value
        for entry in proto.metadata_props
        if entry.key.startswith(_OURS) and entry.key != KEY
    }
    return Bundle(
        path=place.absolute(),
        sha256=hashlib.sha256(pieces.graph).hexdigest(),
        weights=pieces.name,
        signature=signature_of(proto),
        label=label or place.stem,
        run_id=facts.get("run_id", ""),
        facts=facts,
    )
