"""What all stories of the catalog begin with."""

import pytest
from stores import stay_small


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    stay_small(monkeypatch)
