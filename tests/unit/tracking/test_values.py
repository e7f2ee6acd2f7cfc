"""B5-B9, B38: what the store takes, what is refused by name, what is cut and masked."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from jupyter_mlops.tracking._values import (
    MASK,
    check_key,
    fit_text,
    is_secret,
    masked,
    metric_step,
    metric_timestamp,
    metric_value,
)


@pytest.mark.parametrize(
    "key", ["loss", "val/loss", "a.b", "top 5", "f1-score", "__proto__", "constructor", "a:b", "x" * 250]
)
def test_b06_keys_that_mlflow_takes(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize(
    "key", ["", ".", "..", "../x", "/x", "a//b", "a/./b", "a/", "a\nb", "lösch🚀", "a\x00b", "x" * 251]
)
def test_b06_keys_that_mlflow_refuses_are_refused_with_their_name(key: str) -> None:
    with pytest.raises(ValueError, match="metric key"):
        check_key(key)


def test_b06_a_key_is_text() -> None:
    with pytest.raises(TypeError, match="A param key is text, not int: 3"):
        check_key(3, "param")


def test_b06_the_rules_are_mlflows_own() -> None:
    from mlflow.exceptions import MlflowException
    from mlflow.utils.validation import _validate_metric_name

    def ours(key: str) -> bool:
        try:
            return bool(check_key(key))
        except ValueError:
            return False

    def theirs(key: str) -> bool:
        try:
            _validate_metric_name(key)
        except MlflowException:
            return False
        return True

    keys = [
        "a",
        "a/b",
        "a b",
        "a.b",
        "../a",
        "/a",
        "a/../b",
        "ä",
        "a:b",
        "a\\b",
        "a?b",
        ".",
        "a/",
        "a//b",
        "%2e",
        "#",
        ".a",
    ]
    assert {key: ours(key) for key in keys} == {key: theirs(key) for key in keys}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.5, 0.5),
        (3, 3.0),
        (True, 1.0),
        (np.float32(0.25), 0.25),
        (np.int64(7), 7.0),
        (np.array(2.5), 2.5),
        (np.array([2.5]), 2.5),
        (np.bool_(True), 1.0),
        (Decimal("0.1"), 0.1),
        (Fraction(1, 4), 0.25),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
        (float("1e999"), math.inf),
    ],
)
def test_b07_whatever_holds_one_number_is_coerced(value: object, number: float) -> None:
    assert metric_value("loss", value) == number


def test_b07_nan_stays_nan() -> None:
    assert math.isnan(metric_value("loss", math.nan))
    assert math.isnan(metric_value("loss", np.float32("nan")))


@pytest.mark.parametrize(
    "value", ["abc", "0.5", b"1", None, 1j, np.complex64(1), np.array([1, 2]), [1.0], {}, object(), 10**400]
)
def test_b07_anything_else_is_refused_with_the_metrics_name(value: object) -> None:
    with pytest.raises(TypeError, match="'val/loss'"):
        metric_value("val/loss", value)


def test_b07_tensors() -> None:
    torch = pytest.importorskip("torch")
    assert metric_value("loss", torch.tensor(0.5, requires_grad=True)) == 0.5
    with pytest.raises(TypeError, match=r"'loss' takes one number, not torch.Tensor of shape \(2,\)"):
        metric_value("loss", torch.zeros(2))


@pytest.mark.parametrize("step", [0, -5, 2**53 + 1, 2**63 - 1, np.int64(3), True])
def test_b08_integer_steps(step: object) -> None:
    assert metric_step("loss", step) == int(step)


@pytest.mark.parametrize(("step", "error"), [(1.5, TypeError), (1.0, TypeError), ("1", TypeError), (2**63, ValueError)])
def test_b08_float_and_huge_steps_are_refused(step: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="'loss'"):
        metric_step("loss", step)


def test_b09_times_from_1970_to_2262() -> None:
    assert [metric_timestamp("a", moment) for moment in (0, 1_795_000_000_000, 2.0)] == [0, 1_795_000_000_000, 2]
    for moment in (-1, 2**62, "now", 1.5):
        with pytest.raises((TypeError, ValueError), match="'a'"):
            metric_timestamp("a", moment)


def test_b05_a_cut_is_said_in_the_text() -> None:
    text, cut = fit_text("x" * 10_000, 6_000)
    assert (len(text), text.endswith("... [10000 characters, cut]"), cut) == (6_000, True, 4_027)
    assert fit_text("short", 6_000) == ("short", 0)


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "db_password",
        "dbPassword",
        "API_KEY",
        "apikey",
        "openai-api-key",
        "auth",
        "token",
        "hf_token",
        "secret",
    ],
)
def test_b38_keys_that_name_secrets_are_masked(key: str) -> None:
    assert masked(key, "hunter2") == MASK


@pytest.mark.parametrize(
    "key", ["max_tokens", "tokens_per_second", "tokenizer", "author", "secretary", "keyboard", "lr", "n_tokens"]
)
def test_b38_keys_that_only_look_alike_are_not(key: str) -> None:
    assert not is_secret(key)
