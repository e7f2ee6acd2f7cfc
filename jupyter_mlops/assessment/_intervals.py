"""From the figures of all resamples to intervals: what Fairlearn does with a frame each, done with arrays.

Smallest and largest group, differences and ratios leave out groups without a figure, as pandas does. Of quantiles,
Fairlearn has two kinds: what it holds as a series has none where a resample had none, and a frame leaves those out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ._resampling import Samples

Numbers = np.ndarray[Any, Any]


def intervals_of(samples: Samples, quantiles: tuple[float, ...], *, has_strata: bool) -> dict[str, Numbers]:
    """Return the bounds of each statistic by its name in a report, and of `overall` and `by_group`.

    Parameters
    ----------
    samples : Samples
        All resamples.
    quantiles : tuple of float
        Which bounds; the first dimension of what is returned.
    has_strata : bool
        Whether there are control features; else the one stratum is no row of a frame.
    """
    of_resamples = _where_known if has_strata else _where_always_known
    statistics = {"overall": samples.overall, **_statistics(samples)}
    with np.errstate(invalid="ignore"):
        found = {name: of_resamples(figures, quantiles) for name, figures in statistics.items()}
        return {**found, "by_group": _where_known(samples.by_group, quantiles)}


def _statistics(samples: Samples) -> dict[str, Numbers]:
    """Return what lies between the groups, by resample, stratum and measure."""
    by_group, overall = samples.by_group, samples.overall[:, :, None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        least, most = np.fmin.reduce(by_group, axis=2), np.fmax.reduce(by_group, axis=2)
        ratio = by_group / overall
        return {
            "minimum": least,
            "maximum": most,
            "difference": np.fmax.reduce(np.abs(by_group - least[:, :, None, :]), axis=2),
            "ratio": least / most,
            "difference_to_overall": np.fmax.reduce(np.abs(by_group - overall), axis=2),
            "ratio_to_overall": np.fmin.reduce(np.where(ratio > 1, 1 / ratio, ratio), axis=2),
        }


def _where_always_known(figures: Numbers, quantiles: tuple[float, ...]) -> Numbers:
    return np.asarray(np.quantile(figures, quantiles, axis=0))


def _where_known(figures: Numbers, quantiles: tuple[float, ...]) -> Numbers:
    """Leave out the resamples without a figure; where there are none, a quicker function finds the same."""
    flat = figures.reshape(len(figures), -1)
    bounds = _where_always_known(flat, quantiles)
    for place in np.flatnonzero(np.isnan(flat).any(axis=0)):
        known = flat[~np.isnan(flat[:, place]), place]
        bounds[:, place] = np.quantile(known, quantiles) if len(known) else np.nan
    return bounds.reshape(len(quantiles), *figures.shape[1:])
