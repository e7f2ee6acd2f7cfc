"""What is said of an export: the same sentences in the cell's text and in its HTML."""

from __future__ import annotations

import json
import shlex

from ..entities import OnnxLatency, OnnxReport, OnnxRows, OnnxTensor, figure_value

_MOST_DOMAIN = 6


def onnx_text(report: OnnxReport, path: str) -> str:
    """Return a report as text, for a terminal."""
    lines = [head(report), sameness(report), *speed(report)]
    if report.repaired:
        lines.insert(1, repaired(report))
    if report.quantised:
        lines.append(smaller(report))
    lines += [f"in:  {each}" for each in signature(report.inputs)]
    lines += [f"out: {each}" for each in signature(report.outputs)]
    lines += [f"not compared: {each}" for each in outside(report)]
    lines += [
        *report.notes,
        "Use it in Python:",
        *(f"    {line}" for line in onnx_usage(report, path)["Python"].splitlines()),
    ]
    return "\n".join(lines)


def head(report: OnnxReport) -> str:
    """Return file, opset and size in a line."""
    opset = report.opsets.get("ai.onnx", 0)
    nodes = sum(report.operators.values())
    return f"✓ {report.file}  opset {opset} · {_size(report.size)} · {nodes:,} operators"


def repaired(report: OnnxReport) -> str:
    """Return what was changed, and why the library's own way would not do."""
    first = report.tried[0] if report.tried else None
    if first is None:
        return f"repaired: {report.variant}"
    why = first.problem or f"{first.differing:,} rows differ"
    return f"repaired: {report.variant} ({first.variant} as it is: {why})"


def sameness(report: OnnxReport) -> str:
    """Return how many rows are the same."""
    parity = report.parity
    checked = parity.real.checked + parity.edge.checked
    rows = f"{_of(parity.real)} rows + {_of(parity.edge)} edge rows checked"
    labels = parity.real.labels + parity.edge.labels
    has_labels = any(tensor.method == "predict" for tensor in report.outputs) and labels
    same = f", labels {labels:,}/{checked:,}" if has_labels else ""
    verdict = "same model" if not parity.differing else f"{parity.differing:,} rows differ, as allowed"
    return f"{verdict}: {rows}{same}, largest difference {_figure(figure_value(parity.largest))}"


def speed(report: OnnxReport) -> list[str]:
    """Return a line for each number of rows that was timed."""
    return [_pace(latency) for latency in report.latency]


def smaller(report: OnnxReport) -> str:
    """Return what became of the quantised file; empty where none was asked for."""
    made = report.quantised
    if made is None:
        return ""
    facts = [f"{made.kind}: {made.file}, {_size(made.size)} of {_size(report.size)}"]
    if made.problem:
        facts = [f"{made.kind} not written: {made.problem}"]
    elif made.parity:
        real, edge = made.parity.real, made.parity.edge
        facts.append(
            f"{real.differing:,} of {real.checked:,} rows and {edge.differing:,} of {edge.checked:,} edge rows"
        )
        facts[-1] += " answer otherwise"
    if made.measure:
        facts.append(f"{made.measure} {made.score:.4g} against {made.original_score:.4g}")
    facts += [_pace(latency) for latency in made.latency[:1]]
    return "; ".join(facts)


def signature(tensors: tuple[OnnxTensor, ...]) -> list[str]:
    """Return each tensor in a line."""
    lines = []
    for tensor in tensors:
        shape = ", ".join("rows" if size is None else str(size) for size in tensor.shape)
        of = f" = {len(tensor.columns)} columns" if len(tensor.columns) > 1 else ""
        method = f" = {tensor.method}" if tensor.method else ""
        lines.append(f"{tensor.name} {tensor.type}[{shape}]{of}{method}")
    return lines


def outside(report: OnnxReport) -> list[str]:
    """Return what was not compared, and why."""
    domain = report.parity.domain
    lines = [f"{each.rows:,} rows, {each.reason}" for each in domain[:_MOST_DOMAIN]]
    rest = sum(each.rows for each in domain[_MOST_DOMAIN:])
    return [*lines, f"{rest:,} rows for other reasons"] if rest else lines


def deploy_line(path: str) -> str:
    """Return the line that serves the file."""
    return f"%deploy {shlex.quote(path)} --to local"


