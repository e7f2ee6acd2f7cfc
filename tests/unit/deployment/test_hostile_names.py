"""Models and columns that are called as nobody should call them, in every package: valid there, and no two the same."""

import json
import re
import unicodedata

import numpy as np
import pytest
from endpoint_models import bundle, column, echo, total
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.deployment import PackageWish, load_target
from jupyter_mlops.deployment._csharp import identifiers, summary, text_literal
from jupyter_mlops.deployment._names import dns_label, file_name
from jupyter_mlops.entities import OnnxTensor

NAMES = {
    "keyword": "class",
    "unicode": "größe ÷ łódź",
    "emoji": "🙂🙂",
    "long": "x" * 300,
    "quotes": "a \"b\" 'c' `d` $(id) ${HOME}",
    "newline": "two\nlines\r\n\tand a tab",
    "path": "../../etc/passwd",
    "dots": "..",
    "option": "--rm -v /:/host",
    "template": "{name} {{x}} %s",
    "digits": "2024",
    "xml": "</Project><!-- ",
    "null word": "null",
    "nothing": "   ",
}
COLUMNS = (
    "class",
    "Class",
    "a b",
    "a_b",
    'q"uote',
    "two\nlines",
    "größe",
    "🙂",
    "x" * 300,
    "2nd",
    "\\",
    "{0}",
    "*/",
    "model/X",
)


@pytest.mark.parametrize("label", NAMES)
@pytest.mark.parametrize("target", ["triton", "dotnet", "kubernetes"])
def test_a_model_of_any_name_is_packed_where_the_wish_says(tmp_path, label, target):
    model = bundle(tmp_path, total())
    package = load_target(target).package(model, PackageWish(name=NAMES[label], directory=tmp_path / "out"))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.onnx", "out"]
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}", package.name)
    assert {file.path for file in package.files} == {
        path.relative_to(tmp_path / "out").as_posix()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file() and not path.name.startswith(".jupyter-mlops")
    }
    assert not any("\n" in command for command in package.commands)


@pytest.mark.parametrize("target", ["docker", "kubernetes", "triton", "dotnet", "mlflow"])
def test_columns_may_be_called_anything_in_every_package(tmp_path, target):
    model = bundle(tmp_path, total(COLUMNS))
    package = load_target(target).package(model, PackageWish(name="sums", directory=tmp_path / "out"))

    assert package.name == "sums"
    assert package.files


@pytest.mark.parametrize("kind", ["float32", "float64", "int64", "bool", "str"])
@pytest.mark.parametrize("target", ["docker", "triton", "dotnet", "mlflow"])
def test_inputs_of_every_type_and_name_are_packed(tmp_path, target, kind):
    names = ("class", 'q"uote', "two\nlines", "größe", "🙂", "model/class", "with space")
    model = bundle(tmp_path, echo(*(column(name, kind) for name in names)))
    package = load_target(target).package(model, PackageWish(name="echo", directory=tmp_path / "out"))
    assert (tmp_path / "out").is_dir()
    assert package.target == target


def test_mlflow_packs_a_column_that_is_called_as_something_inside_the_model(tmp_path):
    model = bundle(tmp_path, total(("model/X", "model/:column", "model/sum")))
    package = load_target("mlflow").package(model, PackageWish(name="sums", directory=tmp_path / "out"))
    assert "to the last bit" in package.checked[0]


def test_three_hundred_inputs_are_as_good_as_three(tmp_path):
    model = bundle(tmp_path, echo(*(column(f"c{number}", "float32") for number in range(300))))
    load_target("triton").package(model, PackageWish(name="wide", directory=tmp_path / "triton"))
    load_target("dotnet").package(model, PackageWish(name="wide", directory=tmp_path / "dotnet"))

    config = (tmp_path / "triton/wide/config.pbtxt").read_text()
    source = (tmp_path / "dotnet/Model.cs").read_text()
    assert (config.count("input {"), config.count("output {")) == (300, 300)
    assert len(re.findall(r"public float C\d+ \{ get; init; \}", source)) == 300


def properties(source, which):
    """The properties that a C# class has, in order."""
    body = source.partition(f"public sealed class {which}\n{{")[2].partition("\n}\n")[0]
    return re.findall(r"    public [\w\[\]]+ (\w+) \{ get; init; \}", body)


def test_a_row_in_csharp_has_a_property_of_its_own_for_each_column(tmp_path):
    model = bundle(tmp_path, total(COLUMNS))
    load_target("dotnet").package(model, PackageWish(name="sums", directory=tmp_path / "out"))
    names = properties((tmp_path / "out/Model.cs").read_text(), "ModelInput")

    assert len(names) == len(set(names)) == len(COLUMNS)
    assert names[:4] == ["Class", "Class2", "AB", "AB2"]
    assert all(name.isidentifier() for name in names)


# --- names

CSHARP = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Mn", "Mc", "Nd", "Pc"}
"""Categories of the letters of an identifier."""


@given(st.text(max_size=400))
def test_any_text_is_a_label_of_dns(text):
    label = dns_label(text)
    assert re.fullmatch(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", label)
    assert dns_label(label) == label


@given(st.text(max_size=400))
def test_any_text_is_the_name_of_a_folder(text):
    name = file_name(text)
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", name)
    assert name.strip(".") == name


@given(st.lists(st.text(max_size=30), max_size=12))
def test_any_texts_are_identifiers_and_no_two_the_same(texts):
    names = identifiers(texts)
    assert len(set(names)) == len(names) == len(texts)
    for name in names:
        assert {unicodedata.category(letter) for letter in name} <= CSHARP, name
        assert unicodedata.normalize("NFC", name) == name
        assert not name[0].isdigit()
        assert max(map(ord, name)) < 0x10000, "C# has no letters beyond the basic plane in a name"


@given(st.text(max_size=60))
def test_a_text_in_csharp_is_one_line_and_what_it_was(text):
    literal, line = text_literal(text), summary(text)
    assert json.loads(literal) == text
    assert literal.isascii()
    assert len(literal.splitlines()) == len(line.splitlines()) == 1
    assert line.count("<") == 2


def test_a_tensor_without_rows_is_no_batch_for_triton(tmp_path):
    fixed = OnnxTensor(name="x", type="float32", shape=(4, 2))
    model = bundle(tmp_path, echo(fixed))
    load_target("triton").package(model, PackageWish(name="fixed", directory=tmp_path / "out"))
    config = (tmp_path / "out/fixed/config.pbtxt").read_text()

    assert "max_batch_size: 0" in config
    assert config.count("dims: [ 4, 2 ]") == 2
    assert "dynamic_batching" not in config


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.0, 1e-45, 3.4e38])
def test_a_row_of_odd_numbers_is_an_example_like_any_other(tmp_path, value):
    model = bundle(tmp_path, total())
    wish = PackageWish(name="sums", directory=tmp_path / "out", example=(float(value), 1.0, 2.0))
    load_target("dotnet").package(model, wish)
    (line,) = re.findall(r"    A = (.*),", (tmp_path / "out/Program.cs").read_text())

    words = {"float.NaN": np.nan, "float.PositiveInfinity": np.inf}
    assert np.array_equal(words.get(line) or float(line.removesuffix("f")), value, equal_nan=True)
