"""The libraries that a package needs, with all that these need, each in the version that was verified here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

from ..exceptions import MissingExtraError


def pinned(*names: str) -> tuple[str, ...]:
    """Return `name==version` of each, as installed here.

    Raises
    ------
    MissingExtraError
        One is not installed. `mlflow-skinny` stands for `mlflow`, whose version it has.
    """
    return tuple(f"{name}=={_version(name)}" for name in names)


def locked(*names: str) -> tuple[str, ...]:
    """Return `name==version` of these and of all that they need, sorted: nothing is left for pip to choose.

    Raises
    ------
    MissingExtraError
        One is not installed.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    wanted = [(name, "") for name in names]
    while wanted:
        name, extra = wanted.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found[name] = _version(name)
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                needed = canonicalize_name(requirement.name)
                wanted += [(needed, each) for each in ("", *requirement.extras)]
    return tuple(f"{name}=={version}" for name, version in sorted(found.items()))


def _version(name: str) -> str:
    for known in (name, f"{name}-skinny"):
        try:
            return distribution(known).version
        except PackageNotFoundError:
            continue
    raise MissingExtraError(
        f"{name} is not installed here, so no version of it was verified. Install jupyter_mlops[onnx]."
    )
