"""Settings: from the file, from the environment, and what is said when they are wrong."""

import pytest

from jupyter_mlops.exceptions import HomeError
from jupyter_mlops.home import Settings, available_cpus

GIB = 1 << 30


@pytest.fixture
def file(tmp_path):
    return tmp_path / "settings.json"


def test_without_a_file_there_are_defaults(file):
    assert Settings.load(file, {}) == Settings(
        slots=available_cpus(),
        log_cap_bytes=2 * GIB,
        capture_limit_bytes=16 * GIB,
        quota_bytes=None,
        grace_s=5.0,
        keep_orphans=False,
        warm=True,
        wait=False,
    )


def test_the_file_is_read_and_the_environment_wins(file):
    file.write_text('{"slots": 3, "grace_s": 1, "warm": false, "quota_bytes": 100}')
    environment = {"JUPYTER_MLOPS_SLOTS": "7", "JUPYTER_MLOPS_WAIT": "1", "JUPYTER_MLOPS_GRACE_S": " "}
    assert Settings.load(file, environment) == Settings(slots=7, grace_s=1.0, warm=False, quota_bytes=100, wait=True)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1000", 1000), ("2k", 2048), ("1.5 GiB", 3 * GIB // 2), ("4MB", 4 << 20), ("1T", 1 << 40), ("7b", 7)],
)
def test_sizes_may_be_written_as_people_do(file, text, size):
    assert Settings.load(file, {"JUPYTER_MLOPS_QUOTA_BYTES": text}).quota_bytes == size


@pytest.mark.parametrize(("text", "value"), [("1", True), ("on", True), ("Yes", True), ("0", False), ("OFF", False)])
def test_switches_may_be_written_as_people_do(file, text, value):
    assert Settings.load(file, {"JUPYTER_MLOPS_WARM": text}).warm is value


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("SLOTS", "many", "JUPYTER_MLOPS_SLOTS=many: say a number"),
        ("SLOTS", "1.5", "say a whole number"),
        ("SLOTS", "-1", "say a number"),
        ("SLOTS", "0", "slots must be 1 or more"),
        ("GRACE_S", "nan", "say a number"),
        ("WAIT", "perhaps", "JUPYTER_MLOPS_WAIT=perhaps: say on or off"),
    ],
)
def test_a_wrong_variable_is_named(file, variable, text, said):
    with pytest.raises(HomeError, match=said):
        Settings.load(file, {f"JUPYTER_MLOPS_{variable}": text})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "truncated"),
        ("[]", "Expected `object`"),
        ('{"slots": "2"}', r"Expected `int`.*\$\.slots"),
        ('{"slot": 2}', "unknown field `slot`. Known settings: slots, log_cap_bytes"),
        ('{"slots": 0}', "slots must be 1 or more"),
        ('{"grace_s": -1}', "grace_s not negative"),
    ],
)
def test_a_wrong_file_is_named(file, content, said):
    file.write_text(content)
    with pytest.raises(HomeError, match=said) as caught:
        Settings.load(file, {})
    assert str(file) in str(caught.value)
