"""What a fairness analysis found: metrics by group, and the gaps between groups, of one or several models.

Aggregates only: there is no row of the data in here. Tables are arrays, metrics first, so that a thousand groups stay
small; a group is named by the numbers of its levels. Text is data, whatever it looks like, and never markup.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from ..exceptions import UsageError
from ._figures import Figure, figure_value
from ._wire import decode, encode

if TYPE_CHECKING:
    from pandas import DataFrame

FAIRNESS_VERSION = 1
"""Version of the report's form; a reader knows all older ones."""

Table: TypeAlias = tuple[tuple[Figure, ...], ...]
"""One row a metric; what its columns are, the field says."""


class FairnessFeature(msgspec.Struct, frozen=True, kw_only=True):
    """A sensitive or control feature.

    Parameters
    ----------
    levels : tuple of str
        Its values as text, in the order in which groups count them.
    edges : tuple of float
        Of a binned feature: where it was cut, one place fewer than it has bins. Empty for any other.
    missing : int, optional
        Number of the level that stands for missing values; None where nothing is missing.
    """

    name: str
    levels: tuple[str, ...]
    edges: tuple[float, ...] = ()
    missing: int | None = None


class FairnessMetric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric of the report.

    Parameters
    ----------
    key : str
        Unique within the report, such as `selection_rate`; with the class after a colon where it is of one class.
    label : str
        For people.
    of_class : str
        The class held against the rest; empty for a metric of the whole.
    better : str
        Which way is better: "higher", "lower", or "" where neither is.
    kind : str
        "share" lies between 0 and 1, "count" counts rows, "value" is any number.
    """

    key: str
    label: str
    of_class: str = ""
    better: Literal["higher", "lower", ""] = ""
    kind: Literal["share", "count", "value"] = "value"


class FairnessModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model of the report.

    Parameters
    ----------
    name : str
        The notebook's name, the run's, or what the user gave.
    type : str
        Of the object, such as `sklearn.linear_model.LogisticRegression`.
    run_id : str
        The run that made it; empty where none did.
    mitigator : str
        The Fairlearn class by which it was mitigated; empty for an ordinary model.
    mitigations : tuple of str
        Fairlearn's classes that can lessen its gaps, given what it is and what it predicts.
    unmitigated : str
        Why none of them can, and what to do about it, in sentences; empty where one can, and in reports of old.
    """

    name: str
    type: str = ""
    run_id: str = ""
    mitigator: str = ""
    mitigations: tuple[str, ...] = ()
    unmitigated: str = ""


class FairnessGrouping(msgspec.Struct, frozen=True, kw_only=True):
    """How rows are grouped: by one sensitive feature, or by several together. Arrays have one entry a group.

    Parameters
    ----------
    features : tuple of int
        The sensitive features, by number.
    levels : tuple of tuples of int
        For each of these features the level of each group.
    strata : tuple of int
        The stratum of each group, where control features are: the same people appear once in each stratum.
    sizes : tuple of int, optional
        Rows of each group; None where that is suppressed.
    uncertain : tuple of int
        Groups, by number, of fewer rows than `FairnessReport.uncertain_below`.
    suppressed : tuple of int
        Groups, by number, whose figures are withheld: they have fewer rows than `FairnessReport.min_group`, or would
        tell by subtraction what such a group has.
    total : int
        Groups that the data has; more than are here when the view was cut.
    """

    features: tuple[int, ...]
    levels: tuple[tuple[int, ...], ...]
    strata: tuple[int, ...] = ()
    sizes: tuple[int | None, ...]
    uncertain: tuple[int, ...] = ()
    suppressed: tuple[int, ...] = ()
    total: int


class FairnessSpread(msgspec.Struct, frozen=True, kw_only=True):
    """What a statistic over the groups is: one row a metric, one column a stratum (one column without strata).

    Parameters
    ----------
    values : tuple of tuples
        The statistic.
    low, high : tuple of tuples
        Bounds of its bootstrap interval; empty without bootstrap.
    """

    values: Table
    low: Table = ()
    high: Table = ()


class FairnessResult(msgspec.Struct, frozen=True, kw_only=True):
    """One model's metrics in one grouping.

    Parameters
    ----------
    model, grouping : int
        By number.
    by_group, low, high : tuple of tuples
        One row a metric, one column a group: the metric, and the bounds of its bootstrap interval (empty without).
    minimum, maximum, difference, ratio : FairnessSpread
        Over the groups, as Fairlearn's `between_groups` has it.
    difference_to_overall, ratio_to_overall : FairnessSpread
        The furthest group against all rows, as Fairlearn's `to_overall` has it.
    disparities : dict
        Fairlearn's named disparities, such as `demographic_parity_difference`: one figure a stratum. Empty in what a
        view is given.
    """

    model: int
    grouping: int
    by_group: Table
    low: Table = ()
    high: Table = ()
    minimum: FairnessSpread
    maximum: FairnessSpread
    difference: FairnessSpread
    ratio: FairnessSpread
    difference_to_overall: FairnessSpread
    ratio_to_overall: FairnessSpread
    disparities: dict[str, tuple[Figure, ...]] = {}


class FairnessBootstrap(msgspec.Struct, frozen=True, kw_only=True):
    """How intervals were made: resamples, the quantiles that bound them, and the seed."""

    samples: int
    low: float
    high: float
    seed: int


class FairnessReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a fairness analysis found.

    Parameters
    ----------
    version : int
        Of this form.
    task : str
        "binary", "multiclass", "regression", or "score": a score for a binary outcome, without a decision.
    rows : int
        Rows that were analysed.
    positive : str
        The class that counts as selected, where there is one; empty elsewhere.
    classes : tuple of str
        Of the outcome, sorted; empty for a regression.
    weighted : bool
        Whether rows had weights.
    sensitive, control : tuple of FairnessFeature
        The features compared, and those held fixed.
    strata : tuple of tuples of int
        Of each stratum the level of each control feature; empty without control features.
    overall : tuple of FairnessSpread
        One a model: the metrics of all rows.
    groupings : tuple of FairnessGrouping
        Each sensitive feature alone, then together.
    results : tuple of FairnessResult
        Each model in each grouping.
    bootstrap : FairnessBootstrap, optional
        None where no intervals were asked for.
    min_group : int
        Groups of fewer rows are suppressed; 0 for none.
    uncertain_below : int
        Groups of fewer rows are marked as uncertain.
    fingerprint : str
        Of outcome, features and weights, hex: two reports with the same are about the same rows.
    data : dict
        Under which names the data came: `X`, `y`.
    notes : tuple of str
        What a reader should know, in sentences.
    digits : int
        Significant digits that were kept; 0 for all.
    """

    version: int = FAIRNESS_VERSION
    task: Literal["binary", "multiclass", "regression", "score"]
    made_at: str
    rows: int
    positive: str = ""
    classes: tuple[str, ...] = ()
    weighted: bool = False
    sensitive: tuple[FairnessFeature, ...]
    control: tuple[FairnessFeature, ...] = ()
    strata: tuple[tuple[int, ...], ...] = ()
    metrics: tuple[FairnessMetric, ...]
    models: tuple[FairnessModel, ...]
    overall: tuple[FairnessSpread, ...]
    groupings: tuple[FairnessGrouping, ...]
    results: tuple[FairnessResult, ...]
    bootstrap: FairnessBootstrap | None = None
    min_group: int = 0
    uncertain_below: int = 0
    fingerprint: str = ""
    data: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    digits: int = 0

    def to_json(self) -> str:
        """Return the report as JSON, which `from_json` reads again."""
        return encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> FairnessReport:
        """Return the report that JSON holds, also one that an older version wrote.

        Raises
        ------
        UsageError
            It is no fairness report, or one of a newer version.
        """
        data = text.encode(errors="surrogatepass") if isinstance(text, str) else text
        try:
            version = decode(data, _Versioned).version
            if version <= FAIRNESS_VERSION:
                return decode(data, FairnessReport)
        except msgspec.MsgspecError as error:
            raise UsageError(f"This is no fairness report: {error}.") from None
        raise UsageError(
            f"The fairness report has version {version}, and this package reads up to {FAIRNESS_VERSION}. "
            "Upgrade jupyter_mlops."
        )

    def group_name(self, grouping: FairnessGrouping, group: int) -> str:
        """Return a group as people read it: `female · black`."""
        names = (
            self.sensitive[feature].levels[levels[group]]
            for feature, levels in zip(grouping.features, grouping.levels, strict=True)
        )
        return " · ".join(names)

    def stratum_name(self, stratum: int) -> str:
        """Return a stratum as people read it: `full-time · 2025`."""
        levels = self.strata[stratum]
        return " · ".join(feature.levels[level] for feature, level in zip(self.control, levels, strict=True))

    @property
    def by_group(self) -> DataFrame:
        """Every metric of every group: one row a group, its columns the metrics; of several models one above the other.

        Index levels are `model`, `grouping` and `group`, and `stratum` where control features are.
        """
        import pandas as pd

        frame, metrics = self.to_frame(), [metric.key for metric in self.metrics]
        first = frame.iloc[:: len(metrics)]
        names = ["model", "grouping", "group", *(["stratum"] if self.strata else [])]
        index = pd.MultiIndex.from_frame(first[names])
        return pd.DataFrame(frame["value"].to_numpy().reshape(-1, len(metrics)), index=index, columns=metrics)

    def to_frame(self) -> DataFrame:
        """Return one row for each model, grouping, group and metric: value, interval, size of the group, marks."""
        import pandas as pd

        columns = ["model", "grouping", "group", "stratum", "metric", "value", "low", "high", "size"]
        frame = pd.DataFrame(self._records(), columns=[*columns, "uncertain", "suppressed"])
        frame["size"] = frame["size"].astype("Int64")
        return frame if self.strata else frame.drop(columns="stratum")

    def _records(self) -> Iterator[tuple[object, ...]]:
        for result in self.results:
            grouping = self.groupings[result.grouping]
            by = " and ".join(self.sensitive[feature].name for feature in grouping.features)
            uncertain, suppressed = set(grouping.uncertain), set(grouping.suppressed)
            for group, size in enumerate(grouping.sizes):
                stratum = self.stratum_name(grouping.strata[group]) if grouping.strata else ""
                of = (self.models[result.model].name, by, self.group_name(grouping, group), stratum)
                marks = (group in uncertain, group in suppressed)
                for number, metric in enumerate(self.metrics):
                    tables = (result.by_group, result.low, result.high)
                    figures = (figure_value(table[number][group]) if table else math.nan for table in tables)
                    yield (*of, metric.key, *figures, size, *marks)


class _Versioned(msgspec.Struct):
    version: int = FAIRNESS_VERSION
