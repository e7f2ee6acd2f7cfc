"""The collector: what it plans, what it spares, and what happens while it is at it."""

import os
import signal
import time
from dataclasses import dataclass, field

import msgspec
import pytest
from runs import submit

from jupyter_mlops.entities import BufferRef, Exit, Manifest, Origin, Result, RunStatus, Upstream
from jupyter_mlops.exceptions import HomeError
from jupyter_mlops.home import CollectionPlan, Home, RunDirectory, collect, plan_collection
from jupyter_mlops.home._survey import allocated

LONG_AGO_S = 3 * 86_400


def age(path, seconds):
    for each in (path, *path.rglob("*")):
        os.utime(each, (time.time() - seconds,) * 2, follow_symlinks=False)


@dataclass
class Farm:
    """Makes homes with a past."""

    home: Home
    objects: dict[str, BufferRef] = field(default_factory=dict)

    def put(self, text: str, age_s: float = LONG_AGO_S) -> BufferRef:
        ref = self.home.objects.put(text.encode() * 5000)
        age(self.home.objects.path_of(ref), age_s)
        self.objects[text] = ref
        return ref

    def run(
        self,
        *,
        inputs: str = "",
        outputs: str = "",
        upstream=(),
        origin=None,
        ended=True,
        age_s=LONG_AGO_S,
        shipped=True,
    ) -> RunDirectory:
        """A run whose inputs and outputs are one object a letter."""
        run = submit(
            self.home,
            upstream=tuple(Upstream("x", other.run_id) for other in upstream),
            origin=Origin("rerun", origin.run_id) if origin else None,
        )
        self.store(run, inputs, run.inputs_file, run.inputs_stream)
        self.store(run, outputs, run.outputs_file, run.outputs_stream)
        run.log_file.write_bytes(b"x" * 10_000)
        if shipped:
            run.tracking_file.write_text('{"done": true}')
        if ended:
            run.write(Exit(status=RunStatus.FINISHED), run.exit_file)
        age(run.path, age_s)
        return run

    def store(self, run, letters, manifest_file, stream_file):
        if letters:
            buffers = tuple(self.objects.get(letter) or self.put(letter) for letter in letters)
            stream_file.write_bytes(b"stream")
            manifest = Manifest(values=(), stream_sha256="0" * 64, buffers=buffers)
            run.write(self.home.signer.sign(manifest), manifest_file)

    def left(self) -> set[str]:
        """The letters whose objects are still there."""
        return {letter for letter, ref in self.objects.items() if self.home.objects.has(ref)}


@pytest.fixture
def farm(home):
    return Farm(home)


def ids(*runs):
    return tuple(run.run_id for run in runs)


def test_an_empty_home_has_nothing_to_collect(home):
    plan = plan_collection(home)
    assert plan == CollectionPlan(home=str(home.path), remaining_bytes=plan.remaining_bytes)
    assert (plan.is_empty, collect(plan).is_empty) == (True, True)


def test_without_a_quota_only_what_nothing_names_goes(farm):
    run = farm.run(inputs="ab", outputs="c")
    unnamed = farm.put("z")
    plan = plan_collection(farm.home)
    assert (plan.values, plan.directories, plan.objects, plan.leftovers) == ((), (), (unnamed,), ())
    assert collect(plan) == plan
    assert (farm.left(), run.inputs().buffers) == (set("abc"), (farm.objects["a"], farm.objects["b"]))


def test_a_plan_changes_nothing(farm):
    farm.run(inputs="a")
    farm.put("z")
    before = sorted(path for path in farm.home.path.rglob("*"))
    assert not plan_collection(farm.home, quota_bytes=0).is_empty
    assert sorted(path for path in farm.home.path.rglob("*")) == before


