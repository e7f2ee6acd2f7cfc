"""Endpoints: what their directory records, and what is said of them on the wire."""

from __future__ import annotations

from typing import Literal

import msgspec

from ._onnx import OnnxTensor

ENDPOINT_VERSION = 1
"""Version of the record's form; a newer one is refused."""

Cell = str | float | int | bool | None
"""A value of a row."""

EndpointState = Literal["running", "starting", "stopped", "down"]
"""`stopped` was asked for; `down` is an end that nobody asked for: a Jupyter server or the next request starts it."""


class EndpointVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was deployed to an endpoint.

    Parameters
    ----------
    number : int
        From 1; never given twice.
    sha256 : str
        Of the file, as it was checked.
    size : int
        Bytes.
    label : str
        What the user calls the model.
    run_id : str
        The run that made it; empty for a file of other origin.
    """

    number: int
    sha256: str
    size: int
    label: str = ""
    run_id: str = ""
    made_at: str = ""


class EndpointRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint's directory says: which version is to answer, and whether any is.

    Parameters
    ----------
    current : int
        Number of the version that answers.
    wanted : str
        What the user has asked for.
    example : dict
        One row by column, which its user gave when it was deployed; empty for none.
    """

    version: int = ENDPOINT_VERSION
    name: str
    current: int
    versions: tuple[EndpointVersion, ...]
    wanted: Literal["running", "stopped"] = "running"
    example: dict[str, Cell] = {}

    @property
    def serving(self) -> EndpointVersion:
        """The version that is to answer."""
        return next(each for each in self.versions if each.number == self.current)

    @property
    def before(self) -> EndpointVersion | None:
        """The version before the one that is to answer."""
        return max((each for each in self.versions if each.number < self.current), key=_number, default=None)


class EndpointFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How an endpoint does, since it was started; the latency is that of its last 1,000 requests, in seconds."""

    requests: int = 0
    errors: int = 0
    rows: int = 0
    per_s: float = 0.0
    p50_s: float = 0.0
    p95_s: float = 0.0


class EndpointRestarts(msgspec.Struct, frozen=True, kw_only=True):
    """How often an endpoint was started again unasked since it was last deployed to, rolled back or stopped.

    Parameters
    ----------
    count : int
        Restarts after an end that nobody asked for.
    cause : str
        Of the last such end: `signal 9`, or what the process said.
    at : str
        When it was last restarted.
    in_a_row : int
        How many of them did not last.
    given_up : bool
        Whether too many did not last: it stays down until somebody asks it, or deploys again.
    """

    count: int = 0
    cause: str = ""
    at: str = ""
    in_a_row: int = 0
    given_up: bool = False


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as it stands.

    Parameters
    ----------
    home_id : str
        The home that it belongs to; empty where there is only one.
    restarts : EndpointRestarts
        What became of ends that nobody asked for.
    problem : str
        Why it is down.
    url : str
        Below the base URL of a Jupyter server; empty elsewhere.
    inputs, outputs : tuple of OnnxTensor
        What the version takes and answers.
    """

    name: str
    state: EndpointState
    current: int
    versions: tuple[EndpointVersion, ...]
    figures: EndpointFigures = EndpointFigures()
    restarts: EndpointRestarts = EndpointRestarts()
    problem: str = ""
    home_id: str = ""
    url: str = ""
    inputs: tuple[OnnxTensor, ...] = ()
    outputs: tuple[OnnxTensor, ...] = ()
    example: dict[str, Cell] = {}

    @property
    def serving(self) -> EndpointVersion:
        """The version that answers, or would."""
        return next(each for each in self.versions if each.number == self.current)


class EndpointLog(msgspec.Struct, frozen=True, kw_only=True):
    """The end of what an endpoint has logged."""

    text: str


class EndpointAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How one output of an endpoint compares with the original.

    Parameters
    ----------
    output, method : str
        Of the endpoint, and the method of the original that says the same.
    rows, equal : int
        That were compared, and that are equal: the same label, or figures as near as an export's.
    largest : float, optional
        The largest difference of a figure; None for labels.
    """

    output: str
    method: str
    rows: int
    equal: int
    largest: float | None = None


class EndpointTest(msgspec.Struct, frozen=True, kw_only=True):
    """What came of rows that were sent to an endpoint.

    Parameters
    ----------
    number : int
        Of the version that answered.
    rows, answered : int
        That were sent, and that were answered.
    refused : dict
        Reasons, and how many rows each.
    agreements : tuple of EndpointAgreement
        With the original; empty where it is not at hand, which `note` says.
    timed : int
        Requests of one row that were timed.
    p50_s, p95_s : float
        Of these, in seconds.
    """

    name: str
    number: int
    rows: int
    answered: int
    refused: dict[str, int] = {}
    agreements: tuple[EndpointAgreement, ...] = ()
    note: str = ""
    timed: int = 0
    p50_s: float = 0.0
    p95_s: float = 0.0

    @property
    def is_well(self) -> bool:
        """Whether every row was answered, and as the original answers."""
        return self.answered == self.rows and all(each.equal == each.rows for each in self.agreements)


def _number(version: EndpointVersion) -> int:
    return version.number
