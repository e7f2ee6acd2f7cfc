"""What goes wrong: a request that is written wrong, and a model that cannot be served."""

from __future__ import annotations


class RequestError(Exception):
    """A request that is refused.

    Parameters
    ----------
    message : str
        What is wrong, and where: a column or tensor by name, a row by number from 0. Never a value of the data.
    status : int
        Of HTTP.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class ModelError(Exception):
    """A file that is not the model that was deployed, or that onnxruntime cannot run."""
