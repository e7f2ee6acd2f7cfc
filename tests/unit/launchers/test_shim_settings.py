from jupyter_mlops.launchers import ShimSettings
from jupyter_mlops.launchers._shim_settings import DEFAULT_LOG_CAP


def test_settings_travel_as_json():
    settings = ShimSettings(3, ("python", "-c", 'print("a b")'), 1 << 20, ("keeper",))
    assert ShimSettings.from_json(settings.to_json()) == settings


def test_a_launcher_needs_to_decide_no_more_than_the_number_of_slots():
    assert ShimSettings(2) == (2, (), DEFAULT_LOG_CAP, ())
