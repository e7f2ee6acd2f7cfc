"""A report as one HTML file: the ES module that JupyterLab draws with, the data, and the static picture below it.

It opens from a disk without a network: its policy forbids every address outside of the file.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from ..entities import ExplanationReport, FairnessReport
from ..exceptions import MlopsError, UsageError
from ..home import write_atomic
from ._explanation_html import explanation_html
from ._fairness_html import fairness_html

_STATIC = Path(__file__).parent / "static"

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>{css}</style>
</head>
<body class="mlops-Page">
<h1>{title}</h1>
<main id="report">{static}</main>
<script type="application/json" id="data">{data}</script>
<script type="application/json" id="module">{module}</script>
<script type="module">
const read = id => JSON.parse(document.getElementById(id).textContent);
const address = URL.createObjectURL(new Blob([read('module')], {{ type: 'text/javascript' }}));
const {{ show }} = await import(address);
const place = document.getElementById('report');
place.replaceChildren();
show(place, read('data'));
</script>
</body>
</html>
"""


def save_report(report: FairnessReport | ExplanationReport, path: str | Path) -> Path:
    """Write a report into one file that opens in any browser, offline, and return its path.

    Raises
    ------
    UsageError
        The file cannot be written.
    MlopsError
        This installation has no front end.
    """
    page = report_page(report)
    target = Path(path).expanduser()
    try:
        write_atomic(target, page.encode("utf-8", "replace"))
    except OSError as error:
        raise UsageError(f"Cannot write {target}: {error.strerror}. Choose another place.") from error
    return target


def report_page(report: FairnessReport | ExplanationReport) -> str:
    """Return a report as a page of its own.

    Raises
    ------
    MlopsError
        This installation has no front end.
    """
    title, static = picture_of(report)
    return _PAGE.format(
        title=escape(title),
        css=front_end("reports.css"),
        static=static,
        data=_inert(report.to_json()),
        module=_inert(json.dumps(front_end(module_of(report)))),
    )


def picture_of(report: FairnessReport | ExplanationReport) -> tuple[str, str]:
    """Return what a report is called, and its picture as HTML that needs no script."""
    if isinstance(report, FairnessReport):
        return "Fairness report", fairness_html(report)
    return f"Explanation of {report.model or 'a model'}", explanation_html(report)


def module_of(report: FairnessReport | ExplanationReport) -> str:
    """Return the file name of the ES module that draws a report."""
    return "fairness.js" if isinstance(report, FairnessReport) else "explanation.js"


def front_end(name: str) -> str:
    """Return a file of the front end that other pages than JupyterLab's need.

    Raises
    ------
    MlopsError
        It was not built: this is a source tree without Node.
    """
    try:
        return (_STATIC / name).read_text("utf-8")
    except FileNotFoundError:
        raise MlopsError(
            f"The front end of reports was not built ({_STATIC / name} is missing). Install jupyter_mlops from a "
            "wheel, or run `make labextension` in its source tree."
        ) from None


def _inert(data: str) -> str:
    """Return JSON that cannot end the script element around it, nor open a comment: `<` stands only in strings."""
    return data.replace("<", "\\u003c")
