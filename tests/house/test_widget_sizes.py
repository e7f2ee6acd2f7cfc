"""What the views of reports weigh is what docs/fairness.md says: a saved page and a widget carry them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "jupyter_mlops" / "widgets" / "static"


def stated():
    """Return the sizes that the documentation states, in bytes."""
    text = (ROOT / "docs" / "fairness.md").read_text("utf-8")
    return {
        name: int(kilobytes) * 1000 for name, kilobytes in re.findall(r"^\| `([\w.]+)` \| (\d+) kB \|$", text, re.M)
    }


def test_the_build_holds_the_sizes_that_the_documentation_states():
    bundler = (ROOT / "tools" / "bundle_widgets.mjs").read_text("utf-8")
    limits = dict(re.findall(r"'([\w.]+)': ([\d_]+)", bundler))

    assert {name: int(limit) for name, limit in limits.items()} == stated()


@pytest.mark.skipif(
    not STATIC.is_dir(), reason="without Node there is no built front end; where it is built, the build looks"
)
def test_the_built_views_are_as_small_as_stated_and_not_much_smaller():
    sizes = {path.name: path.stat().st_size for path in STATIC.iterdir()}

    assert sizes.keys() == stated().keys()
    assert [name for name, most in stated().items() if not 0.6 * most <= sizes[name] <= most] == []
