"""A C# project for .NET: typed input and output classes from the signature, and a program with an example row."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from ..entities import Bundle, OnnxTensor, Package
from ..exceptions import ExportError, MissingExtraError
from ._csharp import identifiers, literal, summary, text_literal
from ._example import Value, example_row, width_of
from ._folder import drafted
from ._names import file_name
from ._protocol import PackageWish

_TYPES: Mapping[str, str] = {
    "float32": "float",
    "float64": "double",
    "int64": "long",
    "int32": "int",
    "int16": "short",
    "int8": "sbyte",
    "uint64": "ulong",
    "uint32": "uint",
    "uint16": "ushort",
    "uint8": "byte",
    "bool": "bool",
    "str": "string",
}

_PROJECT = """\
<Project Sdk="Microsoft.NET.Sdk">

  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net8.0</TargetFramework>
    <RootNamespace>OnnxModel</RootNamespace>
    <Nullable>enable</Nullable>
    <ImplicitUsings>disable</ImplicitUsings>
    <InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>

  <ItemGroup>
    <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="{version}" />
    <None Update="model.onnx;weights-*.data" CopyToOutputDirectory="PreserveNewest" />
  </ItemGroup>

</Project>
"""


class DotnetTarget:
    """Packs a C# project."""

    name = "dotnet"

    def package(self, bundle: Bundle, wish: PackageWish) -> Package:
        """Write project, classes, an example program and the model.

        Raises
        ------
        ExportError
            C# has no word for a type of the model.
        MissingExtraError
            onnxruntime is not installed, so that no version of it was verified.
        UsageError
            The folder cannot be written.
        """
        name = file_name(wish.name).replace("-", "_").replace(".", "_")
        source = _Source.of(bundle)
        with drafted(wish.directory, self.name) as draft:
            draft.write(f"{name}.csproj", _PROJECT.format(version=_runtime()), "the project: net8.0 and onnxruntime")
            draft.write("Model.cs", source.model(), "the model, with a class for its rows and one for its answers")
            draft.write("Program.cs", source.program(wish.example), "asks it an example row")
            draft.copy_model(bundle, "model.onnx")
            files = draft.files
        here = "" if shutil.which("dotnet") else " There is no dotnet here."
        return Package(
            target=self.name,
            name=name,
            directory=wish.directory,
            files=files,
            commands=(f"dotnet run --project {shlex.quote(str(wish.directory))}",),
            notes=(
                f"Not compiled here.{here}",
                "Microsoft.ML.OnnxRuntime has the version of onnxruntime here; whether NuGet has it was not asked.",
            ),
        )


@dataclass(frozen=True)
class _Property:
    """A property of a row or an answer: one value, or an array of so many."""

    name: str
    tensor: OnnxTensor
    column: str
    place: int
    size: int | None

    @property
    def word(self) -> str:
        return _TYPES[self.tensor.type]

    @property
    def declared(self) -> str:
        kind = self.word if self.size == 1 else f"{self.word}[]"
        empty = f" = new {self.word}[0];" if self.size != 1 else ' = "";' if self.word == "string" else ""
        return f"    {summary(self.column)}\n    public {kind} {self.name} {{ get; init; }}{empty}"


