"""Write the table of estimators in docs/onnx.md: which become an equal file, how, and why the others do not.

`python tools/onnx_estimators.py` fits and exports them all, which takes some minutes, and replaces the table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "onnx.md"
BEGIN, END = "<!-- estimators: written by tools/onnx_estimators.py -->", "<!-- end of estimators -->"


def table(found: Iterable[object]) -> str:
    """Return the rows of the table, one an estimator."""
    by_name: dict[str, dict[bool, object]] = {}
    for each in found:
        by_name.setdefault(each.name, {})[each.scaled] = each  # type: ignore[attr-defined]
    lines = ["| estimator | alone | behind StandardScaler | skl2onnx as it is |", "| --- | --- | --- | --- |"]
    for name, both in sorted(by_name.items()):
        alone, scaled = (_ours(both.get(which)) for which in (False, True))
        lines.append(f"| {name} | {alone} | {scaled} | {' / '.join(_theirs(both.get(w)) for w in (False, True))} |")
    return "\n".join(lines)


def _ours(outcome: object) -> str:
    if outcome is None:
        return "-"
    reason: str = outcome.ours  # type: ignore[attr-defined]
    return _cell(f"refused: {_reason(reason)}") if reason else f"equal ({outcome.way})"  # type: ignore[attr-defined]


def _theirs(outcome: object) -> str:
    if outcome is None:
        return "-"
    problem: str = outcome.theirs  # type: ignore[attr-defined]
    return "equal" if not problem else _cell(problem[:60]) if "rows differ" in problem else "fails"


def _reason(message: str) -> str:
    """Return the part of a refusal that is about this estimator: what differs, or what cannot be converted."""
    short = message.removeprefix("Not written: ").partition(" Tried: ")[0].partition(" Put another")[0]
    return short[:230].rstrip(" .")


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")


def main() -> None:
    """Replace the table."""
    sys.path.insert(0, str(ROOT))
    from benchmarks._onnx_estimators import outcomes

    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(outcomes())}\n{END}{after}")


if __name__ == "__main__":
    main()