def test_what_is_freed_was_planned_and_counted(farm):
    runs = [farm.run(inputs="ab", outputs="c"), farm.run(inputs="bd")]
    plan = plan_collection(farm.home, quota_bytes=0)
    assert (plan.values, plan.directories) == (ids(*runs), ids(*runs))
    assert {ref.hash for ref in plan.objects} == {ref.hash for ref in farm.objects.values()}
    assert plan.freed_bytes > 4 * 5000
    done = collect(plan)
    assert (done.values, done.directories, done.objects) == (plan.values, plan.directories, plan.objects)
    assert abs(done.freed_bytes - plan.freed_bytes) <= 8192  # directories give their own blocks back as they like
    assert (farm.left(), farm.home.run_ids()) == (set(), ())


def test_the_oldest_lose_their_values_first_and_no_more_than_needed(farm):
    runs = [farm.run(inputs=letter) for letter in "abcd"]
    now = plan_collection(farm.home).remaining_bytes
    done = collect(plan_collection(farm.home, quota_bytes=now - 10_000))
    assert (done.values, done.directories) == (ids(*runs[:1]), ())
    assert farm.left() == set("bcd")
    assert [run.inputs() is None for run in runs] == [True, False, False, False]


def test_an_object_that_a_later_run_names_stays(farm):
    farm.run(inputs="ab")
    later = farm.run(inputs="bc")
    later.keep_file.touch()
    collect(plan_collection(farm.home, quota_bytes=0))
    assert farm.left() == set("bc")


def test_directories_go_only_when_values_are_not_enough(farm):
    runs = [farm.run(inputs=letter) for letter in "ab"]
    nothing_left = plan_collection(farm.home, quota_bytes=0).remaining_bytes
    values = allocated(runs[1].inputs_file) + allocated(runs[1].inputs_stream)
    plan = plan_collection(farm.home, quota_bytes=nothing_left + allocated(runs[1].path) - values)
    assert (plan.values, plan.directories) == (ids(*runs), ids(runs[0]))


def test_a_directory_that_the_tracking_store_has_not_whole_stays(farm):
    kept = farm.run(inputs="a", shipped=False)
    done = collect(plan_collection(farm.home, quota_bytes=0))
    assert (done.values, done.directories) == (ids(kept), ())
    assert kept.log_file.exists()


def test_the_quota_is_the_homes_own_unless_told(farm):
    farm.run(inputs="a")
    farm.home.settings_file.write_text('{"quota_bytes": 0}')
    assert len(plan_collection(farm.home).values) == 1
    assert plan_collection(farm.home, quota_bytes=1 << 40).values == ()


def test_old_values_go_whatever_the_quota(farm):
    old, young = farm.run(inputs="a"), farm.run(inputs="b", age_s=86_400)
    done = collect(plan_collection(farm.home, keep_days=2))
    assert (done.values, done.directories, farm.left()) == (ids(old), (), {"b"})
    assert young.inputs() is not None


def test_a_live_run_and_all_that_it_comes_from_stay(farm, holder):
    first = farm.run(outputs="a")
    second = farm.run(inputs="b", outputs="c", upstream=[first])
    origin = farm.run(inputs="d")
    live = farm.run(inputs="e", upstream=[second], origin=origin, ended=False)
    holder(live.shim_lock)
    bystander = farm.run(inputs="f")
    done = collect(plan_collection(farm.home, quota_bytes=0))
    assert (done.values, done.directories) == (ids(bystander), ids(bystander))
    assert farm.left() >= set("abcde")


def test_a_kept_run_and_all_that_it_comes_from_stay(farm):
    upstream = farm.run(outputs="a")
    kept = farm.run(inputs="b", outputs="c", upstream=[upstream])
    kept.keep_file.touch()
    farm.run(inputs="d")
    collect(plan_collection(farm.home, quota_bytes=0))
    assert (farm.left(), farm.home.run_ids()) == (set("abc"), ids(kept, upstream))


