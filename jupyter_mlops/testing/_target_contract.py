"""What every target must do, as tests. Nothing in it knows where a package goes, only what a target promises."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from ..deployment import PackageWish, Target
from ..entities import Bundle, Package
from ..exceptions import ExportError, UsageError


class TargetContract:
    """Inherit it, and override `target` and `bundle`."""

    @pytest.fixture
    def target(self) -> Target:
        """The target under test; a subclass returns its own."""
        raise NotImplementedError

    @pytest.fixture
    def bundle(self, tmp_path: Path) -> Bundle:
        """A model that can go there; a subclass makes it."""
        raise NotImplementedError

    @pytest.fixture
    def package(self, target: Target, bundle: Bundle, tmp_path: Path) -> Package:
        """The package of the model, called `wide` in the folder `made`."""
        return target.package(bundle, PackageWish(name="wide", directory=tmp_path / "made"))

    def test_it_says_every_file_and_what_it_is_for(self, target: Target, package: Package) -> None:
        """Only the record that the folder is ours goes without saying."""
        present = {
            path.relative_to(package.directory).as_posix() for path in package.directory.rglob("*") if path.is_file()
        }

        assert package.target == target.name
        assert {file.path for file in package.files} == present - {".jupyter-mlops-package.json"}
        assert all(file.about and "\n" not in file.about for file in package.files)

    def test_it_says_what_to_do_next_and_what_it_did_not_verify(self, package: Package) -> None:
        """A package is not an endpoint: somebody still has to start something."""
        assert package.commands
        assert package.notes
        assert all(text.strip() for text in (*package.commands, *package.checked, *package.notes))

    def test_nothing_of_the_way_there_is_left(self, package: Package) -> None:
        """Neither a temporary folder nor an older package."""
        siblings = {path.name for path in package.directory.parent.iterdir()}

        assert not [name for name in siblings if name.endswith((".tmp", ".old"))]

    def test_the_bundle_is_only_read(self, bundle: Bundle, package: Package) -> None:
        """Its file is what it was."""
        assert package.files
        assert hashlib.sha256(bundle.path.read_bytes()).hexdigest() == bundle.sha256

    def test_what_it_made_itself_it_may_replace(self, target: Target, bundle: Bundle, package: Package) -> None:
        """Packing again is no mistake."""
        wish = PackageWish(name="wide", directory=package.directory)

        assert target.package(bundle, wish).files == package.files

    def test_what_somebody_changed_stays(self, target: Target, bundle: Bundle, package: Package) -> None:
        """The message names the file."""
        changed = package.directory / package.files[0].path
        changed.write_bytes(b"mine")

        with pytest.raises(UsageError, match="was changed"):
            target.package(bundle, PackageWish(name="wide", directory=package.directory))
        assert changed.read_bytes() == b"mine"

    def test_a_model_that_is_not_the_one_that_was_checked_goes_nowhere(
        self, target: Target, bundle: Bundle, tmp_path: Path
    ) -> None:
        """And nothing is left behind."""
        other = replace(bundle, sha256="0" * 64)

        with pytest.raises(ExportError, match="changed"):
            target.package(other, PackageWish(name="wide", directory=tmp_path / "made"))
        assert not (tmp_path / "made").exists()
