"""What is said of packages and answered files, as text and as HTML."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from jupyter_mlops.entities import Package, PackageFile, ScoreProgress, ScoreRefusal, ScoreReport
from jupyter_mlops.widgets import package_html, package_text, progress_text, score_html, score_text

PACKAGE = Package(
    target="docker",
    name="wide",
    directory=Path("out/wide"),
    files=(PackageFile("Dockerfile", "the image"), PackageFile("server/a.py", "the server")),
    commands=("docker build -t wide out/wide", "docker run wide"),
    checked=("The server answers.",),
    notes=("The image was not built here.",),
)
REPORT = ScoreReport(
    source=Path("in.parquet"),
    destination=Path("out.csv"),
    label="wide",
    rows=1_000_000,
    refused=3,
    refusals=(ScoreRefusal("town: missing", 2), ScoreRefusal("age: beyond float32", 1)),
    columns=("id", "predict"),
    resumed=0,
    seconds=2.0,
)


def test_a_package_as_text():
    assert package_text(PACKAGE).splitlines() == [
        "✓ out/wide/  wide for docker, 2 files",
        "  Dockerfile   the image",
        "  server/a.py  the server",
        "verified here: The server answers.",
        "note: The image was not built here.",
        "Next:",
        "    docker build -t wide out/wide",
        "    docker run wide",
    ]


def test_files_of_a_folder_that_are_for_the_same_are_a_line_together():
    server = tuple(PackageFile(f"image/serving/_{n}.py", "the server") for n in range(3))
    flat = tuple(PackageFile(f"{n}.txt", "a text") for n in range(3))
    package = replace(PACKAGE, files=(*PACKAGE.files, *server, PackageFile("image/serving/x", "other"), *flat))
    assert [line.split("  ")[1] for line in package_text(package).splitlines()[1:8]] == [
        "Dockerfile",
        "server/a.py",
        "image/serving/ (3 files)",
        "image/serving/x",
        "0.txt",
        "1.txt",
        "2.txt",
    ]
    assert "image/serving/ (3 files)" in texts(package_html(package))


def texts(page):
    return [
        "".join(each.itertext()) for each in ElementTree.fromstring(page).iter() if each.tag in ("p", "td", "th", "pre")
    ]


def test_a_package_as_html_says_the_same():
    assert texts(package_html(PACKAGE)) == [
        "✓ out/wide/  wide for docker, 2 files",
        "file",
        "what it is",
        "Dockerfile",
        "the image",
        "server/a.py",
        "the server",
        "verified here: The server answers.",
        "The image was not built here.",
        "Next:",
        "docker build -t wide out/wide\ndocker run wide",
    ]


@pytest.mark.parametrize("mark", ["<img src=x onerror=alert(1)>", "&amp;", "\u202e", "</code>"])
def test_any_name_is_shown_as_it_is(mark):
    package = replace(PACKAGE, name=mark, commands=(mark,), checked=(mark,), notes=(mark,))
    told = texts(package_html(replace(package, files=(PackageFile(mark, mark),))))
    assert told.count(mark) == 4
    assert f"verified here: {mark}" in told
    assert mark in texts(score_html(replace(REPORT, columns=(mark,))))[-1]


def test_an_answered_file_as_text():
    assert score_text(REPORT).splitlines() == [
        "✓ out.csv  1,000,000 rows from in.parquet · 500,000 rows/s",
        "3 rows could not be asked, and their answers are null:",
        "  town: missing: 2 rows",
        "  age: beyond float32: 1 rows",
        "columns: id, predict",
    ]


def test_what_an_earlier_attempt_left_is_told_and_is_no_pace():
    lines = score_text(replace(REPORT, refused=0, refusals=(), resumed=600_000)).splitlines()
    assert lines == [
        "✓ out.csv  1,000,000 rows from in.parquet · 200,000 rows/s",
        "600,000 rows were answered by an earlier attempt.",
        "columns: id, predict",
    ]


def test_many_reasons_and_columns_are_cut_and_counted():
    many = tuple(ScoreRefusal(f"c{n}: missing", 20 - n) for n in range(9))
    lines = score_text(replace(REPORT, refusals=many, columns=tuple(f"c{n}" for n in range(20)))).splitlines()
    assert lines[-2:] == ["  and 3 more reasons", "columns: c0, c1, c2, c3, c4, c5, c6, c7 and 12 more"]


def test_an_answered_file_as_html_says_the_same():
    assert [text.strip() for text in texts(score_html(REPORT))] == [
        line.strip() for line in score_text(REPORT).splitlines()
    ]


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        (
            ScoreProgress(rows=250, total=1_000, per_second=50.0),
            "250 of 1,000 rows answered (25%) · 50 rows/s · about 15 s left",
        ),
        (ScoreProgress(rows=0, total=0, per_second=0.0), "0 of 0 rows answered (100%) · 0 rows/s · about 0 s left"),
        (ScoreProgress(rows=1_250, total=None, per_second=1e6), "1,250 rows answered · 1,000,000 rows/s"),
    ],
)
def test_progress_is_told_as_far_as_it_is_known(progress, told):
    assert progress_text(progress) == told


def test_a_report_of_no_time_has_no_pace():
    assert replace(REPORT, seconds=0.0).per_second == 0.0
