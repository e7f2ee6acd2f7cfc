"""What each command of `jupyter mlops` does: one function a command, named like it, which returns the exit code."""

from __future__ import annotations

import sys
from argparse import Namespace

import msgspec

from ..entities import RunStatus, ScoreProgress
from ..exceptions import UsageError
from ..services import LOCAL, Endpoints, LocalEndpoint, OtherRun, Run, RunService, deploy_local
from ._models import run_models
from ._records import DiffRecord, ListRecord, LogRecord, ReproductionRecord, RunRecord, to_json
from ._words import as_commands

WELL, FAILED = 0, 1


def runs(service: RunService, arguments: Namespace) -> int:
    """List runs."""
    query = " ".join(arguments.query)
    page = service.list(query, arguments.limit, foreign=arguments.foreign)
    if arguments.json:
        _write(to_json(ListRecord.of(page)))
        return WELL
    from ..magics import RunsTable

    table = repr(RunsTable.of(page, query, more="narrow the query, or ask for more of them with -n"))
    _write(table if page.runs else as_commands(table))
    return WELL


def show(service: RunService, arguments: Namespace) -> int:
    """Show one run."""
    _show(service.find_any(arguments.run), as_json=arguments.json)
    return WELL


def logs(service: RunService, arguments: Namespace) -> int:
    """Print a run's log, byte for byte unless only its end or JSON is asked for."""
    run = service.find_own(arguments.run)
    if arguments.json:
        if arguments.follow:
            raise UsageError("logs --json prints the log as it is now: leave out --json to follow it.")
        _write(to_json(LogRecord(id=run.id, status=run.status.value, log=run.log(tail=arguments.tail))))
        return WELL
    offset = 0
    if arguments.tail is not None:
        offset = run.output.size
        sys.stdout.buffer.write(run.log(tail=arguments.tail).encode())
    offset = _copy_log(run, offset)
    if arguments.follow:
        for text in run.follow(offset):
            sys.stdout.write(text)
            sys.stdout.flush()
    return WELL


def diff(service: RunService, arguments: Namespace) -> int:
    """Show what differs between two runs."""
    found = service.diff(arguments.a, arguments.b)
    if arguments.json:
        _write(to_json(DiffRecord.of(found)))
        return WELL
    from ..magics import DiffView

    _write(repr(DiffView(found)))
    return WELL


def stop(service: RunService, arguments: Namespace) -> int:
    """Stop a run."""
    run = service.find_own(arguments.run)
    had_ended = run.status.is_terminal
    run.stop()
    if arguments.json:
        _write(to_json(RunRecord.of(run)))
    elif had_ended:
        _write(f"{run.name} has ended already: {run.status.value}.")
    else:
        _write(f"Asked {run.name} ({run.id[:8]}) to stop.")
    return WELL


def wait(service: RunService, arguments: Namespace) -> int:
    """Wait for a run; well only when it has finished."""
    run = service.find_own(arguments.run)
    state = run.wait(arguments.timeout)
    _show(run, as_json=arguments.json)
    return WELL if state.status is RunStatus.FINISHED else FAILED


def reproduce(service: RunService, arguments: Namespace) -> int:
    """Run a run again and compare; well only when everything is equal to the bit."""
    original = service.find_own(arguments.run)
    if arguments.notebook is not None:
        _write(f"Wrote {service.reproduce_notebook(original, arguments.notebook)}.")
        return WELL
    again = service.reproduce(original)
    sys.stderr.write(f"Running {original.name} again as {again.id[:8]} ...\n")
    found = service.compare_reproduction(original, again)
    if arguments.json:
        _write(to_json(ReproductionRecord.of(found)))
    else:
        from ..magics import ReproductionView

        _write(repr(ReproductionView(found)))
    return WELL if found.is_exact else FAILED


def gc(service: RunService, arguments: Namespace) -> int:
    """Remove what no run needs, or say what that would be."""
    plan = service.plan_collection(arguments.quota)
    done = plan if arguments.dry_run else service.collect(plan)
    if arguments.json:
        _write(to_json(done))
        return WELL
    from ..magics import CollectionView

    _write(repr(CollectionView(done, is_dry=arguments.dry_run)))
    return WELL


