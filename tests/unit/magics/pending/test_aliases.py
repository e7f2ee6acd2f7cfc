"""Names that go on with the version from before: the card and the next cell say which these are."""

import numpy as np
import torch

from jupyter_mlops.magics._pending._aliases import StaleAlias, stale_aliases


class Thing:
    """An object with attributes."""


def test_aliases_are_names_and_holders_of_what_a_name_held():
    thing, holder = Thing(), Thing()
    holder.part = thing
    namespace = {
        "best": thing,
        "models": [thing],
        "by_name": {"m": thing},
        "pair": (thing, 1),
        "holder": holder,
        "deep": [[thing]],
        "other": Thing(),
        "_private": thing,
        "Out": {3: thing},
        "many": [0] * 5000 + [thing],
    }
    assert stale_aliases({"model": thing, "n": 1}, namespace) == [
        StaleAlias("model", ("best", "by_name", "deep", "holder", "models", "pair"))
    ]


def test_what_shares_a_part_is_named_too():
    net = torch.nn.Linear(2, 1)
    weights = list(net.parameters())
    other = torch.nn.Linear(2, 1)
    assert stale_aliases({"weights": weights}, {"net": net, "other": other}) == [StaleAlias("weights", (), ("net",))]


def test_views_of_one_buffer_are_named_either_way():
    table = np.arange(12.0).reshape(3, 4)
    row, copy, listed = table[0], table[0].copy(), table.tolist()
    namespace = {"table": table, "row": row, "part": table[1:][::2], "copy": copy, "listed": listed}

    assert stale_aliases({"changed": table}, namespace) == [StaleAlias("changed", ("table",), ("part", "row"))]
    assert stale_aliases({"changed": row}, namespace) == [StaleAlias("changed", ("row",), ("part", "table"))]


def test_what_many_names_have_is_nobodys_alias():
    assert stale_aliases({"a": 5, "f": len}, {"b": 5, "c": [len]}) == []


def test_the_sentences():
    alias = StaleAlias("df", ("a",))
    assert str(alias) == "a refers to the same object as df, and will not see what the run changes in it."
    assert alias.after == "a still points to the version from before"
    alias = StaleAlias("ps", ("a", "b"), ("net",))
    assert str(alias) == (
        "a, b refer to the same object as ps, and net shares a part of ps, and will not see what the run changes in it."
    )
    assert alias.after == "a, b and net still point to the version from before"
