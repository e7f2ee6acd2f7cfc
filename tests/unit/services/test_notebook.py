"""The notebook that reproduces a run: valid whatever the run holds, and never half there."""

import json

import pytest

from jupyter_mlops.entities import Environment, GitState, Provenance
from jupyter_mlops.exceptions import RunNotFoundError, UsageError


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


def test_it_tells_what_is_known_and_calls_what_reproduces(service, make_run, tmp_path):
    run = make_run(name="base `x`", params={"lr": "1e-3", "text": "a b"}, cell="model = fit(x)\n")
    directory = run.directory
    directory.write(GitState(commit="f00d" * 10, dirty=True), directory.git_file)
    machine = Environment(python="3.11.9", platform="Linux", host="h", packages={"numpy": "2.4"})
    directory.write(machine, directory.environment_file)
    directory.write(Provenance(upstream_cells=("import x", "x = 1")), directory.provenance_file)

    written = service.reproduce_notebook(run, tmp_path / "again")

    assert written == tmp_path / "again.ipynb"
    assert sources(written) == [
        "# Reproduce run `base 'x'`\n\n"
        "- submitted 2026-11-21T08:00:00+00:00\n"
        "- commit `f00df00df00d` with changes\n"
        "- Python 3.11.9, 1 packages, Linux\n"
        "- parameters `lr=1e-3`, `text=a b`\n\n"
        "The cells below execute the cell again on its stored inputs (data, parameters, random states) and compare "
        "the outputs and metrics of both runs.",
        f"%load_ext jupyter_mlops\nimport jupyter_mlops as mlops\n\noriginal = mlops.runs['{run.id}']\noriginal",
        "again = mlops.runs.reproduce(original)\nagain.wait()\nagain",
        "mlops.runs.compare(original, again)",
        "## The code\n\n"
        "To read; the cells above do not need it. First what the run depends on, then the cell itself.\n\n"
        "```python\nimport x\n```\n\n```python\nx = 1\n```\n\n```python\nmodel = fit(x)\n```",
    ]


def test_a_run_of_which_little_is_known_has_a_notebook_too(service, make_run, tmp_path):
    written = service.reproduce_notebook(make_run(), tmp_path / "again.ipynb")
    assert sources(written)[0].startswith("# Reproduce run `baseline`\n\n- submitted 2026-11-21T08:00:00+00:00\n\n")


@pytest.mark.parametrize(
    "cell",
    ["s = '```'", "s = '''\n````\n'''", "```\n</script>", "ü = '🚀'", "a\r\nb", "x = '\x00\x1b[31m'", "", "\n" * 5],
)
def test_whatever_the_cell_holds_the_notebook_is_valid_and_the_code_stays_code(service, make_run, tmp_path, cell):
    import nbformat

    run = make_run(name="<img onerror=alert(1)>\n# big")
    run.directory.cell_file.write_bytes(cell.encode())
    written = service.reproduce_notebook(run, tmp_path / "again")

    notebook = nbformat.read(written, as_version=4)
    nbformat.validate(notebook)
    code = notebook.cells[4].source
    fence = code[code.index("```") : code.index("python\n")]
    body, end = code.partition(f"{fence}python\n")[2].rsplit("\n", 1)
    assert end == fence
    assert fence not in body
    assert notebook.cells[0].source.startswith("# Reproduce run `<img onerror=alert(1)> # big`\n")


def test_a_suffix_of_the_users_is_kept(service, make_run, tmp_path):
    assert service.reproduce_notebook(make_run(), tmp_path / "a.json") == tmp_path / "a.json"


def test_a_file_that_is_there_is_never_replaced(service, make_run, tmp_path):
    (tmp_path / "mine.ipynb").write_text("precious")

    with pytest.raises(UsageError) as told:
        service.reproduce_notebook(make_run(), tmp_path / "mine")

    assert str(told.value) == f"{tmp_path / 'mine.ipynb'} is there already. Choose another name or remove it."
    assert (tmp_path / "mine.ipynb").read_text() == "precious"


def test_a_dangling_link_is_not_written_through(service, make_run, tmp_path):
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match="is there already"):
        service.reproduce_notebook(make_run(), tmp_path / "link")

    assert not (tmp_path / "elsewhere").exists()


def test_a_place_that_cannot_be_written_is_told(service, make_run, tmp_path):
    path = tmp_path / "gone" / "a.ipynb"

    with pytest.raises(UsageError) as told:
        service.reproduce_notebook(make_run(), path)

    assert str(told.value) == f"Cannot write {path}: No such file or directory. Choose another place."


def test_a_run_that_is_no_longer_there_leaves_no_half_notebook(service, home, tmp_path):
    gone = service.get(home.new_run_id())

    with pytest.raises(RunNotFoundError):
        service.reproduce_notebook(gone, tmp_path / "again")

    assert not (tmp_path / "again.ipynb").exists()
