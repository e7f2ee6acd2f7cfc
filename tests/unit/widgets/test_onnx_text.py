"""What is said of an export: each sentence with its figures, and lines of code that are code in their language."""

import ast
import html
import json
import re
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.entities import (
    OnnxDomain,
    OnnxLatency,
    OnnxParity,
    OnnxQuantised,
    OnnxReport,
    OnnxRows,
    OnnxTensor,
    OnnxTry,
)
from jupyter_mlops.widgets import onnx_html, onnx_text
from jupyter_mlops.widgets._onnx_text import (
    deploy_line,
    head,
    onnx_usage,
    outside,
    repaired,
    sameness,
    signature,
    smaller,
    speed,
)

X = OnnxTensor(name="X", type="float32", shape=(None, 2))
LABEL = OnnxTensor(name="label", type="int64", shape=(None,), method="predict")
PARITY = OnnxParity(
    real=OnnxRows(given=10, checked=10), edge=OnnxRows(given=5, checked=4), largest=0.0, rtol=1e-4, atol=1e-5
)
REPORT = OnnxReport(
    made_at="2026-11-21T00:00:00+00:00",
    file="m.onnx",
    sha256="0" * 64,
    size=1,
    converter="sklearn",
    variant="double",
    precision="float64",
    inputs=(X,),
    outputs=(LABEL,),
    operators={"Add": 1},
    opsets={"ai.onnx": 22},
    parity=PARITY,
)
changed = msgspec.structs.replace


def named(name: str, kind: str = "float32", **fields) -> OnnxTensor:
    return OnnxTensor(name=name, type=kind, **{"shape": (None, 1), "columns": (name,), **fields})


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "1 KB"),
        (1_499, "1 KB"),
        (41_300, "41 KB"),
        (999_499, "999 KB"),
        (1_000_000, "1.0 MB"),
        (2_147_483_647, "2147.5 MB"),
    ],
)
def test_a_size_is_told_as_people_say_it(size, told):
    assert head(changed(REPORT, size=size)) == f"✓ m.onnx  opset 22 · {told} · 1 operators"


def test_operators_are_counted_over_their_kinds_and_the_opset_is_onnx_own():
    report = changed(REPORT, operators={"Add": 1_000, "Cast": 234}, opsets={"ai.onnx.ml": 3, "ai.onnx": 17})

    assert head(report) == "✓ m.onnx  opset 17 · 1 KB · 1,234 operators"


@pytest.mark.parametrize(
    ("tried", "told"),
    [
        ((), "repaired: double"),
        (
            (OnnxTry(variant="float32", differing=1_234), OnnxTry(variant="plain", differing=1)),
            "repaired: double (float32 as it is: 1,234 rows differ)",
        ),
        ((OnnxTry(variant="float32", problem="no such op"),), "repaired: double (float32 as it is: no such op)"),
    ],
)
def test_a_repair_is_told_with_what_was_wrong_before(tried, told):
    assert repaired(changed(REPORT, tried=tried)) == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "same model: 10 rows + 4 of 5 edge rows checked, largest difference 0"),
        (
            {"real": OnnxRows(given=2_000, checked=1_000), "largest": 1.234e-7},
            "same model: 1,000 of 2,000 rows + 4 of 5 edge rows checked, largest difference 1.2e-07",
        ),
        ({"largest": "Infinity"}, "same model: 10 rows + 4 of 5 edge rows checked, largest difference inf"),
        (
            {"real": OnnxRows(given=10, checked=10, differing=3, labels=7), "edge": OnnxRows()},
            "3 rows differ, as allowed: 10 rows + 0 edge rows checked, labels 7/10, largest difference 0",
        ),
    ],
)
def test_sameness_is_told_with_the_rows_that_were_compared(changes, told):
    assert sameness(changed(REPORT, parity=changed(PARITY, **changes))) == told


def test_labels_are_only_told_of_a_model_that_predicts_some():
    parity = changed(PARITY, real=OnnxRows(given=10, checked=10, labels=10))
    report = changed(REPORT, parity=parity, outputs=(changed(LABEL, method="transform"),))

    assert "labels" not in sameness(report)


@pytest.mark.parametrize(
    ("rows", "ours", "theirs", "told"),
    [
        (1, 18e-6, 7e-4, "speed, one row: p50 0.018 ms against 0.7 ms (39x); p95 0.036 against 1.4 ms"),
        (10_000, 1e-3, 9.96e-3, "speed, 10,000 rows: p50 1 ms against 9.96 ms (10.0x); p95 2 against 19.9 ms"),
        (2, 4.0, 1.0, "speed, 2 rows: p50 4e+03 ms against 1e+03 ms (0.2x); p95 8e+03 against 2e+03 ms"),
    ],
)
def test_a_pace_is_told_in_milliseconds(rows, ours, theirs, told):
    latency = OnnxLatency(rows=rows, onnx_p50=ours, onnx_p95=ours * 2, original_p50=theirs, original_p95=theirs * 2)

    assert speed(changed(REPORT, latency=(latency,))) == [told]


