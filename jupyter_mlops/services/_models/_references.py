"""From what a person writes for a registered model to the version.

```
M = NAME          the newest version
  | NAME/3        that version
  | NAME@champion the version that the alias means
  | models:/M     the same, where a run might be meant otherwise; MLflow's own words
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ...entities import ModelVersion, RegisteredModel
from ...exceptions import ModelNotFoundError, UsageError

SCHEME = "models:/"
LONGEST_NAME, LONGEST_TEXT = 256, 5_000
_ALIAS = re.compile(r"[\w-]{1,255}")
_RESERVED = re.compile(r"latest|v\d+", re.IGNORECASE)


@dataclass(frozen=True)
class ModelReference:
    """A reference, split: at most one of `version` and `alias` is given."""

    name: str
    version: int | None = None
    alias: str = ""

    @classmethod
    def parse(cls, text: str) -> ModelReference:
        """Return what a text says, without looking whether there is such a model.

        Raises
        ------
        UsageError
            It is no reference.
        """
        plain = text.strip().removeprefix(f"{SCHEME}/").removeprefix(SCHEME)
        name, slash, version = plain.rpartition("/")
        if slash and version.isdecimal() and len(version) < 10:
            return cls(demand_name(name), version=int(version))
        if slash and version == "latest":
            return cls(demand_name(name))
        name, at, alias = plain.rpartition("@")
        if at and _ALIAS.fullmatch(alias):
            return cls(demand_name(name), alias=alias)
        return cls(demand_name(plain))

    def find(self, models: Iterable[RegisteredModel]) -> tuple[RegisteredModel, ModelVersion]:
        """Return the model and the version among some models.

        Raises
        ------
        ModelNotFoundError
            There is none, or not that version or alias.
        """
        found = list(models)
        model = next((model for model in found if model.name == self.name), None)
        if model is None:
            raise ModelNotFoundError(f"No model {self.name[:80]!r} is registered.{_similar(self.name, found)}")
        wanted = self.version if not self.alias else model.aliases.get(self.alias, -1)
        for version in model.versions:
            if wanted is None or version.version == wanted:
                return model, version
        known = ", ".join(f"@{alias}" for alias in sorted(model.aliases)) or "none"
        if self.alias:
            raise ModelNotFoundError(f"{self.name} has no alias {self.alias}. Its aliases: {known}.")
        if not model.versions:
            raise ModelNotFoundError(f"{self.name} has no versions. Register a run: %models register RUN {self.name}")
        newest = model.versions[0].version
        raise ModelNotFoundError(f"{self.name} has no version {self.version}. The newest is {newest}.")


def is_whole_model(reference: str) -> bool:
    """Return whether a reference is a name alone, which means the model, where that can be."""
    parsed = ModelReference.parse(reference)
    return parsed == ModelReference(parsed.name) and not reference.rstrip().endswith("/latest")


def demand_name(name: str) -> str:
    """Return a model's name.

    Raises
    ------
    UsageError
        It is none that a reference can say.
    """
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise UsageError(f"{name[:60]!r} is no name of a model: write 1 to {LONGEST_NAME} characters.")
    if any(letter in name for letter in "/:@") or name in (".", ".."):
        raise UsageError(f"{name[:60]!r} is no name of a model: it has no / : or @, which say versions and aliases.")
    return name


def demand_alias(alias: str) -> str:
    """Return an alias.

    Raises
    ------
    UsageError
        It is none that MLflow takes.
    """
    if not _ALIAS.fullmatch(alias) or _RESERVED.fullmatch(alias):
        raise UsageError(
            f"{alias[:60]!r} is no alias: write letters, digits, - and _, such as champion; not latest, and not v3."
        )
    return alias


def demand_text(text: str) -> str:
    """Return a description.

    Raises
    ------
    UsageError
        It is too long for a registry.
    """
    if len(text) > LONGEST_TEXT:
        raise UsageError(f"A description has at most {LONGEST_TEXT:,} characters; this one has {len(text):,}.")
    return text


def _similar(name: str, models: list[RegisteredModel]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, [model.name for model in models], n=3)
    return f" Did you mean {' or '.join(map(repr, close))}?" if close else " %models lists those that are."
