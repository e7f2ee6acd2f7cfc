"""A C# project: parsed by a C# grammar for every kind of signature, compiled where dotnet is, names always valid."""

import re
import shutil
import subprocess
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.deployment import PackageWish, load_target
from jupyter_mlops.deployment._csharp import identifiers, literal, summary, text_literal
from jupyter_mlops.deployment._dotnet import _Source
from jupyter_mlops.entities import Bundle, OnnxSignature, OnnxTensor
from jupyter_mlops.exceptions import ExportError

KEYWORDS = ("class", "int", "string", "namespace", "new", "object", "params", "static", "void", "event", "this", "null")


def problems(source):
    """What a C# grammar does not understand."""
    tree_sitter = pytest.importorskip("tree_sitter", reason="it reads C# where there is no compiler")
    grammar = pytest.importorskip("tree_sitter_c_sharp", reason="it reads C# where there is no compiler")
    tree = tree_sitter.Parser(tree_sitter.Language(grammar.language())).parse(source.encode())
    found, nodes = [], [tree.root_node]
    while nodes:
        node = nodes.pop()
        if node.is_error or node.is_missing:
            found.append((node.start_point[0] + 1, source.splitlines()[node.start_point[0]]))
        nodes += node.children
    return found


@pytest.fixture
def packed(bundles, tmp_path):
    def pack(kind, **fields):
        wish = PackageWish(name=f"wide {kind}", directory=tmp_path / kind, **fields)
        return load_target("dotnet").package(bundles[kind], wish)

    return pack


def test_every_kind_is_c_sharp(bundle, packed):
    package = packed(bundle.label)
    for name in ("Model.cs", "Program.cs"):
        assert problems((package.directory / name).read_text()) == []
    assert [file.path for file in package.files] == [
        f"wide_{bundle.label}.csproj",
        "Model.cs",
        "Program.cs",
        "model.onnx",
    ]


def test_the_grammar_would_notice():
    assert problems("public class A { int = ; }") != []


def test_the_project_names_the_runtime_that_was_verified(packed):
    import onnxruntime

    package = packed("frame")
    project = ElementTree.parse(package.directory / "wide_frame.csproj").getroot()
    assert project.findtext("PropertyGroup/TargetFramework") == "net8.0"
    assert project.find("ItemGroup/PackageReference").attrib == {
        "Include": "Microsoft.ML.OnnxRuntime",
        "Version": onnxruntime.__version__,
    }
    assert any("Not compiled here" in note for note in package.notes)
    assert package.checked == ()


def properties(text, of):
    body = text.split(f"class {of}\n")[1].split("\n}\n")[0]
    return re.findall(r"public (?:static readonly )?(\S+) (\S+) ", body)


def test_rows_and_answers_are_typed_by_the_signature(packed):
    text = (packed("mixed").directory / "Model.cs").read_text()
    assert properties(text, "ModelInput") == [("float", "Age"), ("long", "Children"), ("string", "Town")]
    assert properties(text, "ModelOutput") == [
        ("string", "Predict"),
        ("float[]", "PredictProba"),
        ("string[]", "PredictProbaClasses"),
    ]
    assert 'PredictProbaClasses = { "no", "yes" };' in text


def test_rows_without_names_are_an_array_of_one_length(packed):
    text = (packed("array").directory / "Model.cs").read_text()
    assert properties(text, "ModelInput") == [("float[]", "X")]
    assert 'Checked(rows[row].X, 2, "X").CopyTo(input0.Buffer.Span.Slice(row * 2, 2));' in text
    assert "Checked" not in (packed("frame").directory / "Model.cs").read_text()


