"""What other packages add by entry points: looked up once a group, and named when it cannot be loaded."""

from importlib.metadata import EntryPoint

import pytest

from jupyter_mlops._installed import installed, made_by
from jupyter_mlops.exceptions import UsageError


def test_the_groups_are_those_of_the_packages_that_are_installed():
    assert "local" in installed("jupyter_mlops.launchers")
    assert installed("jupyter_mlops.nothing") == {}


def test_what_a_class_gives_is_returned():
    assert made_by(EntryPoint("empty", "collections:Counter", "group"), "converter") == {}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("no_such_module_here:Thing", "ModuleNotFoundError: No module named 'no_such_module_here'"),
        ("collections:NoSuchClass", "AttributeError: module 'collections' has no attribute 'NoSuchClass'"),
        ("pathlib:os", "TypeError: 'module' object is not callable"),
    ],
    ids=["module", "class", "no class"],
)
def test_what_cannot_be_loaded_is_named_with_its_reason(target, said):
    point = EntryPoint("theirs", target, "group")
    with pytest.raises(UsageError) as caught:
        made_by(point, "method")

    assert str(caught.value) == (
        f"The method 'theirs' of a package cannot be loaded: {said}. Mend or uninstall that package."
    )
