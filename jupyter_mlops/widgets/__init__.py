"""Reports for pages without the labextension: static HTML, a file of its own, and a widget. Takes entities only.

JupyterLab draws the same reports from the same TypeScript (src/widgets/), in its renderer of their MIME types.
"""

from ._anywidget import report_widget
from ._explanation_html import explanation_html
from ._fairness_html import fairness_html
from ._onnx_html import onnx_html
from ._onnx_text import onnx_text, onnx_usage
from ._page import report_page, save_report

__all__ = [
    "explanation_html",
    "fairness_html",
    "onnx_html",
    "onnx_text",
    "onnx_usage",
    "report_page",
    "report_widget",
    "save_report",
]