def test_the_program_asks_the_users_row(packed):
    text = (packed("mixed", example=(41.5, 2, 'Kö"ln')).directory / "Program.cs").read_text()
    assert '    Age = 41.5f,\n    Children = 2L,\n    Town = "K\\u00f6\\"ln",\n' in text


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["mean radius", "mean_radius", "Mean Radius"], ["MeanRadius", "MeanRadius2", "MeanRadius3"]),
        (["2nd", "_x", "a.b-c"], ["_2nd", "X", "ABC"]),
        (list(KEYWORDS[:3]), ["Class", "Int", "String"]),
        (["née", "温度", "🙂", ""], ["Née", "温度", "Column", "Column2"]),
        (["ModelInput", "get type", "ToString"], ["ModelInput2", "GetType2", "ToString2"]),
        (["a2", "a", "A"], ["A2", "A", "A3"]),
    ],
)
def test_columns_become_properties(texts, names):
    assert identifiers(texts) == names


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_columns_become_valid_and_different_properties(texts):
    names = identifiers(texts)
    assert len(set(names)) == len(texts)
    assert not set(names) & {*KEYWORDS, "Equals", "GetHashCode", "ModelInput", "ModelOutput"}
    for name in names:
        kinds = [unicodedata.category(letter) for letter in name]
        assert kinds[0] in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nl") or name[0] == "_"
        assert set(kinds) <= {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Mn", "Mc", "Nd", "Pc"}
        assert all(ord(letter) < 0x10000 for letter in name)


def bundle_with(tmp_path, columns, classes=()):
    tensor = OnnxTensor(name="X", type="float32", shape=(None, len(columns)), columns=tuple(columns))
    told = OnnxTensor(name="p", type="float32", shape=(None, max(1, len(classes))), columns=tuple(classes))
    signature = OnnxSignature(inputs=(tensor,), outputs=(told,))
    return Bundle(path=tmp_path / "m.onnx", sha256="0" * 64, signature=signature, facts={})


NASTY = ["class", "a<b>&", 'say "hi"', "two\nlines", "*/", "\u2028", "\\", "{x}", "née", "🙂", "\u202e", "\ud800"]


def test_nasty_names_stay_in_their_place(tmp_path):
    source = _Source.of(bundle_with(tmp_path, NASTY, NASTY))
    assert problems(source.model()) == []
    assert problems(source.program(())) == []
    assert len(source.model().splitlines()) == len(
        _Source.of(bundle_with(tmp_path, [str(n) for n in range(12)], NASTY)).model().splitlines()
    )


@given(st.text(max_size=20))
def test_a_summary_is_one_line_of_xml(text):
    line = summary(text)
    assert len(line.splitlines()) == 1
    assert ElementTree.fromstring(line.removeprefix("/// ")).tag == "summary"


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [
        (0.1, "float32", "0.1f"),
        (1e-05, "float64", "1e-05d"),
        (float("inf"), "float32", "float.PositiveInfinity"),
        (float("-inf"), "float64", "double.NegativeInfinity"),
        (float("nan"), "float32", "float.NaN"),
        (-(2**63), "int64", "-9223372036854775808L"),
        (7, "uint64", "7UL"),
        (7, "uint32", "7U"),
        (-7, "int8", "-7"),
        (False, "bool", "false"),
        ("a\n\u2028", "str", '"a\\n\\u2028"'),
    ],
)
def test_values_are_literals(value, kind, told):
    assert literal(value, kind) == told
    assert problems(f"class A {{ object B = {told}; }}") == []


@given(st.text())
def test_a_text_is_ascii_in_the_source(text):
    assert text_literal(text).isascii()
    assert "\n" not in text_literal(text)


@pytest.mark.parametrize(
    ("tensor", "told"),
    [
        (("x", "COMPLEX64", ["n", 2]), "C# has no type for 'x', which is complex64"),
        (("x", "FLOAT", ["n", "m"]), "'x' has no rows of one size"),
        (("x", "FLOAT", []), "'x' has no rows of one size"),
    ],
)
def test_what_has_no_class_is_refused(foreign, tmp_path, tensor, told):
    with pytest.raises(ExportError, match=told):
        load_target("dotnet").package(foreign(tensor), PackageWish(name="wide", directory=tmp_path / "made"))
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("kind", "word"), [("INT8", "sbyte"), ("UINT8", "byte"), ("INT16", "short"), ("UINT16", "ushort"), ("INT32", "int")]
)
def test_an_array_of_small_numbers_says_their_type(foreign, kind, word):
    """Without it C# takes them for an `int[]`, which is no other array."""
    source = _Source.of(foreign(("x", kind, ["n", 2])))
    assert f"    X = new {word}[] {{ 1, 2 }}," in source.program(()).splitlines()


def test_a_column_may_be_called_array(foreign):
    """A property hides what its class knows by the same name, so that nothing asks `Array` or `System` there."""
    source = _Source.of(foreign(("array", "FLOAT", ["n", 2]), ("system", "STRING", ["n", 3])))
    declared = [line.strip() for line in source.model().splitlines() if "init; }" in line]
    assert declared[:2] == [
        "public float[] Array { get; init; } = new float[0];",
        "public string[] System { get; init; } = new string[0];",
    ]


def test_images_are_arrays(foreign, tmp_path):
    bundle = foreign(("image", "UINT8", ["n", 2, 3]), ("ok", "BOOL", ["n"]))
    text = _Source.of(bundle).model()
    assert properties(text, "ModelInput") == [("byte[]", "Image"), ("bool", "Ok")]
    assert "new DenseTensor<byte>(new[] { rows.Count, 2, 3 });" in text
    assert problems(text) == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("dotnet") is None, reason="needs dotnet on PATH")
@pytest.mark.parametrize("kind", ["mixed", "array", "texts"])
def test_dotnet_compiles_and_runs_it(packed, kind):
    package = packed(kind)
    done = subprocess.run(
        ["dotnet", "run", "--project", package.directory], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Predict: ")
