"""Reports that `tests/frontend/reports` made from real data, and a front end that stands for the built one."""

from pathlib import Path

import pytest

from jupyter_mlops.entities import ExplanationReport, FairnessReport
from jupyter_mlops.widgets import _page

REPORTS = Path(__file__).parents[2] / "frontend" / "reports"


@pytest.fixture
def fairness():
    return FairnessReport.from_json((REPORTS / "fairness.json").read_text())


@pytest.fixture
def controlled():
    return FairnessReport.from_json((REPORTS / "fairness_control.json").read_text())


@pytest.fixture
def explanation():
    return ExplanationReport.from_json((REPORTS / "explanation.json").read_text())


@pytest.fixture
def front_end(tmp_path, monkeypatch):
    """A folder as `tools/bundle_widgets.mjs` writes it: the suite of Python needs no Node."""
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "reports.css").write_text(".mlops-Report { color: #222 }")
    for name in ("fairness", "explanation"):
        (folder / f"{name}.js").write_text(f"export function show() {{}} // {name} </script><!--")
    monkeypatch.setattr(_page, "_STATIC", folder)
    return folder
