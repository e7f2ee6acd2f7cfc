"""Archives, compressed files, bars and generators that have ended: they travel, and say the same."""

import gzip
import io
import tarfile
import zipfile

import pytest
from tqdm import tqdm

from jupyter_mlops.capture import dump_values


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("kept")
    return tmp_path


def refusal_of(value):
    (refusal,) = dump_values({"value": value}, namespace={}).refused
    return str(refusal)


class Images(zipfile.ZipFile):
    """Somebody's archive."""

    def titles(self):
        return [name.upper() for name in self.namelist()]


def test_a_closed_zip_still_tells_its_members_and_can_be_asked_no_more(folder, carry):
    with Images("notes.zip", "w") as archive:
        archive.write("notes.txt")
    with Images("notes.zip") as archive, archive.open("notes.txt") as member:
        member.read()
    found = carry(archive=archive, member=member)
    assert (type(found["archive"]), found["archive"].filename, found["archive"].titles()) == (
        Images,
        "notes.zip",
        ["NOTES.TXT"],
    )
    assert (found["member"].name, found["member"].closed) == ("notes.txt", True)
    with pytest.raises(ValueError, match="was already closed"):
        found["archive"].read("notes.txt")
    with pytest.raises(ValueError, match="closed"):
        found["member"].read()


@pytest.mark.parametrize("mode", ["wb", "rb"])
def test_a_closed_gzip_is_one_again(folder, carry, mode):
    (folder / "images.gz").write_bytes(gzip.compress(b"pixels"))
    with gzip.open("images.gz", mode) as file:
        file.read(3) if mode == "rb" else file.write(b"more")
    found = carry(file)
    assert (type(found), found.name, found.mode, found.closed) == (gzip.GzipFile, "images.gz", file.mode, True)
    with pytest.raises(ValueError, match="closed"):
        found.read()
    found.close()


@pytest.mark.parametrize("kind", ["", "gz"])
def test_a_closed_tar_still_tells_its_members(folder, carry, kind):
    with tarfile.open("notes.tar", f"w:{kind}") as archive:
        archive.add("notes.txt")
    with tarfile.open("notes.tar") as archive:
        archive.getmembers()
    found = carry(archive)
    assert [(member.name, member.size) for member in found.members] == [("notes.txt", 4)]
    with pytest.raises(OSError, match="closed"):
        found.getnames()


def test_open_ones_are_refused_with_a_remedy(folder):
    with zipfile.ZipFile("a.zip", "w") as archive, tarfile.open("a.tar", "w") as tar, gzip.open("a.gz", "w") as packed:
        said = [refusal_of(value) for value in (archive, tar)]
        assert refusal_of(packed).startswith("value is a gzip.GzipFile. It lives in one process only; ")
    assert said == [
        "value is a zipfile.ZipFile. It lives in one process only; open it inside the cell.",
        "value is a tarfile.TarFile. It lives in one process only; open it inside the cell.",
    ]


def test_a_bar_that_has_ended_tells_what_it_counted(carry):
    screen = io.StringIO()
    batches = [1, 2, 3]
    bar = tqdm(batches, desc="fit", file=screen, ncols=60)
    assert list(bar) == batches
    found = carry(bar=bar, batches=batches)
    ended = found["bar"]
    assert (type(ended), ended.n, ended.total, ended.desc) == (tqdm, 3, 3, "fit")
    assert str(ended).partition("[")[0] == str(bar).partition("[")[0]
    assert ended.iterable is found["batches"]
    assert list(ended) == batches
    ended.update()
    ended.close()
    assert ended not in tqdm._instances


def test_a_bar_that_is_switched_off_travels(carry):
    assert list(carry(tqdm(range(3), disable=True))) == [0, 1, 2]


def test_a_bar_that_goes_on_is_refused(folder):
    with tqdm(total=2, file=io.StringIO()) as bar:
        said = refusal_of(bar)
    assert said == (
        "value is a tqdm.std.tqdm. It lives in one process only; make the bar inside the cell, or pass what it counts: "
        "value.n."
    )


def test_a_generator_that_has_ended_is_one_that_yields_nothing(carry):
    squares = (number * number for number in range(3))
    assert sum(squares) == 5
    found = carry(squares)
    assert (type(found), found.__name__, list(found), found.gi_frame) == (type(squares), "<genexpr>", [], None)


def test_a_bar_over_a_generator_ends_with_it(carry):
    bar = tqdm((number for number in range(3)), total=3, file=io.StringIO())
    assert list(bar) == [0, 1, 2]
    assert (carry(bar).n, list(carry(bar))) == (3, [])


def test_a_generator_that_goes_on_is_refused():
    said = refusal_of(number for number in range(3))
    assert said.startswith("value is a generator. It lives in one process only; use a list, or call the function")
