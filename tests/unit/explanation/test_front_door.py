"""The package from outside: it loads nothing heavy, its page tells every option, its example reports are of today."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from jupyter_mlops.entities import ExplanationReport
from jupyter_mlops.explanation import Suitability, cut_for_view, explainer_names, load_explainer, matched
from jupyter_mlops.magics._explain_command import _parser

ROOT = Path(__file__).parents[3]
REPORTS = sorted((ROOT / "tests" / "frontend" / "reports").glob("explanation*.json"))
PAGE = (ROOT / "docs" / "explanations.md").read_text()


def test_importing_loads_nothing_heavy():
    heavy = ["interpret", "keras", "numpy", "pandas", "sklearn", "tensorflow", "torch"]
    program = f"import sys, jupyter_mlops.explanation; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_tells_every_option_and_every_method():
    options = [action.option_strings[0] for action in _parser()._actions if action.option_strings]

    assert [option for option in options if f"`{option}" not in PAGE and option != "-h" and option != "-y"] == []
    assert [name for name in explainer_names() if f"| `{name}` |" not in PAGE] == []


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_the_front_ends_examples_are_reports_of_today(path):
    report = ExplanationReport.from_json(path.read_text())

    assert json.loads(report.to_json()) == json.loads(path.read_text())
    assert cut_for_view(report) is report


def test_a_method_says_in_one_line_why_not(logistic, numbers):
    subject = matched(logistic, *numbers)

    for name in ("glassbox", "gradients"):
        suitability = load_explainer(name).suits(subject)
        assert suitability.preference == 0
        assert suitability.reason.endswith("use --method permutation")
    assert load_explainer("permutation").suits(subject) == Suitability(
        10, "it explains any model from outside, here Pipeline"
    )


def test_a_report_is_plain_data(logistic, numbers):
    from jupyter_mlops.explanation import explain_model

    plain = msgspec.to_builtins(explain_model(logistic, *numbers))
    assert json.loads(json.dumps(plain, allow_nan=False))["task"] == "binary"
