"""Images: what each part of one adds to a network's answer, by integrated gradients from the mean image."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from ..entities import ExplainedFeatures, ImageSaliency, Importance, LocalExplanations
from ..exceptions import UsageError
from ._asking import asking
from ._columns import cell, figure_rows, figures
from ._gradients import attributions, outputs_of
from ._network import as_table, open_network
from ._permutation import predictions
from ._png import png
from ._protocol import Explained, ExplanationWish, Suitability
from ._response import inspected
from ._subject import Subject, check_rows
from ._task import is_network

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

STEPS = 50
MOST_PIXELS = 128
"""Of a picture's side."""

MOST_CELLS = 32
"""Of a heat map's side."""

_CHANNELS = (1, 2, 3, 4)


class PixelsExplainer:
    """Explains networks over images, one image after the other."""

    name = "pixels"
    kinds = ("images",)

    def suits(self, subject: Subject) -> Suitability:
        """Tell whether the model is a network."""
        name = type(subject.model).__name__
        if is_network(subject.model):
            return Suitability(20, f"{name} reads images, and its gradients tell where it looks")
        return Suitability(0, "images are explained of Keras models and torch modules; give X as rows and columns")

    def explain(self, subject: Subject, wish: ExplanationWish) -> Explained:
        """Explain the images that are named.

        Raises
        ------
        UsageError
            None is named, or the network cannot read them.
        """
        check_rows(wish.rows, subject.rows)
        if not wish.rows:
            raise UsageError("Images are explained one by one. Name some by their numbers, such as --rows 0,1.")
        network, outputs = open_network(subject.model), outputs_of(subject)
        images = as_table(subject.data)
        baseline = images.mean(axis=0, dtype=float).astype("float32")
        chosen = images[list(wish.rows)]
        with asking(subject):
            found = attributions(network, chosen, baseline, outputs, STEPS)
            answers = network.predict(chosen)[:, outputs]
            base = network.predict(baseline[None])[0, outputs]
        gap = abs(base + found.reshape(*found.shape[:2], -1).sum(axis=2) - answers).max()
        axis = channel_axis(images.shape[1:], is_first=_is_torch(subject.model))
        return Explained(
            title="Integrated gradients (Sundararajan et al. 2017)",
            scale=subject.task.scale,
            importance=Importance(measure="", names=(), features=(), scores=()),
            features=ExplainedFeatures(names=("image",), kinds=("category",), categories=((),), missing=(0,)),
            outputs=subject.task.outputs,
            base_values=figures(base),
            local=_local(subject, wish.rows),
            images=tuple(
                _saliency(row, image, heat, axis) for row, image, heat in zip(wish.rows, chosen, found, strict=True)
            ),
            rows_used=len(wish.rows),
            notes=(f"The baseline is the mean image. What is added sums up to the output within {gap:.1g}.",),
        )


def channel_axis(shape: tuple[int, ...], *, is_first: bool) -> int | None:
    """Return the axis of an image that holds its colours, 0 or 2; None where it has none.

    Parameters
    ----------
    shape : tuple of int
        Of one image.
    is_first : bool
        What the framework does, where the shape leaves it open.
    """
    if len(shape) == 2:
        return None
    first, last = shape[0] in _CHANNELS, shape[2] in _CHANNELS
    if first != last:
        return 0 if first else 2
    return 0 if is_first else 2


def _is_torch(model: Any) -> bool:
    import sys

    torch = sys.modules.get("torch")
    keras = sys.modules.get("keras")
    is_keras = keras is not None and isinstance(model, keras.Model)
    return torch is not None and isinstance(model, torch.nn.Module) and not is_keras


def _local(subject: Subject, rows: tuple[int, ...]) -> LocalExplanations:
    chosen = subject.chosen(rows)
    with asking(subject):
        predicted = predictions(chosen, inspected(subject))
    size = " x ".join(map(str, chosen.data.shape[1:]))
    return LocalExplanations(
        rows=rows,
        values=((f"image of {size}",),) * len(rows),
        predicted=figure_rows(predicted),
        actual=() if chosen.target is None else tuple(cell(value) for value in chosen.target.tolist()),
    )


def _saliency(row: int, image: Array, heat: Array, axis: int | None) -> ImageSaliency:
    """Return an image with what its cells add, by output; `heat` has one array of the image's shape an output."""
    import numpy as np

    pixels = image[..., None] if axis is None else np.moveaxis(image, axis, -1)
    flat = heat if axis is None else heat.sum(axis=axis + 1)
    high, wide = pixels.shape[:2]
    return ImageSaliency(
        row=row,
        png=base64.b64encode(png(_smaller(_visible(pixels)))).decode(),
        width=wide,
        height=high,
        heat=tuple(figure_rows(blocks(output, MOST_CELLS)) for output in flat),
    )


def blocks(table: Any, most: int) -> Any:
    """Return the sums over equal blocks of a table, at most so many a side."""
    import numpy as np

    for axis in (0, 1):
        step = -(-table.shape[axis] // most)
        table = np.add.reduceat(table, range(0, table.shape[axis], step), axis=axis)
    return table


def _visible(pixels: Array) -> Array:
    """Return values as bytes, as they are where they are shares or bytes, else from the least to the greatest."""
    import numpy as np

    colours = pixels[..., :3] if pixels.shape[2] >= 3 else pixels.mean(axis=2, keepdims=True)
    colours = np.nan_to_num(np.asarray(colours, dtype=float))
    least, most = float(colours.min()), float(colours.max())
    if least < 0 or most > 255:
        colours = (colours - least) / ((most - least) or 1.0)
        most = 1.0
    return np.asarray((colours * (255 if most <= 1 else 1)).round(), dtype="uint8")


def _smaller(pixels: Array) -> Array:
    """Return a picture of at most `MOST_PIXELS` a side, each pixel the mean of equal blocks."""
    import numpy as np

    layers = [pixels[..., layer].astype(float) for layer in range(pixels.shape[2])]
    rows = blocks(np.ones(pixels.shape[:2]), MOST_PIXELS)
    means = np.stack([blocks(layer, MOST_PIXELS) / rows for layer in layers], axis=-1)
    return np.asarray(means.round(), dtype="uint8")
