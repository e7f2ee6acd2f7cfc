"""A line that fits no run: what it was probably meant to be, and nothing where nothing is near."""

import pytest

from jupyter_mlops.magics._runs_command import ACTIONS
from jupyter_mlops.magics._suggestions import suggestion

NAMES = ("baseline", "baseline", "wide net", 'say "x"')


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("shwo last", "%runs show last"),
        ("SHOW last", "%runs show last"),
        ("log -f baseline", "%runs logs -f baseline"),
        ("reprodcue last~2", "%runs reproduce last~2"),
        ("list", "%runs"),
        ("last~2", "%runs show last~2"),
        ("best:-loss", "%runs show best:-loss"),
        ("3fa90000", "%runs show 3fa90000"),
        ("help", "%runs -h"),
        ("kill last", "%runs stop last"),
        ("failed", "%runs state:failed"),
        ("Finishd acc > 0.9", "%runs state:finished acc > 0.9"),
        ("basline", "%runs name:baseline"),
        ("wide nett", '%runs name:"wide net"'),
        ("say x", '%runs name:"say \\"x\\""'),
    ],
)
def test_what_was_meant(query, meant):
    assert suggestion(query, ACTIONS, NAMES) == meant


@pytest.mark.parametrize("query", ["", "zzzzzz", "(acc)", "0.5", "acc > 0.9", "name~base", "'show'"])
def test_nothing_is_guessed_where_nothing_is_near(query):
    assert suggestion(query, ACTIONS, NAMES) == ""
