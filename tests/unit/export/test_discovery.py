"""Converters that others install: by an entry point, before ours, and named where none is the right one."""

import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlops._installed import installed as installed_points
from jupyter_mlops.exceptions import ExportError, UsageError
from jupyter_mlops.export import _discovery as discovery
from jupyter_mlops.export import converter_names, load_converter
from jupyter_mlops.export._discovery import converter_for
from jupyter_mlops.export._protocol import Conversion, Variant

CODE = """
class Jax:
    name = "jax"
    def suits(self, model):
        return hasattr(model, "layers")

class Everything(Jax):
    name = "sklearn"
    def suits(self, model):
        return True
"""


@pytest.fixture
def install(tmp_path, make_module):
    """Install a package with entry points, which need not lead anywhere."""

    def install(points: dict[str, str], package: str = "by_others") -> None:
        told = tmp_path / f"{package}-1.dist-info"
        told.mkdir()
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
        lines = [f"{name} = {target}" for name, target in points.items()]
        (told / "entry_points.txt").write_text("\n".join([f"[{discovery.GROUP}]", *lines, ""]))
        installed_points.cache_clear()

    make_module("converters_by_others", CODE)
    yield install
    installed_points.cache_clear()


class Network:
    layers = ()


def test_a_package_adds_a_converter_by_its_entry_point(install):
    install({"jax": "converters_by_others:Jax"})

    assert converter_names() == ("ebm", "jax", "keras", "lightgbm", "sklearn", "torch", "xgboost")
    assert converter_for(Network()).name == load_converter("jax").name == "jax"
    assert type(converter_for(LogisticRegression())).__name__ == "SklearnConverter"


def test_one_that_is_called_as_ours_stands_in_its_place(install):
    install({"sklearn": "converters_by_others:Everything"})

    assert converter_names() == ("ebm", "keras", "lightgbm", "sklearn", "torch", "xgboost")
    assert type(converter_for(LogisticRegression())).__name__ == "Everything"


def test_a_package_that_is_not_asked_for_is_not_imported(install):
    install({"broken": "no_such_module_anywhere:Converter"})

    assert converter_names() == ("broken", "ebm", "keras", "lightgbm", "sklearn", "torch", "xgboost")
    assert load_converter("sklearn").name == "sklearn"


@pytest.mark.parametrize("target", ["no_such_module_anywhere:Converter", "converters_by_others:Missing"])
def test_an_installed_converter_that_cannot_be_loaded_is_told_by_name(install, target):
    """It would come before ours, and then no model could be exported: the package is to blame, and is named."""
    install({"broken": target})

    with pytest.raises(UsageError, match=r"^The converter 'broken' of by_others cannot be loaded: .*Mend or uninstall"):
        converter_for(LogisticRegression())


@pytest.mark.parametrize("name", ["", "SKLEARN", "jax", "sklearn "])
def test_a_name_is_meant_exactly(name):
    with pytest.raises(UsageError) as refused:
        load_converter(name)
    assert str(refused.value) == f"No converter named {name!r}. Known: ebm, keras, lightgbm, sklearn, torch, xgboost."


@pytest.mark.parametrize(
    "model", [None, 5, Network(), LogisticRegression, lambda X: X], ids=lambda model: repr(model)[:20]
)
def test_what_nobody_knows_is_told_with_its_class(model):
    kind = f"{type(model).__module__}.{type(model).__qualname__}"
    with pytest.raises(ExportError) as refused:
        converter_for(model)
    assert str(refused.value).startswith(
        f"No converter knows {kind}. Known: ebm, keras, lightgbm, sklearn, torch, xgboost. Boosters go by "
    )


def test_a_subclass_in_the_notebook_goes_by_its_base():
    assert converter_for(type("Mine", (LogisticRegression,), {})()).name == "sklearn"


def test_variants_are_values_and_cannot_be_changed():
    assert Variant(name="double", precision="float64") == Variant(name="double", precision="float64")
    assert len({Variant(name="a"), Variant(name="a"), Variant(name="a", whole_numbers=False)}) == 2
    with pytest.raises(AttributeError):
        Variant(name="a").precision = "float64"


def test_a_conversion_asks_for_the_newest_unless_it_says_otherwise():
    conversion = Conversion(model=Network(), inputs=(), variant=Variant(name="a"))

    assert (conversion.opset, conversion.variant.precision, conversion.variant.needs) == (None, "float32", "")