def test_runs_that_come_from_each_other_in_a_circle_are_no_trap(farm):
    one = farm.run(inputs="a")
    two = farm.run(inputs="b", upstream=[one])
    one.write(msgspec.structs.replace(one.spec(), upstream=(Upstream("x", two.run_id),)), one.spec_file)
    one.keep_file.touch()
    assert plan_collection(farm.home, quota_bytes=0).values == ()


def test_a_run_that_has_just_ended_stays(farm):
    """A kernel may be about to read what it returned."""
    run = farm.run(outputs="a", age_s=60)
    assert plan_collection(farm.home, quota_bytes=0, keep_days=0).values == ()
    assert run.outputs() is not None


def test_a_buffer_that_was_just_put_stays(farm):
    """A manifest that names it may be on its way."""
    farm.put("a", age_s=60)
    assert plan_collection(farm.home, quota_bytes=0).objects == ()


def test_a_buffer_that_was_put_since_a_live_run_began_stays(farm, holder):
    """However long it takes to save its outputs."""
    live = farm.run(ended=False, age_s=7200)
    holder(live.shim_lock)
    farm.put("b", age_s=3600)
    farm.put("a", age_s=4 * 3600)
    assert plan_collection(farm.home, quota_bytes=0).objects == (farm.objects["a"],)


def test_the_manifest_of_a_newer_version_still_keeps_its_objects(farm):
    run = farm.run(inputs="a")
    run.keep_file.touch()
    newer = msgspec.json.decode(run.inputs_file.read_bytes()) | {"wire_version": 9, "buffers": {"new": "shape"}}
    newer["blobs"] = [{"address": farm.objects["a"].hash}]
    run.inputs_file.write_bytes(msgspec.json.encode(newer))
    assert plan_collection(farm.home, quota_bytes=0).objects == ()


@pytest.mark.parametrize("file", ["spec_file", "exit_file"])
def test_a_run_of_a_newer_version_stays(farm, file):
    run = farm.run(inputs="a")
    getattr(run, file).write_text('{"wire_version": 9}')
    age(run.path, LONG_AGO_S)
    assert plan_collection(farm.home, quota_bytes=0).is_empty


def test_a_run_without_a_spec_that_never_started_goes(farm, run):
    run.tracking_file.write_text('{"done": true}')
    age(run.path, LONG_AGO_S)
    assert collect(plan_collection(farm.home, quota_bytes=0)).directories == ids(run)


def test_lost_runs_may_go_too(farm):
    run = farm.run(inputs="a", ended=False)
    run.write(Result(status=RunStatus.FAILED), run.result_file)
    age(run.path, LONG_AGO_S)
    assert collect(plan_collection(farm.home, quota_bytes=0)).directories == ids(run)


def test_what_killed_writers_left_is_swept_when_it_is_old(farm):
    run = farm.run()
    run.keep_file.touch()
    farm.put("a", age_s=0)
    parents = (run.path, farm.home.path, farm.home.objects.path_of(farm.objects["a"]).parent)
    old = [parent / ".spec.json.0123456789ab.tmp" for parent in parents]
    hidden = farm.home.runs / f".{'0' * 32}.0123456789ab.tmp"
    (hidden / "artifacts").mkdir(parents=True)
    young = run.path / ".spec.json.ba9876543210.tmp"
    users = run.path / "weights.tmp"
    for path in (*old, young, users):
        path.write_bytes(b"half")
    for path in (*old, hidden, users):
        age(path, LONG_AGO_S)
    done = collect(plan_collection(farm.home))
    assert set(done.leftovers) == {str(path) for path in (*old, hidden)}
    assert (young.exists(), users.exists(), hidden.exists()) == (True, True, False)


def test_what_has_come_to_be_needed_since_the_plan_stays(farm):
    kept, other = farm.run(inputs="a"), farm.run(inputs="b")
    farm.put("c")
    plan = plan_collection(farm.home, quota_bytes=0)
    kept.keep_file.touch()
    farm.put("c", age_s=0)
    done = collect(plan)
    assert (done.values, done.directories) == (ids(other), ids(other))
    assert done.objects == (farm.objects["b"],)
    assert farm.left() == {"a", "c"}


