"""Whoever is killed and whenever: each run has one true end, and nothing stays behind.

`JUPYTER_MLOPS_SOAK_S` sets for how long runs are started and processes killed; `JUPYTER_MLOPS_SOAK_SEED` repeats an
order of kills, as far as the machine lets it.
"""

import contextlib
import os
import random

import numpy as np
import pytest
from soaking import Soak, processes_of

from jupyter_mlops.capture import read_inputs, read_outputs
from jupyter_mlops.entities import RunState, RunStatus
from jupyter_mlops.home import Home, RunDirectory, lock_holder, read_json
from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking import start_keeper

SECONDS = float(os.environ.get("JUPYTER_MLOPS_SOAK_S", "15"))
SEED = int(os.environ.get("JUPYTER_MLOPS_SOAK_SEED", random.SystemRandom().randrange(10**6)))
POINTS = 20
FEWEST_FINISHED = 3

pytestmark = [
    pytest.mark.soak,
    pytest.mark.keeper,
    pytest.mark.timeout(240 + 4 * SECONDS),
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy"),  # MLflow 3.17 on SQLAlchemy 2.1
]


@pytest.fixture
def soaked(tmp_path, monkeypatch):
    """A home after the killing, when every run has ended and the keeper has shipped them all."""
    monkeypatch.setenv("JUPYTER_MLOPS_KEEPER_IDLE_S", "2")
    home = Home.create(tmp_path / ".mlops")
    soak = Soak(home, SEED)
    soak.run(SECONDS)
    while len(finished(home)) < FEWEST_FINISHED:  # a busy machine lets fewer through between two kills
        soak.run(SECONDS)
    runs = [home.run(run_id) for run_id in home.run_ids()]
    print(f"seed {SEED}: {len(runs)} runs, killed {dict(soak.killed)}")
    wait_until(lambda: all(run.state().status.is_terminal for run in runs), 120)
    begun = [run for run in runs if run.spec_file.exists()]
    wait_until(lambda: are_shipped(home, begun), 120)
    wait_until(lambda: lock_holder(home.keeper_lock) is None, 60)
    return home


def test_after_random_kills_every_run_has_one_true_end_and_nothing_is_left(soaked):
    runs = [soaked.run(run_id) for run_id in soaked.run_ids()]
    states = {run.run_id: run.state() for run in runs}
    assert len(runs) >= SECONDS / 2
    assert [run.run_id for run in runs if not agrees(run, states[run.run_id])] == []
    assert [run.run_id for run in runs if states[run.run_id].status is RunStatus.FINISHED and not is_whole(run)] == []
    assert [run.run_id for run in runs if missing_objects(soaked, run)] == []
    begun = {run.run_id: states[run.run_id].status.value for run in runs if run.spec_file.exists()}
    assert in_the_store(soaked) == (begun, dict.fromkeys(finished(soaked), POINTS))
    assert len(finished(soaked)) >= FEWEST_FINISHED
    with contextlib.suppress(TimeoutError):  # who is left is told below
        wait_until(lambda: not processes_of(soaked.path), 30)
    held = [path.name for path in [*soaked.slots.glob("*.lock"), *soaked.queue.iterdir()] if lock_holder(path)]
    assert (processes_of(soaked.path), held) == ([], [])
    assert {run.run_id: run.state() for run in runs} == states


def finished(home: Home) -> list[str]:
    """Return the runs that came to a good end."""
    return [run_id for run_id in home.run_ids() if home.run(run_id).state().status is RunStatus.FINISHED]


def are_shipped(home: Home, runs: list[RunDirectory]) -> bool:
    """See to a keeper, which may have been killed; tell whether it has shipped all."""
    start_keeper(home)
    return all((read_json(run.tracking_file) or {}).get("done") for run in runs)


def agrees(run: RunDirectory, state: RunState) -> bool:
    """Tell whether a run's end is what its files say: the shim's account, else the executor's, else none."""
    ended, result = run.exit(), run.result()
    if not state.status.is_terminal or state.status is RunStatus.KILLED:
        return False
    if ended is not None:
        return state.status is ended.status and (ended.status is not RunStatus.FINISHED or result is not None)
    if result is not None:
        return state.status is result.status
    return state.status is RunStatus.FAILED


def is_whole(run: RunDirectory) -> bool:
    """Tell whether a finished run has its results and its output."""
    home = Home.open(run.path.parent.parent)
    number, outputs = read_inputs(run, home)["number"], read_outputs(run, home)
    size = 40_000 * (1 + number % 3)
    return (
        run.result().status is RunStatus.FINISHED
        and run.log_file.read_text() == "over\n"
        and np.array_equal(outputs["doubled"], np.full(size, 2.0 * number))
        and outputs["total"] == 2.0 * number * size
    )


def missing_objects(home: Home, run: RunDirectory) -> list[str]:
    """Return the buffers that a run's manifests name and the object store does not have."""
    manifests = [manifest for manifest in (run.inputs(), run.outputs()) if manifest is not None]
    return [ref.hash for manifest in manifests for ref in manifest.buffers if not home.objects.has(ref)]


def in_the_store(home: Home) -> tuple[dict[str, str], dict[str, int]]:
    """Return MLflow's word: each run's status, and how many points of its metric a finished one has."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{home.path / 'mlflow.db'}")
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    infos = [run.info for run in client.search_runs(experiments, max_results=10_000)]
    statuses = {info.run_id: info.status for info in infos}
    finished = [run_id for run_id, status in statuses.items() if status == "FINISHED"]
    return statuses, {run_id: len(client.get_metric_history(run_id, "loss")) for run_id in finished}
