"""What all handlers of a server share: the model that answers now, limits, counts, and a few threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ._batching import Batcher
from ._limits import Limits
from ._metrics import Metrics
from ._model import ServedModel


class Serving:
    """A model that is served, and may be replaced by another version while requests are answered.

    Made in the event loop that answers; `close` is its end.

    Parameters
    ----------
    model : ServedModel
        That answers at first.
    limits : Limits, optional
        See there.
    secret : str
        What clients must bring as `Authorization: Bearer`; empty where whoever reaches the server may ask.
    """

    def __init__(self, model: ServedModel, limits: Limits | None = None, secret: str = "") -> None:
        self.limits = limits or Limits()
        self.secret = secret
        self.metrics = Metrics()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="mlops-model")
        self._calls = 0
        self.batcher = Batcher(model, self._pool)

    @property
    def model(self) -> ServedModel:
        """The version that answers now."""
        return self.batcher.model

    @property
    def calls(self) -> int:
        """How often any version was asked."""
        return self._calls + self.batcher.calls

    def switch(self, model: ServedModel) -> None:
        """Let another version answer from now on; requests that wait are answered by the one before."""
        self._calls += self.batcher.calls
        self.batcher = Batcher(model, self._pool)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