def trust(service: RunService, arguments: Namespace) -> int:
    """Sign a run's inputs and outputs as this user's own."""
    run = service.find_own(arguments.run)
    signed = service.trust(run)
    _write(f"Signed {', '.join(signed)} of {run.name}." if signed else f"{run.name} has nothing to sign.")
    return WELL


def models(service: RunService, arguments: Namespace) -> int:
    """Look at registered models, register runs, move aliases."""
    return run_models(service, arguments)


def package(service: RunService, arguments: Namespace) -> int:
    """Pack a model for elsewhere."""
    from ..services import package_for
    from ..widgets import package_text

    made = package_for(service, arguments.what, arguments.to, directory=arguments.output, name=arguments.name, X=None)
    _write(package_text(made))
    return WELL


def score(service: RunService, arguments: Namespace) -> int:
    """Answer each row of a file; on a terminal a line tells how far it is."""
    from ..deployment import CHUNK, ScoreWish
    from ..services import score_for
    from ..widgets import progress_text, score_text

    columns = tuple(part.strip() for part in arguments.columns.split(",") if part.strip())
    chunk = CHUNK if arguments.chunk is None else arguments.chunk
    wish = ScoreWish(source=arguments.source, destination=arguments.destination, keep=columns, chunk=chunk)

    def tell(progress: ScoreProgress) -> None:
        sys.stderr.write(f"\r\x1b[2K{progress_text(progress)}")
        sys.stderr.flush()

    try:
        report = score_for(service, arguments.what, wish, progress=tell if sys.stderr.isatty() else None)
    finally:
        sys.stderr.write("\n" if sys.stderr.isatty() else "")
    _write(score_text(report))
    return WELL


def deploy(service: RunService, arguments: Namespace) -> int:
    """Put a run's or a file's model where it is asked."""
    if arguments.to != LOCAL:
        from ..deployment import load_target

        name = load_target(arguments.to).name
        raise UsageError(f"To {name} goes a package, which is a folder: jupyter mlops package WHAT --to {name}.")
    endpoint = deploy_local(service, arguments.what, arguments.name, None)
    _write(_shown(endpoint))
    return WELL


def endpoints(service: RunService, arguments: Namespace) -> int:
    """List endpoints, or show, stop or roll back one."""
    known = Endpoints(service.home)
    if arguments.action == "list":
        from ..magics import EndpointsTable

        found = known.list()
        _write(msgspec.json.encode(found).decode() if arguments.json else as_commands(repr(EndpointsTable(found))))
        return WELL
    if not arguments.name:
        raise UsageError(f"endpoints {arguments.action} wants a NAME. Known: {', '.join(known) or 'none yet'}.")
    endpoint = known[arguments.name]
    if arguments.action == "logs":
        sys.stdout.write(endpoint.log())
        return WELL
    if arguments.action == "stop":
        _write(f"Stopped {endpoint.name}." if endpoint.stop() else f"{endpoint.name} did not run.")
        return WELL
    if arguments.action == "rollback":
        endpoint.rollback()
    _write(to_json(endpoint.stand()) if arguments.json else _shown(endpoint))
    return WELL


def _shown(endpoint: LocalEndpoint) -> str:
    from ..magics import EndpointView

    return repr(EndpointView(endpoint.stand(), endpoint.directory.socket))


def _copy_log(run: Run, offset: int) -> int:
    """Write the log from an offset on as it is, and return where it ended."""
    for chunk in run.output.chunks(offset):
        sys.stdout.buffer.write(chunk.data)
        offset = chunk.next_offset
    sys.stdout.buffer.flush()
    return offset


def _show(run: Run | OtherRun, *, as_json: bool) -> None:
    if as_json:
        _write(to_json(RunRecord.of_other(run) if isinstance(run, OtherRun) else RunRecord.of(run)))
        return
    from ..magics import RunDetails

    _write(repr(RunDetails.of_any(run)))


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