@pytest.mark.parametrize(
    ("tensor", "told"),
    [
        (X, "X float32[rows, 2]"),
        (changed(X, columns=("a", "b")), "X float32[rows, 2] = 2 columns"),
        (named("age"), "age float32[rows, 1]"),
        (LABEL, "label int64[rows] = predict"),
        (changed(X, shape=()), "X float32[]"),
    ],
)
def test_a_tensor_is_a_line(tensor, told):
    assert signature((tensor,)) == [told]


@given(st.lists(st.integers(1, 5), max_size=12))
def test_every_row_that_was_not_compared_is_in_a_line_and_lines_are_few(counts):
    domain = tuple(OnnxDomain(reason=f"reason {at}", rows=rows) for at, rows in enumerate(counts))
    lines = outside(changed(REPORT, parity=changed(PARITY, domain=domain)))

    assert sum(int(line.partition(" rows")[0]) for line in lines) == sum(counts)
    assert len(lines) == min(len(counts), 7)
    assert [line.endswith(" for other reasons") for line in lines] == [False] * min(len(counts), 6) + [True] * (
        len(counts) > 6
    )


NAMES = st.text(max_size=8)


@given(path=NAMES, file=NAMES, column=NAMES, name=NAMES, kind=st.sampled_from(["float32", "int64", "bool", "str"]))
def test_every_name_is_the_same_text_in_python(path, file, column, name, kind):
    report = changed(REPORT, file=file, inputs=(named(name, kind, columns=(column,)),))
    tree = ast.parse(onnx_usage(report, path)["Python"])
    told = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]

    assert sorted(told) == sorted([path, "label", name, column, "object" if kind == "str" else kind])


@given(file=NAMES, name=NAMES)
def test_every_name_is_the_same_text_in_javascript_and_csharp(file, name):
    """Both have JSON's escapes, in which an emoji is two."""
    code = onnx_usage(changed(REPORT, file=file, inputs=(named(name),)), "path")
    texts = {language: re.findall(r'"(?:[^"\\]|\\.)*"', code[language]) for language in (".NET", "JavaScript")}

    assert {language: [json.loads(text) for text in found] for language, found in texts.items()} == {
        ".NET": [file, name],
        "JavaScript": [file, name],
    }
    assert all(language.isascii() for language in (code[".NET"], code["JavaScript"]))


@pytest.mark.parametrize(
    ("inputs", "fed"),
    [
        ((X,), '"X": X.astype("float32")'),
        ((changed(X, columns=("a", "b")),), '"X": X.to_numpy("float32")'),
        ((named("age"), named("town", "str")), None),
        ((OnnxTensor(name="text", type="str", shape=(None,)),), '"text": np.asarray(X, "object")'),
    ],
)
def test_rows_are_fed_in_the_form_that_they_have(inputs, fed):
    wanted = fed or '"age": X[["age"]].to_numpy("float32"), "town": X[["town"]].to_numpy("object")'

    assert onnx_usage(changed(REPORT, inputs=inputs), "m")["Python"].splitlines()[-1] == (
        f'outputs = session.run(["label"], {{{wanted}}})'
    )


def test_every_input_is_given_in_every_language():
    """A file that is not given one of its inputs answers nothing."""
    code = onnx_usage(changed(REPORT, inputs=(named("age", "float64"), named("town", "str"))), "m.onnx")

    assert code[".NET"].splitlines()[2:] == [
        "var tensor1 = new DenseTensor<double>(new[] { rows, 1 });",
        "var tensor2 = new DenseTensor<string>(new[] { rows, 1 });",
        'using var results = session.Run(new[] { NamedOnnxValue.CreateFromTensor("age", tensor1), '
        'NamedOnnxValue.CreateFromTensor("town", tensor2) });',
    ]
    assert code["JavaScript"].splitlines()[2:] == [
        "const tensor1 = new ort.Tensor('float64', values1, [rows, 1]);",
        "const tensor2 = new ort.Tensor('string', values2, [rows, 1]);",
        'const results = await session.run({ ["age"]: tensor1, ["town"]: tensor2 });',
    ]


IMAGE = OnnxTensor(name="image", type="uint8", shape=(None, 8, 8, 3))
IDS = OnnxTensor(name="ids", type="int32", shape=(None, 5))


def test_tensors_are_told_with_all_their_axes():
    assert signature((IMAGE, IDS)) == ["image uint8[rows, 8, 8, 3]", "ids int32[rows, 5]"]


def test_several_tensors_come_in_a_dict():
    code = onnx_usage(changed(REPORT, inputs=(IMAGE, IDS)), "m.onnx")

    assert code["Python"].splitlines()[1:] == [
        "import numpy as np",
        'session = ort.InferenceSession("m.onnx")',
        'outputs = session.run(["label"], {"image": np.asarray(X["image"], "uint8"), "ids": '
        'np.asarray(X["ids"], "int32")})',
    ]
    assert "new DenseTensor<byte>(new[] { rows, 8, 8, 3 })" in code[".NET"]
    assert "new DenseTensor<int>(new[] { rows, 5 })" in code[".NET"]
    assert "new ort.Tensor('uint8', values1, [rows, 8, 8, 3])" in code["JavaScript"]


