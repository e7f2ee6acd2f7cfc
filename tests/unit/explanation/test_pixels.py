"""Images: integrated gradients of networks over them, and pictures that any reader of PNG understands."""

import base64
import io
import warnings

import numpy as np
import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import ExplanationWish, explain_model
from jupyter_mlops.explanation._pixels import MOST_CELLS, MOST_PIXELS, blocks, channel_axis
from jupyter_mlops.explanation._png import png

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

ROWS = ExplanationWish(rows=(2, 0))


def images(*shape, seed=0):
    return np.random.default_rng(seed).random(shape).astype("float32")


def convolution(channels=1, outputs=3):
    torch.manual_seed(0)
    layers = torch.nn.Conv2d(channels, 4, 3), torch.nn.Tanh(), torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten()
    return torch.nn.Sequential(*layers, torch.nn.Linear(16, outputs))


def picture(report, place=0):
    from matplotlib.image import imread

    return imread(io.BytesIO(base64.b64decode(report.images[place].png)))


def test_of_a_weighted_sum_each_pixel_adds_its_weight_times_the_way():
    data, weights = images(5, 6, 4), images(6, 4, seed=1)
    layer = torch.nn.Linear(24, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weights.reshape(1, 24)))
    report = explain_model(torch.nn.Sequential(torch.nn.Flatten(), layer), data, wish=ROWS)
    heat = np.array(report.images[0].heat[0])
    assert heat == pytest.approx((data[2] - data.mean(axis=0)) * weights, abs=1e-5)
    assert (report.method, report.task, report.images[0].width, report.images[0].height) == (
        "pixels",
        "regression",
        4,
        6,
    )


def test_heat_and_base_sum_up_to_the_output():
    data = images(6, 1, 9, 9)
    report = explain_model(convolution(), data, wish=ROWS)
    for place, saliency in enumerate(report.images):
        sums = [np.sum(output) for output in saliency.heat]
        total = np.add(report.base_values, sums)
        assert total == pytest.approx(report.local.predicted[place], abs=1e-3)
    assert "sums up to the output within" in report.notes[-1]


def test_a_report_of_images_has_no_terms_and_is_marked():
    report = explain_model(convolution(), images(6, 1, 9, 9), [0, 1, 2, 0, 1, 2], wish=ROWS)
    assert (report.importance.names, report.contains_data, report.local.rows) == ((), True, (2, 0))
    assert (report.local.values, report.local.actual) == ((("image of 1 x 9 x 9",),) * 2, (2.0, 0.0))
    assert report.from_json(report.to_json()) == report


def test_the_picture_is_the_image():
    data = images(3, 3, 7, 5)
    report = explain_model(convolution(3), data, wish=ROWS)
    seen = picture(report)
    assert seen.shape == (7, 5, 3)
    assert seen == pytest.approx(np.moveaxis(data[2], 0, -1), abs=1 / 255)


def test_large_images_become_small_pictures_and_coarse_heat():
    report = explain_model(convolution(), images(2, 1, 300, 200), wish=ExplanationWish(rows=(0,)))
    (saliency,) = report.images
    assert max(picture(report).shape[:2]) <= MOST_PIXELS
    assert (len(saliency.heat[0]), len(saliency.heat[0][0])) == (30, 29)
    assert max(len(saliency.heat[0]), len(saliency.heat[0][0])) <= MOST_CELLS
    assert (saliency.width, saliency.height) == (200, 300)


@pytest.mark.parametrize(("low", "high"), [(-2.0, 3.0), (0.0, 255.0), (5.0, 5.0)])
def test_values_of_any_range_are_seen(low, high):
    data = images(2, 1, 4, 4) * (high - low) + low
    seen = picture(explain_model(convolution(), data, wish=ExplanationWish(rows=(0,))))
    assert np.isfinite(seen).all()
    if high == 255.0:
        assert seen * 255 == pytest.approx(np.round(data[0, 0]), abs=0.5)


@pytest.mark.parametrize(
    ("shape", "is_first", "axis"),
    [
        ((8, 8), True, None),
        ((1, 8, 8), False, 0),
        ((3, 8, 8), False, 0),
        ((8, 8, 3), True, 2),
        ((3, 3, 3), True, 0),
        ((3, 3, 3), False, 2),
        ((16, 8, 8), True, 0),
    ],
)
def test_colours_are_found_by_the_shape_or_by_the_framework(shape, is_first, axis):
    assert channel_axis(shape, is_first=is_first) == axis


def test_sums_over_blocks_keep_the_sum():
    table = np.arange(70 * 33, dtype=float).reshape(70, 33)
    found = blocks(table, MOST_CELLS)
    assert found.shape == (24, 17)
    assert found.sum() == table.sum()
    assert found[0, 0] == table[:3, :2].sum()


@pytest.mark.parametrize("layers", [1, 3])
def test_a_png_is_read_by_others(layers):
    from matplotlib.image import imread

    pixels = np.random.default_rng(0).integers(0, 256, (5, 9, layers)).astype("uint8")
    read = np.round(imread(io.BytesIO(png(pixels))) * 255)
    assert (read.reshape(pixels.shape) == pixels).all()


def test_images_are_explained_one_by_one():
    with pytest.raises(UsageError, match=r"Name some by their numbers, such as --rows 0,1\."):
        explain_model(convolution(), images(2, 1, 9, 9))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (images(2, 1, 9, 9, 2), "X is no table: it has 5 dimensions"),
        (images(2, 5, 9, 9), "cannot read X"),
        (images(0, 1, 9, 9), "X has no rows"),
    ],
)
def test_what_is_no_image_of_the_network_is_said(data, said):
    with pytest.raises(UsageError, match=said):
        explain_model(convolution(), data, wish=ExplanationWish(rows=(0,)))


def test_a_row_that_is_not_there_and_another_method_are_refused():
    with pytest.raises(UsageError, match="There is no row 9"):
        explain_model(convolution(), images(2, 1, 9, 9), wish=ExplanationWish(rows=(9,)))
    with pytest.raises(UsageError, match="X holds images; use --method auto"):
        explain_model(convolution(), images(2, 1, 9, 9), method="gradients", wish=ExplanationWish(rows=(0,)))


@pytest.mark.keras
def test_a_keras_network_over_images_with_colours_last():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own, while it is imported
        keras = pytest.importorskip("keras")
        keras.utils.set_random_seed(0)
        layers = [keras.Input((6, 5, 3)), keras.layers.Conv2D(2, 3), keras.layers.Flatten(), keras.layers.Dense(2)]
        model = keras.Sequential(layers)
        report = explain_model(model, images(4, 6, 5, 3), wish=ExplanationWish(rows=(1,)))
    assert (report.images[0].width, report.images[0].height, len(report.images[0].heat)) == (5, 6, 1)
    assert report.base_values[0] + np.sum(report.images[0].heat[0]) == pytest.approx(
        report.local.predicted[0][-1], abs=1e-3
    )
