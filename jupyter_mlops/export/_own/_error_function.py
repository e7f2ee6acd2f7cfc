"""The error function in double: ONNX' own rounds as float32 does, and a Gaussian process multiplies it by thousands.

The rational functions are those of the Cephes library (`ndtr.c`), which SciPy has too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ._columns import constant, node

_NEAR = (
    (9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3, 7.00332514112805075473e3,
     5.55923013010394962768e4),
    (1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3, 2.26290000613890934246e4,
     4.92673942608635921086e4),
)  # fmt: skip
"""Up to 1: `x P(x * x) / Q(x * x)`, the highest power first."""
_FAR = (
    (2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0, 4.86371970985681366614e1,
     1.96520832956077098242e2, 5.26445194995477358631e2, 9.34528527171957607540e2, 1.02755188689515710272e3,
     5.57535335369399327526e2),
    (1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2, 9.75708501743205489753e2,
     1.82390916687909736289e3, 2.24633760818710981792e3, 1.65666309194161350182e3, 5.57535340817727675546e2),
)  # fmt: skip
"""Beyond: `1 - exp(-x * x) P(x) / Q(x)`."""
_END = 8.0
"""From here on nothing is left to 1."""


def error_function(scope: Any, container: Any, name: str) -> str:
    """Return the name of erf of a tensor in double; of what is no number it is none."""
    one, end = (constant(scope, container, np.array(each)) for each in (1.0, _END))
    size = node(scope, container, "Abs", [name])
    square = node(scope, container, "Mul", [name, name])
    near = node(scope, container, "Mul", [name, _ratio(scope, container, square, *_NEAR)])
    within = node(scope, container, "Min", [size, end])
    falling = node(scope, container, "Exp", [
        node(scope, container, "Neg", [node(scope, container, "Mul", [within, within])]),
    ])  # fmt: skip
    rest = node(scope, container, "Mul", [falling, _ratio(scope, container, within, *_FAR)])
    far = node(scope, container, "Mul", [
        node(scope, container, "Sign", [name]), node(scope, container, "Sub", [one, rest]),
    ])  # fmt: skip
    return node(scope, container, "Where", [node(scope, container, "Greater", [size, one]), far, near])


def _ratio(scope: Any, container: Any, name: str, above: tuple[float, ...], below: tuple[float, ...]) -> str:
    return node(scope, container, "Div", [_polynomial(scope, container, name, each) for each in (above, below)])


def _polynomial(scope: Any, container: Any, name: str, coefficients: tuple[float, ...]) -> str:
    first, *others = (constant(scope, container, np.array(each)) for each in coefficients)
    found = first
    for each in others:
        found = node(scope, container, "Add", [node(scope, container, "Mul", [found, name]), each])
    return found