@pytest.mark.parametrize(
    ("kind", "dotnet", "script"),
    [
        ("float16", "Float16", "float16"),
        ("int8", "sbyte", "int8"),
        ("int16", "short", "int16"),
        ("uint16", "ushort", "uint16"),
        ("uint32", "uint", "uint32"),
        ("uint64", "ulong", "uint64"),
        ("str", "string", "string"),
    ],
)
def test_every_type_has_its_word_in_every_language(kind, dotnet, script):
    code = onnx_usage(changed(REPORT, inputs=(changed(IDS, type=kind),)), "m.onnx")

    assert f"DenseTensor<{dotnet}>" in code[".NET"]
    assert f"ort.Tensor('{script}'" in code["JavaScript"]


def test_of_one_input_nothing_is_numbered():
    code = onnx_usage(REPORT, "m.onnx")

    assert code[".NET"].splitlines()[-1] == (
        'using var results = session.Run(new[] { NamedOnnxValue.CreateFromTensor("X", tensor) });'
    )
    assert code["JavaScript"].splitlines()[-1] == 'const results = await session.run({ ["X"]: tensor });'


def test_a_report_without_inputs_is_shown_too():
    """A model that says the same of every row need not ask for them."""
    report = changed(REPORT, inputs=())

    assert onnx_text(report, "m.onnx").endswith('outputs = session.run(["label"], {})')
    assert "session.run({  })" in onnx_html(report, "m.onnx")


@pytest.mark.parametrize("mark", ["\u2028", "&amp;", "]]>", "</code><script>", "\u202e"])
def test_a_card_shows_any_text_as_it_is(mark):
    report = changed(
        REPORT,
        file=mark,
        notes=(mark,),
        inputs=(named(mark),),
        operators={mark: 1},
        parity=changed(PARITY, domain=(OnnxDomain(reason=mark, rows=1),)),
    )
    page = ElementTree.fromstring(onnx_html(report, mark))
    lines = ["".join(element.itertext()) for element in page.iter() if element.tag in ("p", "li")]

    assert lines == [head(report), sameness(report), mark, *_listed(report, mark), "Use it:"]


def _listed(report: OnnxReport, mark: str) -> list[str]:
    return [f"in: {mark} float32[rows, 1]", "out: label int64[rows] = predict", f"1 rows, {mark}", f"{mark}: 1"]


def test_a_card_has_the_texts_sentences_in_their_order():
    latency = OnnxLatency(rows=1, onnx_p50=1.0, onnx_p95=1.0, original_p50=1.0, original_p95=1.0)
    report = changed(REPORT, repaired=True, latency=(latency,), notes=("A note.",))
    page = onnx_html(report, "m.onnx")
    places = [
        page.index(text) for text in (head(report), repaired(report), sameness(report), *speed(report), "A note.")
    ]

    assert places == sorted(places)


def test_a_part_that_has_nothing_to_say_is_not_there():
    page = onnx_html(REPORT, "m.onnx")

    assert ("Not compared" in page, "repaired" in page, "Operators" in page) == (False, False, True)


def test_a_smaller_file_is_told_with_its_own_counts():
    parity = changed(
        PARITY, real=OnnxRows(given=3_000, checked=3_000, differing=3), edge=OnnxRows(checked=9, differing=2)
    )
    made = OnnxQuantised(
        kind="dynamic int8",
        file="m.int8.onnx",
        size=12_000,
        parity=parity,
        latency=(OnnxLatency(rows=1, onnx_p50=1e-5, onnx_p95=2e-5, original_p50=1e-4, original_p95=2e-4),),
        measure="accuracy",
        score=0.953,
        original_score=0.95612,
    )
    report = changed(REPORT, size=41_000, quantised=made)

    assert smaller(report) == (
        "dynamic int8: m.int8.onnx, 12 KB of 41 KB; 3 of 3,000 rows and 2 of 9 edge rows answer otherwise; "
        "accuracy 0.953 against 0.9561; speed, one row: p50 0.01 ms against 0.1 ms (10x); p95 0.02 against 0.2 ms"
    )
    assert smaller(report) in onnx_text(report, "m.onnx")
    assert "m.int8.onnx, 12 KB of 41 KB" in onnx_html(report, "m.onnx")


def test_why_there_is_no_smaller_file_is_told():
    report = changed(REPORT, quantised=OnnxQuantised(kind="dynamic int8", problem="Nothing in it can be quantised."))

    assert smaller(report) == "dynamic int8 not written: Nothing in it can be quantised."
    assert smaller(REPORT) == ""
    assert "int8" not in onnx_text(REPORT, "m.onnx")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("models/m.onnx", "%deploy models/m.onnx --to local"),
        ("mine & yours.onnx", "%deploy 'mine & yours.onnx' --to local"),
    ],
)
def test_a_file_is_served_by_a_line(path, line):
    assert deploy_line(path) == line
    assert html.escape(line) in onnx_html(REPORT, path)