def test_an_object_that_a_new_manifest_names_since_the_plan_stays(farm):
    old = farm.run(inputs="a")
    plan = plan_collection(farm.home, quota_bytes=0)
    farm.run(inputs="a", origin=old, ended=False, age_s=0)
    done = collect(plan)
    assert (done.values, done.objects, farm.left()) == ((), (), {"a"})


def test_a_plan_can_be_carried_out_twice(farm):
    farm.run(inputs="a")
    plan = plan_collection(farm.home, quota_bytes=0)
    assert collect(plan).directories == plan.directories
    assert collect(plan).is_empty


def test_a_home_that_cannot_be_written_is_told(farm):
    (farm.home.path / "gc.lock").mkdir()  # stands for a file system that is mounted read-only
    with pytest.raises(HomeError, match=r"Cannot write .*gc\.lock: .*\. Make the directory writable\."):
        collect(plan_collection(farm.home))


def test_two_do_not_collect_at_once(farm, holder):
    process = holder(farm.home.path / "gc.lock")
    with pytest.raises(HomeError, match=f"Process {process.pid} is collecting .* already"):
        collect(plan_collection(farm.home))


COLLECT = """
import sys
from pathlib import Path
from jupyter_mlops.home import Home, collect, plan_collection
collect(plan_collection(Home.open(Path(sys.argv[1])), quota_bytes=0))
"""


def test_a_collector_that_is_killed_leaves_runs_whole_or_gone(farm, python):
    runs = [farm.run(inputs="a"), farm.run(inputs="b")]
    killed = python(COLLECT, farm.home.path, JUPYTER_MLOPS_CRASH_AT="collect.hidden")
    assert killed.wait() == -signal.SIGKILL
    assert farm.home.run_ids() == ids(runs[1])
    for path in farm.home.runs.iterdir():
        age(path, LONG_AGO_S)
    again = collect(plan_collection(farm.home, quota_bytes=0))
    assert (again.directories, len(again.leftovers)) == (ids(runs[1]), 1)
    assert (farm.left(), list(farm.home.runs.iterdir())) == (set(), [])


def test_nothing_outside_is_followed(farm, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(b"x" * 100_000)
    run = farm.run(inputs="a")
    (run.path / "artifacts").symlink_to(outside)
    age(run.path, LONG_AGO_S)
    plan = plan_collection(farm.home, quota_bytes=0)
    assert plan.freed_bytes < 100_000
    collect(plan)
    assert (run.exists(), (outside / "precious").exists()) == (False, True)


def test_stray_files_are_no_obstacle(farm):
    (farm.home.objects.path / ".DS_Store").touch()
    (farm.home.runs / ".DS_Store").touch()
    farm.put("a")
    assert collect(plan_collection(farm.home)).objects == (farm.objects["a"],)


def test_what_cannot_be_removed_is_named(farm, monkeypatch):
    run = farm.run(inputs="a")
    run.inputs_file.unlink()
    run.inputs_file.mkdir()
    with pytest.raises(HomeError, match=r"Cannot (remove|read) .*inputs\.json"):
        collect(CollectionPlan(home=str(farm.home.path), values=ids(run)))


def test_what_is_put_while_it_is_collected_is_there_afterwards(farm, python):
    """The buffer is old and nothing names it when the collector looks; at that moment somebody puts it again."""
    data = b"the same again and again" * 1000
    ref = farm.home.objects.put(data)
    path = farm.home.objects.path_of(ref)
    for _ in range(60):
        os.utime(path, (0, 0))
        plan = plan_collection(farm.home)
        assert plan.objects == (ref,)
        pid = os.fork()
        if pid == 0:
            farm.home.objects.put(data)
            os._exit(0)
        collect(plan)
        os.waitpid(pid, 0)
        assert farm.home.objects.map(ref).tobytes() == data
