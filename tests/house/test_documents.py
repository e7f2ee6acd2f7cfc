"""What the documents say is there: links, files, lines that a reader types, make's targets and settings."""

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from jupyter_mlops import cli
from jupyter_mlops.exceptions import MlopsError
from jupyter_mlops.home import Settings
from jupyter_mlops.magics._deploy._command import DeployCommand
from jupyter_mlops.magics._explain_command import ExplainCommand
from jupyter_mlops.magics._export_onnx_command import ExportOnnxCommand
from jupyter_mlops.magics._fairness_command import FairnessCommand
from jupyter_mlops.magics._models._command import ModelsCommand
from jupyter_mlops.magics._runs_command import RunsCommand
from jupyter_mlops.magics._tensorboard_command import TensorBoardCommand
from jupyter_mlops.magics._train_command import TrainCommand

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "jupyter_mlops"
MAGICS = {
    "%%train": lambda line: TrainCommand.parse(line, "model = 1"),
    "%deploy": DeployCommand.parse,
    "%explain": ExplainCommand.parse,
    "%export_onnx": ExportOnnxCommand.parse,
    "%fairness": FairnessCommand.parse,
    "%models": ModelsCommand.parse,
    "%runs": RunsCommand.parse,
    "%tensorboard": TensorBoardCommand.parse,
}
FOLDERS = ("docs", "examples", "tests", "ui-tests", "src", "benchmarks", "changes", "jupyter_mlops")
"""Of the repository. A path that begins with one, or with a folder of the package, is a path here."""


@cache
def documents() -> dict[Path, str]:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {ROOT / name: (ROOT / name).read_text() for name in listed.stdout.split()}


def names_of(found: dict[Path, list[str]]) -> dict[str, list[str]]:
    return {str(path.relative_to(ROOT)): sorted(set(names)) for path, names in found.items() if names}


def anchors(text: str) -> set[str]:
    """Return what GitHub makes of the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def leads_somewhere(document: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    return target.exists() and (not anchor or anchor in anchors(documents().get(target, "")))


def test_links_and_pictures_lead_somewhere():
    broken = {}
    for path, text in documents().items():
        links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
        broken[path] = [link for link in links if "://" not in link and not leads_somewhere(path, link)]
    assert names_of(broken) == {}


def test_paths_of_the_repository_are_there():
    layers = [path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()]
    known = re.compile(rf"`((?:{'|'.join([*FOLDERS, *layers])})/[\w./*-]*)`")
    missing = {}
    for path, text in documents().items():
        wanted = known.findall(text)
        missing[path] = [name for name in wanted if not any(has(folder, name) for folder in (ROOT, PACKAGE))]
    assert names_of(missing) == {}


def has(folder: Path, pattern: str) -> bool:
    return any(folder.glob(pattern.rstrip("/")))


def typed_lines() -> Iterator[tuple[str, str]]:
    """Yield each line of code in the documents and in the example notebooks, with where it stands."""
    for path, text in documents().items():
        blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for line in "".join(blocks).splitlines():
            yield path.name, line.partition("  #")[0]
    for path in sorted((ROOT / "examples").glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "code":
                for line in "".join(cell["source"]).splitlines():
                    yield path.name, line


def test_lines_of_our_magics_are_understood():
    refused, count = [], 0
    for where, line in typed_lines():
        magic, _, rest = line.partition(" ")
        if magic in MAGICS:
            count += 1
            try:
                MAGICS[magic](rest)
            except MlopsError as error:
                refused.append(f"{where}: {line}: {error}")
    assert refused == []
    assert count > 50


def test_flags_in_the_documents_are_flags_of_ours():
    """A flag in backticks, alone or with what it takes: `--rows I,J`."""
    sources = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    unknown = {}
    for path, text in documents().items():
        flags = re.findall(r"`(--[a-z][a-z-]+)", text)
        unknown[path] = [flag for flag in flags if f'"{flag}"' not in sources]
    assert names_of(unknown) == {}


def test_the_table_of_settings_is_the_settings():
    rows = re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "concepts.md").read_text(), re.MULTILINE)
    assert tuple(rows) == Settings.__struct_fields__


def test_variables_in_the_documents_are_read_somewhere():
    sources = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    settings = {f"JUPYTER_MLOPS_{name.upper()}" for name in Settings.__struct_fields__}
    unknown = {}
    for path, text in documents().items():
        names = re.findall(r"JUPYTER_MLOPS_[A-Z_]*[A-Z]\b", text)
        unknown[path] = [name for name in names if name not in settings and name not in sources]
    assert names_of(unknown) == {}


def test_targets_of_make_are_there():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    wanted = re.findall(r"(?:^|`)make ([a-z-]+)", "\n".join(documents().values()), re.MULTILINE)
    assert set(wanted) - targets == set()


@pytest.mark.parametrize("line", sorted(set(re.findall(r"`jupyter mlops ([a-z]+)", "\n".join(documents().values())))))
def test_subcommands_of_the_command_line_are_there(line, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([line, "-h"])
    assert ended.value.code == 0


def test_every_program_in_the_figures_is_a_benchmark():
    figures = (ROOT / "docs" / "figures.md").read_text()
    named = re.findall(r"^(?:`\w+`[, .]*)+", figures, re.MULTILINE)
    programs = set(re.findall(r"`(\w+)`", " ".join(named)))
    assert {name for name in programs if not (ROOT / "benchmarks" / f"{name}.py").exists()} == set()
    assert programs


def test_changes_are_named_by_their_issue_and_short():
    changes = {path.name: len(path.read_text().splitlines()) for path in (ROOT / "changes").iterdir()}
    del changes["README.md"]
    assert [name for name in changes if not re.fullmatch(r"\d+-[a-z0-9]+(-[a-z0-9]+)*\.md", name)] == []
    assert {name: lines for name, lines in changes.items() if lines > 8} == {}
