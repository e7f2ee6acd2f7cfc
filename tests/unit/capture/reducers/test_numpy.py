"""Large arrays of any kind and order through the pickler, and files mapped by the notebook as they change."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("pyarrow")

SHAPES = [(70_001,), (263, 271), (40, 41, 43), (1, 70_000, 1), (70_000, 1)]
KINDS = ["u1", "i2", "<f4", ">f8", "?", "M8[ns]", "m8[h]", "V3", "S2", "U1", [("a", "i2"), ("b", "M8[s]")]]
effort = settings(max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def arrays(draw):
    """Draw an array of more than 64 KB, or a view of one: its axes in any order, some turned round or thinned out."""
    shape, dtype = draw(st.sampled_from(SHAPES)), np.dtype(draw(st.sampled_from(KINDS)))
    raw = np.arange(int(np.prod(shape)) * dtype.itemsize, dtype="i8").astype("u1")
    raw = raw % 2 if dtype.kind == "b" else raw * 0 + 65 if dtype.kind == "U" else raw
    array = np.zeros(shape, dtype) if dtype.kind == "U" else raw.view(dtype).reshape(shape)
    array = array.transpose(draw(st.permutations(range(len(shape)))))
    steps = [draw(st.sampled_from([1, 1, -1, 2])) for _ in shape]
    return array[tuple(slice(None, None, step) for step in steps)]


@effort
@given(arrays(), st.booleans())
def test_an_array_arrives_as_it_was_to_the_last_byte(carry, array, writeable):
    array.flags.writeable = writeable

    copy = carry(array)

    assert (type(copy), copy.dtype, copy.shape) == (np.ndarray, array.dtype, array.shape)
    assert copy.tobytes() == array.tobytes()
    assert (copy.flags.c_contiguous, copy.flags.f_contiguous) >= (array.flags.c_contiguous, array.flags.f_contiguous)


@effort
@given(
    st.lists(st.sampled_from(["a", "", "ü\0b", "long " * 20, None]), min_size=1, max_size=9),
    st.sampled_from([(9000,), (90, 100), (10, 30, 30)]),
    st.sampled_from("CF"),
    st.booleans(),
)
def test_texts_arrive_one_by_one_as_they_were(carry, words, shape, order, distinct):
    flat = np.empty(9000, dtype=object)
    flat[:] = [
        f"{word}{place}" if distinct and word else word
        for place, word in enumerate(words * (9000 // len(words)) + words[: 9000 % len(words)])
    ]
    array = flat.reshape(shape, order=order)

    copy = carry(array)

    assert (copy.shape, copy.tolist(), copy.flags.writeable) == (shape, array.tolist(), True)


@pytest.mark.parametrize("step", [-1, 2, 3])
def test_a_view_of_texts_arrives_as_what_it_shows(carry, step):
    whole = np.array([f"row {number}" for number in range(60_000)], dtype=object)

    assert carry(whole[::step]).tolist() == whole[::step].tolist()


def test_one_value_seen_a_million_times_is_sent_as_what_is_seen(carry):
    seen = np.broadcast_to(np.arange(3.0), (50_000, 3))

    copy = carry(seen)

    assert (copy.shape, copy.sum(axis=0).tolist()) == ((50_000, 3), [0.0, 50_000.0, 100_000.0])


# Files mapped by the notebook


@pytest.fixture
def file(tmp_path):
    """A file of a thousand numbers."""
    path = tmp_path / "numbers"
    np.arange(1000, dtype="i4").tofile(path)
    return path


@pytest.mark.parametrize(
    ("mode", "kind", "writeable"),
    [("r", np.memmap, False), ("r+", np.memmap, True), ("c", np.ndarray, True)],
)
def test_a_mapped_file_is_opened_as_the_notebook_opened_it(carry, file, mode, kind, writeable):
    copy = carry(np.memmap(file, "i4", mode))

    assert (type(copy), copy.flags.writeable, copy.tolist()) == (kind, writeable, [*range(1000)])


def test_what_the_notebook_changed_in_its_copy_alone_is_in_the_runs(carry, file):
    mapped = np.memmap(file, "i4", "c")
    mapped[0] = 7

    assert (carry(mapped)[0], np.fromfile(file, "i4")[0]) == (7, 0)


def test_a_mapped_file_that_the_notebook_has_locked_cannot_be_written_by_a_run(carry, file):
    mapped = np.memmap(file, "i4", "r+")
    mapped.flags.writeable = False

    copy = carry(mapped)

    with pytest.raises(ValueError, match="read-only"):
        copy[0] = 1


@pytest.mark.parametrize(
    "content",
    [b"", b"1" * 8, np.arange(1000, dtype="i4")[::-1].tobytes(), np.arange(999, dtype="i4").tobytes()],
    ids=["empty", "short", "of other numbers", "shorter by one"],
)
def test_a_file_that_another_has_taken_the_place_of_is_sent_as_the_notebook_sees_it(carry, file, content):
    mapped = np.memmap(file, "i4", "r")
    other = file.with_name("other")
    other.write_bytes(content)
    other.replace(file)

    assert carry(mapped).tolist() == [*range(1000)]


def test_a_file_that_is_gone_is_sent_as_the_notebook_sees_it(carry, file):
    mapped = np.memmap(file, "i4", "r+")
    file.unlink()

    assert carry(mapped).tolist() == [*range(1000)]


@pytest.mark.parametrize("offset", [0, 4, 400, 3996])
def test_a_file_mapped_from_its_middle_is_mapped_from_there(carry, file, offset):
    copy = carry(np.memmap(file, "i4", "r", offset=offset))

    assert (type(copy), copy.offset, copy.tolist()) == (np.memmap, offset, [*range(offset // 4, 1000)])


def test_a_large_file_mapped_from_behind_a_page_is_mapped_from_there(carry, tmp_path):
    path = tmp_path / "large"
    np.arange(40_000, dtype="i4").tofile(path)

    copy = carry(np.memmap(path, "i4", "r", offset=80_004))

    assert (type(copy), copy[0], copy[-1]) == (np.memmap, 20_001, 39_999)


@pytest.mark.parametrize(
    "view",
    [
        lambda mapped: mapped[::2],
        lambda mapped: mapped.reshape(10, 100).T,
        lambda mapped: mapped.view("u2"),
        lambda mapped: mapped.copy(),
        lambda mapped: mapped + 1,
    ],
    ids=["thinned", "turned", "other type", "copy", "sum"],
)
def test_what_is_made_of_a_mapped_file_is_data(carry, file, view):
    made = view(np.memmap(file, "i4", "r+"))

    copy = carry(made)

    assert (type(copy), copy.dtype, copy.tolist()) == (np.ndarray, made.dtype, made.tolist())


def test_a_mapped_matrix_keeps_the_order_of_its_file(carry, file):
    mapped = np.memmap(file, "i4", "r", shape=(20, 50), order="F")

    copy = carry(mapped)

    assert (copy.flags.f_contiguous, copy[1, 0], copy.tolist()) == (True, 1, mapped.tolist())
