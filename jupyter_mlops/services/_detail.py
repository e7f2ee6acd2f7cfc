"""All that the run view shows of a run except what may be long. Read from files as data: nothing is unpickled here."""

from __future__ import annotations

from ..entities import CellError, Environment, GitState, Manifest, Provenance, RunDetail, RunInput, RunSummary
from ._names import clean_name, clean_text
from ._run import Run

NOTE_TAG = "mlflow.note.content"
"""The tag that MLflow keeps a run's note in."""

_MOST_INPUTS = 1_000
_MOST_CELL = 1_000_000


def read_detail(run: Run, summary: RunSummary) -> RunDetail:
    """Return a run's detail around its summary."""
    spec, state, provenance, environment = run.spec, run.state, run.provenance, run.environment
    result, error = run.directory.result(), run.error
    return RunDetail(
        summary=summary,
        cell=run.cell[:_MOST_CELL],
        upstream_cells=tuple(cell[:_MOST_CELL] for cell in provenance.upstream_cells),
        upstream_runs={upstream.name: upstream.run_id for upstream in spec.upstream},
        error=_error(error) if error else None,
        note=run.directory.user().note,
        inputs=_inputs(run.directory.read(Manifest, run.directory.inputs_file), provenance),
        packages={clean_name(name): clean_name(version) for name, version in sorted(environment.packages.items())}
        if environment
        else {},
        machine=_machine(environment) if environment else {},
        git=_git(run.git) if run.git else None,
        seeds={clean_name(library): clean_name(digest) for library, digest in provenance.seeds.items()},
        untransferable={name: clean_text(reason) for name, reason in result.untransferable.items()} if result else {},
        peak_rss_bytes=state.peak_rss_bytes or None,
    )


def stored_detail(summary: RunSummary, note: str) -> RunDetail:
    """Return the detail of a run that only a store has, from the tags that MLflow keeps such facts in."""
    tags = summary.tags
    commit, branch = tags.get("mlflow.source.git.commit", ""), tags.get("mlflow.source.git.branch", "")
    return RunDetail(
        summary=summary,
        note=note,
        git={"commit": commit, "branch": branch, "dirty": "", "patch": "", "patch_cut": ""} if commit else None,
    )


def _error(error: CellError) -> dict[str, str]:
    return {
        "type": clean_name(error.type),
        "message": clean_text(error.message),
        "line": "" if error.line is None else str(error.line),
        "source": clean_text(error.source),
        "traceback": clean_text(error.traceback),
    }


def _inputs(manifest: Manifest | None, provenance: Provenance) -> tuple[RunInput, ...]:
    """Return what travelled, data before code, with what tells the data apart.

    The manifest is only shown: its signature is not asked.
    """
    fingerprints = {data.name: data for data in provenance.fingerprints}
    inputs = []
    for value in (manifest.values if manifest else ())[:_MOST_INPUTS]:
        if value.name.startswith("__"):
            continue
        data = fingerprints.get(value.name)
        shape = value.shape or (data.shape if data else None) or ()
        inputs.append(
            RunInput(
                name=clean_name(value.name),
                type=clean_name(value.type),
                size=value.size,
                fingerprint=clean_name(data.digest) if data else "",
                shape=" x ".join(map(str, shape)),
            )
        )
    return tuple(sorted(inputs, key=lambda each: not each.fingerprint))


def _machine(environment: Environment) -> dict[str, str]:
    memory = f"{environment.memory_bytes / 2**30:.1f} GiB" if environment.memory_bytes else ""
    labelled = {
        "Host": environment.host,
        "Python": environment.python,
        "Platform": environment.platform,
        "Processor": environment.cpu,
        "Processors": str(environment.cpu_count or ""),
        "Memory": memory,
        "GPU": ", ".join(environment.gpus),
    }
    return {label: clean_name(text) for label, text in labelled.items() if text}


def _git(git: GitState) -> dict[str, str]:
    return {
        "commit": clean_name(git.commit),
        "branch": clean_name(git.branch),
        "dirty": "yes" if git.dirty else "",
        "patch": clean_text(git.patch),
        "patch_cut": "yes" if git.patch_cut else "",
    }
