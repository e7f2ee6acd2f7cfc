"""Keras models exported in a process of its own, because a backend is chosen before Keras is imported.

`python keras_models.py FOLDER` writes the files there, and one line of JSON: by name what the report says, or why not.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
import onnxruntime
from keras import layers

from jupyter_mlops.exceptions import MlopsError
from jupyter_mlops.export import ExportWish, export_model, open_bundle

ROWS = 40
DRAW = np.random.default_rng(0)
WORDS = DRAW.integers(2, 18, (ROWS, 6))


class Own(keras.Model):
    """A class of the notebook's own, never called."""

    def __init__(self):
        super().__init__()
        self.first, self.last = layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")

    def call(self, rows, training=False):
        return self.last(self.first(rows))


class ByValue(Own):
    """Goes one way or the other by what the rows hold together, which no file can."""

    def call(self, rows, training=False):
        return self.first(rows) if float(keras.ops.sum(rows)) > 0 else self.first(-rows)


def numbers(*shape):
    return DRAW.normal(size=(ROWS, *shape))


def several(named):
    ids, x = keras.Input((6,), dtype="int32", name="ids"), keras.Input((3,), name="x")
    both = layers.Concatenate()([layers.GlobalAveragePooling1D()(layers.Embedding(20, 4)(ids)), x])
    outputs = {"wide": layers.Dense(3)(both), "narrow": layers.Dense(1)(both)}
    return keras.Model({"ids": ids, "x": x} if named else [ids, x], outputs)


def attention():
    rows = keras.Input((5, 8))
    inner = layers.LayerNormalization()(layers.MultiHeadAttention(2, 4)(rows, rows) + rows)
    return keras.Model(rows, layers.Dense(2)(layers.Flatten()(inner)))


def normalized():
    layer = layers.Normalization()
    layer.adapt(numbers(4))
    return keras.Sequential([layer, layers.Dense(2)])


def of(*parts, shape=(4,), dtype=None):
    return keras.Sequential([keras.Input(shape, dtype=dtype), *parts])


def exact(rows):
    return keras.activations.gelu(rows, approximate=False)


IMAGES = DRAW.integers(0, 256, (ROWS, 8, 8, 1)).astype("uint8")
MODELS = {
    "never called": lambda: (
        keras.Sequential([layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.5)]),
        numbers(4),
    ),
    "own class": lambda: (Own(), numbers(4)),
    "images": lambda: (
        of(layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(3),
           shape=(8, 8, 1)), IMAGES),
    "lstm": lambda: (of(layers.LSTM(6, return_sequences=True), layers.LSTM(5), shape=(5, 4)), numbers(5, 4)),
    "gru": lambda: (of(layers.Bidirectional(layers.GRU(5)), shape=(5, 4)), numbers(5, 4)),
    "exact gelu": lambda: (of(layers.Dense(8, activation=exact), layers.Dense(2)), numbers(4)),
    "list": lambda: (several(False), [WORDS, numbers(3)]),
    "dict": lambda: (several(True), {"x": numbers(3), "ids": WORDS}),
    "attention": lambda: (attention(), numbers(5, 8)),
    "normalized": lambda: (normalized(), numbers(4)),
    "double": lambda: (of(layers.Dense(3, activation="tanh", dtype="float64"), dtype="float64"), numbers(4)),
    "largest": lambda: (of(layers.Dense(3), layers.GlobalMaxPooling1D(), shape=(5, 4)), numbers(5, 4)),
    "any length": lambda: (of(layers.Conv1D(3, 3, padding="same"), layers.GlobalAveragePooling1D(),
                              shape=(None, 4)), numbers(6, 4)),
    "any picture": lambda: (of(layers.Conv2D(2, 3, padding="same"), layers.GlobalMaxPooling2D(),
                               shape=(None, None, 3)), numbers(6, 6, 3)),
    "recurrent of any length": lambda: (of(layers.LSTM(5), shape=(None, 4)), numbers(5, 4)),
    "half": lambda: (of(layers.Dense(8, dtype="mixed_float16"), layers.Dense(2, dtype="float32")), numbers(4)),
    "other rows": lambda: (of(layers.Dense(2)), numbers(9)),
    "texts": lambda: (of(layers.Dense(2)), np.array(["a", "b"])),
    "by value": lambda: (ByValue(), numbers(4)),
}  # fmt: skip


def outcome(name, folder):
    model, X = MODELS[name]()
    path = folder / f"{name}.onnx"
    try:
        report = export_model(model, X, path, ExportWish(timed=False))
    except MlopsError as error:
        return {"refused": f"{type(error).__name__}: {error}", "files": path.exists()}
    arrays = list(X.values()) if isinstance(X, dict) else X if isinstance(X, list) else [X]
    feeds = {each.name: array[:7].astype(each.type) for each, array in zip(report.inputs, arrays, strict=True)}
    given = feeds if isinstance(X, dict) else list(feeds.values()) if isinstance(X, list) else feeds["X"]
    told = model(given, training=False)
    told = list(told.values()) if isinstance(told, dict) else [told]
    found = onnxruntime.InferenceSession(path).run(None, feeds)
    off = [np.abs(ours - keras.ops.convert_to_numpy(theirs)).max() for ours, theirs in zip(found, told, strict=True)]
    return {
        "inputs": [[each.name, each.type, list(each.shape)] for each in report.inputs],
        "outputs": [[each.name, list(each.shape), each.method] for each in report.outputs],
        "converter": report.converter,
        "way": report.variant,
        "tried": [each.differing for each in report.tried],
        "rows": [report.parity.real.checked, report.parity.differing],
        "off": float(max(off)),
        "said": open_bundle(path).signature.inputs == report.inputs,
    }


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    print("OUTCOMES " + json.dumps({name: outcome(name, Path(sys.argv[1])) for name in MODELS}))
