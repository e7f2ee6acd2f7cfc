"""TfidfVectorizer: the words are counted as skl2onnx does it, and weigh what they weigh here."""

from __future__ import annotations

import copy
from typing import Any

from ._columns import node


def convert_words(scope: Any, operator: Any, container: Any) -> None:
    """Write counts of words, and a TfidfTransformer behind them."""
    from skl2onnx._supported_operators import sklearn_operator_name_map
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    model, output = operator.raw_operator, operator.outputs[0]
    counter = copy.copy(model)
    counter.__class__ = CountVectorizer  # a class' conversion must not find itself
    for options in (scope, container):
        options.add_options(id(counter), scope.get_options(model, {}))
    counts = scope.declare_local_operator(sklearn_operator_name_map[CountVectorizer], counter)
    counts.inputs = operator.inputs
    counts.outputs.append(
        scope.declare_local_variable("word_counts", type(output.type)([None, len(model.vocabulary_)]))
    )
    weights = scope.declare_local_operator(sklearn_operator_name_map[TfidfTransformer], model._tfidf)
    weights.inputs = counts.outputs
    weights.outputs.append(scope.declare_local_variable("word_weights", type(output.type)()))
    node(scope, container, "Identity", [weights.outputs[0].full_name], output.full_name)