def onnx_usage(report: OnnxReport, path: str) -> dict[str, str]:
    """Return how the file is loaded, by language."""
    outputs = ", ".join(_python(output.name) for output in report.outputs)
    named = _is_named(report)
    fed = ", ".join(_python_feed(each, named) for each in report.inputs)
    python = "\n".join(
        [
            "import onnxruntime as ort",
            *(["import numpy as np"] if named or any(_is_flat(each) for each in report.inputs) else []),
            f"session = ort.InferenceSession({_python(path)})",
            f"outputs = session.run([{outputs}], {{{fed}}})",
        ]
    )
    numbers = range(1, len(report.inputs) + 1)
    tensors = ["tensor"] if len(report.inputs) == 1 else [f"tensor{number}" for number in numbers]
    values = ["values"] if len(report.inputs) == 1 else [f"values{number}" for number in numbers]
    each_named = list(zip(report.inputs, tensors, values, strict=True))
    given = ", ".join(
        f"NamedOnnxValue.CreateFromTensor({json.dumps(each.name)}, {name})" for each, name, _ in each_named
    )
    dotnet = "\n".join(
        [
            "using Microsoft.ML.OnnxRuntime; using Microsoft.ML.OnnxRuntime.Tensors;",
            f"using var session = new InferenceSession({json.dumps(report.file)});",
            *(
                f"var {name} = new DenseTensor<{_DOTNET[each.type]}>(new[] {{ {_shape(each)} }});"
                for each, name, _ in each_named
            ),
            f"using var results = session.Run(new[] {{ {given} }});",
        ]
    )
    fed = ", ".join(f"[{json.dumps(each.name)}]: {name}" for each, name, _ in each_named)
    script = "\n".join(
        [
            "import * as ort from 'onnxruntime-web';",
            f"const session = await ort.InferenceSession.create({json.dumps(report.file)});",
            *(
                f"const {name} = new ort.Tensor('{_SCRIPT[each.type]}', {value}, [{_shape(each)}]);"
                for each, name, value in each_named
            ),
            f"const results = await session.run({{ {fed} }});",
        ]
    )
    return {"Python": python, ".NET": dotnet, "JavaScript": script}


_DOTNET = {
    "float16": "Float16", "float32": "float", "float64": "double", "int8": "sbyte", "int16": "short", "int32": "int",
    "int64": "long", "uint8": "byte", "uint16": "ushort", "uint32": "uint", "uint64": "ulong", "bool": "bool",
    "str": "string",
}  # fmt: skip
_SCRIPT = {name: name for name in _DOTNET} | {"str": "string"}


def _shape(tensor: OnnxTensor) -> str:
    return ", ".join("rows" if size is None else str(size) for size in tensor.shape)


def _is_named(report: OnnxReport) -> bool:
    """Tell whether there are several tensors, which come in a dict by their names."""
    return len(report.inputs) > 1 and not any(each.columns for each in report.inputs)


def _python_feed(tensor: OnnxTensor, named: bool) -> str:
    kind, name = "object" if tensor.type == "str" else tensor.type, _python(tensor.name)
    if named:
        return f'{name}: np.asarray(X[{name}], "{kind}")'
    if _is_flat(tensor):
        return f'{name}: np.asarray(X, "{kind}")'
    if len(tensor.columns) == 1:
        return f'{name}: X[[{_python(tensor.columns[0])}]].to_numpy("{kind}")'
    return f'{name}: X.to_numpy("{kind}")' if tensor.columns else f'{name}: X.astype("{kind}")'


def _is_flat(tensor: OnnxTensor) -> bool:
    """Tell whether it is texts, which come in a list or a Series."""
    return len(tensor.shape) == 1


def _python(text: str) -> str:
    """Return a text as Python's source: JSON's own escapes of emoji are two letters there."""
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _of(rows: OnnxRows) -> str:
    return f"{rows.checked:,}" if rows.checked == rows.given else f"{rows.checked:,} of {rows.given:,}"


def _pace(latency: OnnxLatency) -> str:
    rows = "one row" if latency.rows == 1 else f"{latency.rows:,} rows"
    ours, theirs = (_ms(value) for value in (latency.onnx_p50, latency.original_p50))
    late = f"p95 {_ms(latency.onnx_p95)} against {_ms(latency.original_p95)}"
    times = f"{latency.times:.0f}" if latency.times >= 10 else f"{latency.times:.1f}"
    return f"speed, {rows}: p50 {ours} ms against {theirs} ms ({times}x); {late} ms"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g}"


def _figure(value: float) -> str:
    return f"{value:.2g}" if value else "0"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1000)):,} KB"
