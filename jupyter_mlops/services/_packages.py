"""`mlops.package`: a run's or a file's model as a folder for elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..entities import Bundle, Package
from ._bundles import bundle_of
from ._default import current_service
from ._edge import python_edge
from ._endpoints._rows import example_of
from ._run import Run

if TYPE_CHECKING:
    from ..deployment import Value
    from ._service import RunService


@python_edge
def package(
    what: str | Path | Run, to: str, directory: str | Path | None = None, *, name: str = "", X: Any = None
) -> Package:
    """Pack a checked model for elsewhere, and return what is in the folder.

    Parameters
    ----------
    what : str, Path or Run
        A run or a reference to one, such as `best`; or an ONNX file.
    to : str
        The target: `docker`, `kubernetes`, `triton`, `dotnet`, `mlflow`, or one that a package adds.
    directory : path, optional
        The folder; the name with the target behind it unless given. One that we wrote and nobody changed is replaced.
    name : str
        Of the model there; its own unless given.
    X : DataFrame, array or list of str, optional
        Real rows: needed where the run was not exported yet. The first is the example in the package.

    Raises
    ------
    UsageError
        There is no such target, or the folder is not ours.
    ExportError
        The model cannot be exported as the same model, or cannot go there.

    Examples
    --------
    >>> package("best", "triton", name="cancer").commands[0]
    'docker run --rm ...'
    """
    return package_for(current_service(), what, to, directory=directory, name=name, X=X)


def package_for(
    runs: RunService,
    what: str | Path | Run,
    to: str,
    *,
    directory: str | Path | None,
    name: str,
    X: Any,
    has_example: bool = True,
) -> Package:
    """Pack a model; see `package`. No row of X goes into the folder without `has_example`."""
    from ..deployment import PackageWish, load_target

    target = load_target(to)
    bundle = bundle_of(runs, what, X)
    called = name or bundle.label
    place = Path(directory or f"{_plain(called)}-{target.name}").expanduser()
    return target.package(
        bundle, PackageWish(name=called, directory=place, example=_example(bundle, X) if has_example else ())
    )


def _plain(name: str) -> str:
    return (
        "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name).strip(".-")[:80] or "model"
    )


def _example(bundle: Bundle, X: Any) -> tuple[Value, ...]:
    """Return the first row in the order of the model's columns; nothing where a value is missing."""
    found = example_of(X, bundle.signature)
    values = [found.get(column) for tensor in bundle.signature.inputs for column in tensor.columns]
    return () if None in values else tuple(value for value in values if value is not None)
