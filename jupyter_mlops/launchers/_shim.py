"""The shim: owns one run from its submission to its end, and dies with nothing undone. Standard library only.

Between a launcher, which asks for it and goes away, and the executor, which it starts and outlives. It keeps no state
that is not in the run's files and locks, so whoever is killed, the rest can tell how the run stands. It never imports
a library, never talks to the tracking store, and never restarts anything. Python 3.9 syntax: a kernel of another
interpreter may start it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..home._files import boot_id, crash_point, process_start_time, read_json, write_atomic
from ..home._locks import LifeLock, Word, raise_flag, say, wait_released, wait_said
from ._shim_child import ExecutorStarter, execute
from ._shim_git import GitRecorder
from ._shim_keeper import start_keeper
from ._shim_log import LogCap
from ._shim_memory import MemoryEvents
from ._shim_outcome import Ending, judge
from ._shim_process import ChildEnd, adopt_orphans, end_descendants, reap, send_group, utc_now
from ._shim_queue import Slot, Ticket, take_slot
from ._shim_settings import ShimSettings
from ._shim_signals import Attention
from ._shim_stop import Stopper, stop_request
from ._shim_upstream import (
    HANDED_ON,
    LONGEST_BLOCK_S,
    Look,
    describe_failure,
    look_for_delivery,
    look_for_inputs,
    upstream_names,
)


class _EndedEarly(Exception):
    """The run is over before its executor was started; carries status and reason."""


class Shim:
    """One run's owner. Made and run once, on the main thread of a process of its own.

    Parameters
    ----------
    run_dir : Path
        The run's directory, absolute; `spec.json` and `cell.py` are in it.
    settings : ShimSettings
        What the launcher decided.
    starter : ExecutorStarter
        Gives the executor's process when it is time.
    given : sequence of int
        Descriptors by which the launcher says that this process is on its way; closed once the run has it.
    """

    def __init__(
        self, run_dir: Path, settings: ShimSettings, starter: ExecutorStarter, given: Sequence[int] = ()
    ) -> None:
        self._run_dir = run_dir
        self._home = run_dir.parent.parent
        self._settings = settings
        self._starter = starter
        self._given = given
        self._attention = Attention()
        self._told_wait: dict[str, Any] | None = None
        self._git: GitRecorder | None = None

    def run(self) -> None:
        """Own the run until `exit.json` is written. Return at once when somebody else owns or owned it."""
        lock = LifeLock.acquire(self._run_dir / "shim.lock")
        for descriptor in self._given:
            os.close(descriptor)
        if lock is None:
            return
        crash_point("shim.locked")
        if any((self._run_dir / name).exists() for name in ("shim.json", "exit.json")):
            lock.release()
            return
        adopt_orphans()
        self._write_exit(self._live())
        lock.release()
        start_keeper(self._home, self._settings.keeper)
        if self._git is not None:
            self._git.finish()
        self._attention.close()

    def _live(self) -> dict[str, Any]:
        """Return the content of `exit.json`."""
        try:
            self._record()
            spec = read_json(self._run_dir / "spec.json")
            if spec is None:
                raise _EndedEarly("FAILED", "spec.json cannot be read")
            self._await_inputs()
            self._await_upstream(spec)
            slot = self._await_turn(spec)
            crash_point("shim.slotted")
            return self._execute(spec, slot)
        except _EndedEarly as ended:
            status, reason = ended.args
            return {"status": status, "reason": reason, "ended_at": utc_now()}
        except OSError as error:
            return {"status": "FAILED", "reason": f"the run could not be started: {error}", "ended_at": utc_now()}
        except Exception as error:  # noqa: BLE001 - a shim that died of it would leave no end
            return {"status": "FAILED", "reason": f"the shim failed: {error!r}", "ended_at": utc_now()}

    def _record(self) -> None:
        pid = os.getpid()
        record = {"pid": pid, "start_time": process_start_time(pid), "boot_id": boot_id(), "started_at": utc_now()}
        # Should this process be killed, the run's others are known by it.
        record["session"] = os.getsid(0)
        # Surviving a power cut would cost each start milliseconds, and a run without this file is FAILED all the same.
        write_atomic(self._run_dir / "shim.json", json.dumps(record).encode(), durable=False)
        crash_point("shim.recorded")

    # Before the executor ----------------------------------------------------------------------------------------------

    def _await_inputs(self) -> None:
        # A snapshot is stored within a second or so, and another executor would have to be forked in the midst of it.
        reason = self._await(partial(look_for_inputs, self._run_dir), {"for": "inputs"}, is_short=True)
        if reason:
            raise _EndedEarly("FAILED", reason)

    def _await_upstream(self, spec: dict[str, Any]) -> None:
        runs, done = self._home / "runs", set[str]()
        while left := {run_id: names for run_id, names in upstream_names(spec, runs).items() if run_id not in done}:
            run_id = next(iter(left))
            status = self._await(
                partial(look_for_delivery, runs / run_id, left[run_id]), {"for": "runs", "run_ids": list(left)}
            )
            if status not in ("FINISHED", HANDED_ON):
                raise _EndedEarly("FAILED", describe_failure(runs / run_id, status))
            done.add(run_id)

    def _await_turn(self, spec: dict[str, Any]) -> Slot:
        ticket = Ticket(self._home, self._run_dir.name, int(spec["sequence"]))
        slot: list[Slot] = []

        def look() -> Look:
            nearest = ticket.nearest()
            if nearest is None:
                found = take_slot(self._home, self._run_dir.name, self._settings.slots)
                slot.extend([found] if found else [])
            return Look("slot" if slot else None, nearest)

        if look().answer:
            return slot[0]
        ticket.draw()
        crash_point("shim.queued")
        try:
            self._await(look, lambda: {"for": "slot", "ahead": len(ticket.ahead())})
        finally:
            ticket.give_up()
        return slot[0]

    def _await(
        self,
        look: Callable[[], Look],
        waiting: dict[str, Any] | Callable[[], dict[str, Any]],
        *,
        is_short: bool = False,
    ) -> str:
        """Look until there is an answer; sleep in the lock it names, or for a moment. End early when stopped."""
        pause_s = 0.001
        while True:
            stopped_by = stop_request(self._run_dir)
            if stopped_by:
                raise _EndedEarly("KILLED", f"stopped by {stopped_by}")
            found = look()
            if found.answer is not None:
                return found.answer
            if not is_short:
                self._starter.expect_wait()
            self._tell_wait(waiting() if callable(waiting) else waiting)
            if found.lock is not None:
                lock, word = found.lock, found.word
                wait = partial(wait_released, lock) if word is None else partial(wait_said, lock, word)
                self._attention.blocked_in(wait, LONGEST_BLOCK_S)
                pause_s = 0.001
            else:
                self._attention.sleep(pause_s)
                pause_s = min(pause_s * 1.5, 0.02)

    def _tell_wait(self, waiting: dict[str, Any]) -> None:
        if waiting != self._told_wait:
            self._told_wait = waiting
            try:
                write_atomic(self._run_dir / "wait.json", json.dumps(waiting).encode(), durable=False)
            except OSError:
                # A full disk: the run waits all the same, only nobody is told for what.
                pass

    # The executor -----------------------------------------------------------------------------------------------------

    def _execute(self, spec: dict[str, Any], slot: Slot) -> dict[str, Any]:
        started_at, began = utc_now(), time.monotonic()
        # Before the start: an executor may be killed before this process comes to its next line.
        memory = MemoryEvents()
        pid = self._starter.start(self._run_dir, spec["cwd"], slot.number)
        say(self._run_dir / "shim.lock", Word.BEGUN)
        crash_point("shim.started")
        stopper = Stopper(self._run_dir, pid, spec.get("timeout_s"), float(spec.get("grace_s", 5.0)))
        self._git = GitRecorder(self._run_dir, spec["cwd"])
        end = self._watch(pid, stopper, slot)
        ended_at, duration_s = utc_now(), time.monotonic() - began
        crash_point("shim.ended")
        orphans = 0 if spec.get("keep_orphans") else self._end_orphans(pid, self._git.pid)
        slot.release()
        ending = Ending(
            exit_code=end.exit_code,
            signal=end.signal,
            result=self._result(),
            stopped_by=stopper.stopped_by,
            timeout_s=spec.get("timeout_s"),
            out_of_memory=memory.struck(),
            peak_rss_bytes=end.peak_rss_bytes,
        )
        status, reason = judge(ending)
        return {
            "status": status,
            "reason": reason,
            "exit_code": end.exit_code,
            "signal": end.signal,
            "started_at": started_at,
            "ended_at": ended_at,
            "duration_s": duration_s,
            "peak_rss_bytes": end.peak_rss_bytes,
            "orphans_ended": orphans,
        }

    def _result(self) -> dict[str, Any] | None:
        try:
            return read_json(self._run_dir / "result.json")
        except OSError:
            # Unreadable is as good as absent: the exit code decides.
            return None

    def _watch(self, pid: int, stopper: Stopper, slot: Slot) -> ChildEnd:
        """Serve the run until its executor has ended; hand its slot on as soon as it has delivered."""
        log, git = LogCap(self._run_dir, self._settings.log_cap), self._git
        assert git is not None
        while True:
            ended, _ = reap()
            for end in ended:
                if end.pid == pid:
                    log.trim()
                    return end
            if (self._run_dir / "result.json").exists():
                slot.release()
            self._attention.sleep(min(stopper.advance(), log.trim(), git.advance()))

    def _end_orphans(self, group: int, spared: int | None) -> int:
        if sys.platform != "linux":
            # No subreaper: what is left of the executor's own group is all that can be found.
            send_group(group, 9)
            return 0
        return end_descendants(spared)

    # The end ----------------------------------------------------------------------------------------------------------

    def _write_exit(self, record: dict[str, Any]) -> None:
        """Write the last word; while the disk does not take it keep the lock, say so by its flag, and try again."""
        pause_s = 0.05
        while self._run_dir.is_dir():
            try:
                write_atomic(self._run_dir / "exit.json", json.dumps(record).encode())
                return
            except OSError:
                raise_flag(self._run_dir / "shim.lock", up=True)
                self._attention.sleep(pause_s)
                pause_s = min(pause_s * 2, 1.0)


class _Rehearsal(Shim):
    """Comes to the start of a run that is none."""

    def _execute(self, spec: dict[str, Any], slot: Slot) -> dict[str, Any]:  # noqa: ARG002 - it goes no further
        MemoryEvents().struck()
        slot.release()
        return {}


def rehearse_shim(folder: Path) -> None:
    """Do what a shim does on the way to its executor, to no effect: in a forked process the first time takes longer.

    Parameters
    ----------
    folder : Path
        Where a home that is none may be made; who rehearses removes it.
    """
    run_dir = folder / "runs" / ("0" * 32)
    run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (run_dir / "spec.json").write_bytes(b'{"sequence": 1, "cwd": "/"}')
    (run_dir / "inputs.json").write_bytes(b"{}")
    (folder / "queue").mkdir(exist_ok=True)
    adopt_orphans()
    rehearsal = _Rehearsal(run_dir, ShimSettings(1), ExecutorStarter(execute(())))
    rehearsal._live()
    rehearsal._attention.close()


def main() -> None:
    """Be the shim of the run that the command line names: RUN_DIR SETTINGS [DESCRIPTOR]."""
    run_dir, settings = Path(sys.argv[1]), ShimSettings.from_json(sys.argv[2])
    os.chdir("/")
    given = [int(number) for number in sys.argv[3:]]
    Shim(run_dir, settings, ExecutorStarter(execute(settings.executor)), given).run()