@dataclass(frozen=True)
class _Source:
    """The text of a project's classes."""

    bundle: Bundle
    inputs: tuple[_Property, ...]
    outputs: tuple[_Property, ...]

    @classmethod
    def of(cls, bundle: Bundle) -> _Source:
        for tensor in (*bundle.signature.inputs, *bundle.signature.outputs):
            if tensor.type not in _TYPES:
                raise ExportError(f"C# has no type for {tensor.name!r}, which is {tensor.type}. Deploy it elsewhere.")
            if tensor.shape[:1] != (None,) or (tensor in bundle.signature.inputs and None in tensor.shape[1:]):
                raise ExportError(f"{tensor.name!r} has no rows of one size, and a class for a row cannot be written.")
        return cls(
            bundle,
            _properties([column for tensor in bundle.signature.inputs for column in _columns(tensor)]),
            _properties([(tensor, _told(tensor), 0, _size(tensor)) for tensor in bundle.signature.outputs]),
        )

    def model(self) -> str:
        """Return `Model.cs`."""
        taken = identifiers(
            [each.column for each in self.outputs] + [f"{each.column} classes" for each in self.outputs]
        )
        names = [
            f"    /// <summary>What the places of {each.name} are.</summary>\n"
            f"    public static readonly string[] {name} = {{ {', '.join(map(text_literal, each.tensor.columns))} }};"
            for each, name in zip(self.outputs, taken[len(self.outputs) :], strict=True)
            if each.tensor.columns
        ]
        lines = [
            "using System;",
            "using System.Collections.Generic;",
            "using System.IO;",
            "using System.Linq;",
            "using Microsoft.ML.OnnxRuntime;",
            "using Microsoft.ML.OnnxRuntime.Tensors;",
            "",
            "namespace OnnxModel;",
            "",
            "/// <summary>A row, as the model takes it.</summary>",
            "public sealed class ModelInput",
            "{",
            "\n".join(each.declared for each in self.inputs),
            "}",
            "",
            "/// <summary>What the model answers to a row.</summary>",
            "public sealed class ModelOutput",
            "{",
            "\n".join([*(each.declared for each in self.outputs), *names]),
            "}",
            "",
            "/// <summary>The model. Safe to share between threads.</summary>",
            "public sealed class Model : IDisposable",
            "{",
            "    private readonly InferenceSession _session;",
            "",
            "    public Model(string path) => _session = new InferenceSession(path);",
            "",
            "    /// <summary>Open the model beside the program.</summary>",
            '    public static Model Load() => new(Path.Combine(AppContext.BaseDirectory, "model.onnx"));',
            "",
            "    /// <summary>Answer rows, each with one answer, in their order.</summary>",
            "    public IReadOnlyList<ModelOutput> Predict(IReadOnlyList<ModelInput> rows)",
            "    {",
            "        ArgumentNullException.ThrowIfNull(rows);",
            "        if (rows.Count == 0) return Array.Empty<ModelOutput>();",
            *self._tensors(),
            "        for (var row = 0; row < rows.Count; row++)",
            "        {",
            *self._filled(),
            "        }",
            "        var inputs = new List<NamedOnnxValue>",
            "        {",
            *(
                f"            NamedOnnxValue.CreateFromTensor({text_literal(tensor.name)}, input{number}),"
                for number, tensor in enumerate(self.bundle.signature.inputs)
            ),
            "        };",
            "        using var results = _session.Run(inputs);",
            *self._answers(),
            "    }",
            "",
            "    public void Dispose() => _session.Dispose();",
            *self._checks(),
            "}",
        ]
        return "\n".join(lines) + "\n"

    def program(self, example: tuple[Value, ...]) -> str:
        """Return `Program.cs`."""
        values = [value for row in example_row(self.bundle.signature, example) for value in row]
        assigned, start = [], 0
        for each in self.inputs:
            size = each.size or 1
            told = [literal(value, each.tensor.type) for value in values[start : start + size]]
            start += size
            value = told[0] if size == 1 else f"new {each.word}[] {{ {', '.join(told)} }}"
            assigned.append(f"    {each.name} = {value},")
        shown = [
            f'    Console.WriteLine($"{each.name}: '
            + (f"{{answer.{each.name}}}" if each.size == 1 else f'{{string.Join(", ", answer.{each.name})}}')
            + '");'
            for each in self.outputs
        ]
        lines = [
            "using System;",
            "using OnnxModel;",
            "",
            "var row = new ModelInput",
            "{",
            *assigned,
            "};",
            "using var model = Model.Load();",
            "foreach (var answer in model.Predict(new[] { row }))",
            "{",
            *shown,
            "}",
        ]
        return "\n".join(lines) + "\n"

    def _tensors(self) -> list[str]:
        lines = []
        for number, tensor in enumerate(self.bundle.signature.inputs):
            sizes = ", ".join(["rows.Count", *map(str, tensor.shape[1:])])
            lines.append(f"        var input{number} = new DenseTensor<{_TYPES[tensor.type]}>(new[] {{ {sizes} }});")
        return lines

    def _filled(self) -> list[str]:
        lines = []
        for each in self.inputs:
            number = self.bundle.signature.inputs.index(each.tensor)
            width = width_of(each.tensor)
            target = f"input{number}.Buffer.Span"
            if each.size == 1:
                place = "row" if width == 1 else f"row * {width} + {each.place}"
                lines.append(f"            {target}[{place}] = rows[row].{each.name};")
            else:
                source = f'Checked(rows[row].{each.name}, {each.size}, "{each.name}")'
                lines.append(f"            {source}.CopyTo({target}.Slice(row * {width}, {width}));")
        return lines

    def _answers(self) -> list[str]:
        lines = []
        for number, tensor in enumerate(self.bundle.signature.outputs):
            lines.append(
                f"        var output{number} = results.First(each => each.Name == {text_literal(tensor.name)})"
                f".AsTensor<{_TYPES[tensor.type]}>().ToArray();"
            )
        lines += [
            "        var answers = new ModelOutput[rows.Count];",
            "        for (var row = 0; row < rows.Count; row++)",
        ]
        lines += ["        {", "            answers[row] = new ModelOutput", "            {"]
        for number, each in enumerate(self.outputs):
            width = f"(output{number}.Length / rows.Count)" if each.size is None else str(each.size)
            value = (
                f"output{number}[row]" if each.size == 1 else f"output{number}.AsSpan(row * {width}, {width}).ToArray()"
            )
            lines.append(f"                {each.name} = {value},")
        return [*lines, "            };", "        }", "        return answers;"]

    def _checks(self) -> list[str]:
        """Return what refuses an array of another length, where there are arrays."""
        if all(each.size == 1 for each in self.inputs):
            return []
        return [
            "",
            "    private static T[] Checked<T>(T[] values, int size, string name) => values.Length == size",
            "        ? values",
            '        : throw new ArgumentException($"{name} has {values.Length} values, and the model takes {size}.");',
        ]


def _columns(tensor: OnnxTensor) -> list[tuple[OnnxTensor, str, int, int | None]]:
    """Return each column of an input; one without names is an array."""
    width = width_of(tensor)
    if len(tensor.columns) == width:
        return [(tensor, column, place, 1) for place, column in enumerate(tensor.columns)]
    return [(tensor, tensor.name, 0, width)]


def _properties(found: list[tuple[OnnxTensor, str, int, int | None]]) -> tuple[_Property, ...]:
    names = identifiers(column for _, column, _, _ in found)
    return tuple(_Property(name, *each) for name, each in zip(names, found, strict=True))


def _told(tensor: OnnxTensor) -> str:
    return tensor.method or tensor.name


def _size(tensor: OnnxTensor) -> int | None:
    return None if None in tensor.shape[1:] else width_of(tensor)


def _runtime() -> str:
    try:
        return version("onnxruntime")
    except PackageNotFoundError:
        raise MissingExtraError("--to dotnet needs onnxruntime: pip install 'jupyter_mlops[onnx]'.") from None
