"""What a board may show, and what its parts are called: runs of the homes, folders below the root, and nothing else."""

from pathlib import Path

import pytest
from stores import make_store, run_row

from jupyter_mlops.entities import OpenTensorBoard, TensorBoardInstance
from jupyter_mlops.exceptions import RunNotFoundError, UsageError
from jupyter_mlops.services import RunCatalog
from jupyter_mlops.services._homes import Homes
from jupyter_mlops.services._tensorboard import MOST_RUNS, TensorBoardService
from jupyter_mlops.tensorboard import Board, ShownFolder, ShownRun, ShownStoredRun, SupervisedBoard


class IdleSupervisor:
    """Starts nothing and remembers what it was asked to show."""

    def __init__(self) -> None:
        self.boards: list[Board] = []

    def open(self, board: Board) -> TensorBoardInstance:
        self.boards.append(board)
        return TensorBoardInstance(instance_id=board.board_id, url="", label=board.label)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The server's root, with folders of event files; the home of the runs is in it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("JUPYTER_MLOPS_HOME", raising=False)
    for folder in ("logs/a", "logs/b", "x:y", "one,two", "~"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def supervisor() -> IdleSupervisor:
    return IdleSupervisor()


@pytest.fixture
def boards(root: Path, supervisor: IdleSupervisor) -> TensorBoardService:
    homes = Homes(root)
    catalog = RunCatalog(homes)
    catalog.refresh()
    return TensorBoardService(homes, catalog, supervisor, (root,))


@pytest.mark.parametrize("base_url", ["/user/a b/", "/user/a%20b/"])
def test_b40_a_proxy_below_a_prefix_with_a_space_is_named_as_a_redirect_has_to_have_it(root, base_url, monkeypatch):
    monkeypatch.setattr(SupervisedBoard, "ensure", lambda _self: None)
    homes = Homes(root)
    service = TensorBoardService.below(base_url, homes, RunCatalog(homes))
    opened = service.open(OpenTensorBoard(logdir="logs"))
    board = service.find(opened.instance_id)
    service.close()

    assert board.public_path == f"/user/a%20b/jupyter-mlops/tensorboard/{opened.instance_id}"
    assert opened.url == f"jupyter-mlops/tensorboard/{opened.instance_id}/"


def shown(boards: TensorBoardService, supervisor: IdleSupervisor, **wish: object) -> Board:
    instance = boards.open(OpenTensorBoard(**wish))
    assert instance.label == supervisor.boards[-1].label
    return supervisor.boards[-1]


def labelled(boards, supervisor, root, logdir: str) -> list[tuple[str, str]]:
    folders = shown(boards, supervisor, logdir=logdir).folders
    return [(folder.label, str(Path(folder.path).relative_to(root))) for folder in folders]


@pytest.mark.parametrize(
    ("logdir", "folders"),
    [
        ("logs", [("", "logs")]),
        ("logs/../logs/./a/", [("", "logs/a")]),
        (".", [("", ".")]),
        ("not/yet", [("", "not/yet")]),
        ("mine:logs/a", [("mine", "logs/a")]),
        ("x:y", [("", "x:y")]),
        ("x:z", [("x", "z")]),
        ("logs/x:z", [("", "logs/x:z")]),
        ("one,two", [("", "one,two")]),
        ("a:logs/a,b:logs/b", [("a", "logs/a"), ("b", "logs/b")]),
        ("m:logs/a,M:logs/b", [("m-1", "logs/a"), ("M-2", "logs/b")]),
        ("logs/a,logs/b", [("1", "logs/a"), ("2", "logs/b")]),
        ("..:logs,b:logs/b", [("1", "logs"), ("b", "logs/b")]),
        ("~", [("", "~")]),
        ("--db=x", [("", "--db=x")]),
        ("größe ü/日本", [("", "größe ü/日本")]),
    ],
)
def test_a_logdir_names_folders_as_tensorboard_has_them(boards, supervisor, root, logdir, folders):
    assert labelled(boards, supervisor, root, logdir) == folders


def test_many_folders_may_be_longer_than_a_name_can_be(boards, supervisor, root):
    names = [f"experiment-of-november-{number}" for number in range(20)]

    assert labelled(boards, supervisor, root, ",".join(f"{name}:{name}" for name in names)) == [(n, n) for n in names]


@pytest.mark.parametrize("logdir", ["a:logs/a,", ",a:logs/a", ",,a:logs/a,,"])
def test_a_comma_too_many_does_not_show_the_whole_root(boards, supervisor, root, logdir):
    assert labelled(boards, supervisor, root, logdir) == [("a", "logs/a")]


def test_an_absolute_path_below_the_root_is_shown(boards, supervisor, root):
    assert labelled(boards, supervisor, root, f"here:{root}/logs") == [("here", "logs")]


@pytest.mark.parametrize(
    "logdir",
    [
        "/",
        "/etc",
        "..",
        "logs/../..",
        "n:/etc",
        "n:..",
        "escape",
        "escape/passwd",
        "n:escape",
        "n:logs,escape",
        "~/../..",
        "../evil:logs",
    ],
)
def test_what_lies_outside_of_the_root_is_refused_with_what_to_do(boards, supervisor, root, logdir):
    (root / "escape").symlink_to("/etc")
    with pytest.raises(UsageError) as refused:
        boards.open(OpenTensorBoard(logdir=logdir))

    part = logdir.rpartition(",")[2]
    assert str(refused.value) == (
        f"--logdir {part!r} is outside of {root}, which is what this Jupyter server shows. "
        "Start the server in a folder above it, or write the event files to JUPYTER_MLOPS_TENSORBOARD_DIR."
    )
    assert supervisor.boards == []


def test_the_name_of_a_sibling_that_begins_like_the_root_opens_nothing(boards, root):
    sibling = root.with_name(root.name + "-evil")
    with pytest.raises(UsageError, match="is outside of"):
        boards.open(OpenTensorBoard(logdir=str(sibling)))


@pytest.mark.parametrize("logdir", ["s3://bucket", "n:gs://b", "file:///etc", "a:logs,b:http://x", "C://x"])
def test_an_address_is_refused(boards, logdir):
    with pytest.raises(UsageError, match=r"is an address\. Only folders of this machine can be shown\.$"):
        boards.open(OpenTensorBoard(logdir=logdir))


@pytest.mark.parametrize("logdir", ["a" * 4_001, "logs\0", "logs\n", "a\x1b[31m", "\ud800", "a\u202eb"])
def test_what_cannot_be_seen_or_read_is_no_path(boards, logdir):
    with pytest.raises(
        UsageError, match=r"^--logdir is no path: it is too long, or has characters that cannot be seen"
    ):
        boards.open(OpenTensorBoard(logdir=logdir))


@pytest.mark.parametrize("logdir", ["a" * 256, "n:" + "ä" * 128, "logs/" + "a" * 300, "loop", "n:loop/x", "logs,loop"])
def test_a_path_that_no_system_opens_is_refused_in_words(boards, supervisor, root, logdir):
    (root / "loop").symlink_to("loop")
    with pytest.raises(
        UsageError, match=r"^--logdir '.*' cannot be opened: (File name too long|Too many levels of symbolic links)\.$"
    ):
        boards.open(OpenTensorBoard(logdir=logdir))
    assert supervisor.boards == []


@pytest.mark.parametrize(
    "wish", [{}, {"logdir": ""}, {"run_ids": ()}, {"logdir": ","}, {"flags": {"samples_per_plugin": "images=1"}}]
)
def test_a_board_of_nothing_is_refused(boards, wish):
    with pytest.raises(UsageError, match=r"^TensorBoard needs something to show: runs, or --logdir with a folder"):
        boards.open(OpenTensorBoard(**wish))


def test_runs_are_shown_under_their_names_each_once(boards, supervisor, make_run):
    wide, base, again = make_run("wide/net"), make_run("base"), make_run("Base")
    board = shown(boards, supervisor, run_ids=(wide.id, base.id, again.id, wide.id))

    assert board.runs == (
        ShownRun("wide_net", str(wide.directory.path)),
        ShownRun(f"base-{base.id[:8]}", str(base.directory.path)),
        ShownRun(f"Base-{again.id[:8]}", str(again.directory.path)),
    )
    assert board.label == f"wide_net, base-{base.id[:8]}, Base-{again.id[:8]}"


def test_runs_and_folders_share_a_board(boards, supervisor, make_run, root):
    run = make_run("base")
    board = shown(boards, supervisor, run_ids=(run.id,), logdir="logs/a")

    assert (board.folders, board.label) == ((ShownFolder("", str(root / "logs" / "a")),), "base, logs/a")


@pytest.mark.parametrize(("logdir", "label"), [("logs/a", "logs/a"), ("n:logs/a", "n"), ("p:logs,q:logs/b", "p, q")])
def test_a_board_is_called_after_its_folders(boards, supervisor, logdir, label):
    assert shown(boards, supervisor, logdir=logdir).label == label


def test_a_name_that_turns_the_text_around_is_cleaned(boards, supervisor, make_run):
    run = make_run("safe\u202eexe\x1b[31m")

    assert shown(boards, supervisor, run_ids=(run.id,)).label == "safeexe[31m"


def test_a_run_that_only_a_store_has_is_shown_by_what_the_store_knows(root, supervisor, make_run):
    ours = make_run("same")
    theirs = "a" * 32
    store = make_store(
        ours.directory.path.parents[1] / "mlflow.db",
        run_row(theirs, "same"),
        f"INSERT INTO params VALUES ('lr', '0.1', '{theirs}')",
    )
    homes = Homes(root)
    homes.refresh()
    catalog = RunCatalog(homes)
    catalog.refresh()
    boards = TensorBoardService(homes, catalog, supervisor, (root,))

    board = shown(boards, supervisor, run_ids=(theirs, ours.id))

    assert board.stored_runs == (
        ShownStoredRun(
            label="same-aaaaaaaa",
            uri=f"sqlite:///{store}",
            run_id=theirs,
            params={"lr": "0.1"},
            started_s=1_760_000_000.0,
            ended_s=1_760_000_060.0,
        ),
    )
    assert board.runs == (ShownRun(f"same-{ours.id[:8]}", str(ours.directory.path)),)
    assert board.label == f"same-aaaaaaaa, same-{ours.id[:8]}"
    assert not board.asks_servers


def test_a_run_of_no_home_is_not_found(boards, make_run, supervisor):
    known = make_run()
    with pytest.raises(RunNotFoundError, match=r"^No run 0{32} in the homes that this server shows\. .* --logdir\."):
        boards.open(OpenTensorBoard(run_ids=(known.id, "0" * 32)))
    assert supervisor.boards == []


@pytest.mark.parametrize("run_id", ["", "..", "../../etc", "A" * 32, "a" * 31, "a" * 32 + "/.."])
def test_what_is_no_run_id_is_not_found(boards, make_run, run_id):
    make_run()
    with pytest.raises(RunNotFoundError, match="is no run id: 32 hex digits"):
        boards.open(OpenTensorBoard(run_ids=(run_id,)))


def test_too_many_runs_are_refused_before_any_is_looked_for(boards):
    with pytest.raises(UsageError, match=r"^TensorBoard shows up to 100 runs, 101 are asked for\. Choose fewer\.$"):
        boards.open(OpenTensorBoard(run_ids=("0" * 32,) * (MOST_RUNS + 1)))
