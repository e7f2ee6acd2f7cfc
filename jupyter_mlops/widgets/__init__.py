"""Reports for pages without the labextension: static HTML, a file of its own, and a widget.

Takes entities only; but the widget of an explanation may be given the model as well, to be asked. JupyterLab draws
the same reports from the same TypeScript (src/widgets/), in its renderer of their MIME types.
"""

from ._anywidget import report_widget
from ._explanation_html import explanation_html
from ._fairness_html import fairness_html
from ._onnx_html import onnx_html
from ._onnx_text import onnx_text, onnx_usage
from ._package_html import package_html, score_html
from ._package_text import package_text, progress_text, score_text
from ._page import report_page, save_report

__all__ = [
    "explanation_html",
    "fairness_html",
    "onnx_html",
    "onnx_text",
    "onnx_usage",
    "package_html",
    "package_text",
    "progress_text",
    "report_page",
    "report_widget",
    "save_report",
    "score_html",
    "score_text",
]
