"""Which of TensorBoard's flags do something, which change nothing, and which are refused."""

import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.tensorboard import HONOURED, MEANINGLESS, REFUSED, check_flags


def test_flags_about_ports_change_nothing():
    flags = {"port": "6006", "host": "0.0.0.0", "bind_all": "", "load_fast": "true", "window_title": "mine"}
    assert check_flags(flags) == {"window_title": "mine"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("samples_per_plugin", "scalars=500,images=10"),
        ("window_title", "Digits, wide; and --deep"),
        ("reload_interval", "30"),
        ("reload_multifile", "True"),
        ("max_reload_threads", "4"),
    ],
)
def test_flags_that_change_what_is_shown_are_passed_on(name, value):
    assert check_flags({name: value}) == {name: value}


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"db": "sqlite:x"}, "--db is for the command: run !tensorboard --db"),
        ({"inspect": ""}, "--inspect is for the command"),
        ({"grpc_data_provider": "evil:1"}, "--grpc_data_provider is for the command"),
        ({"logidr": "x"}, "TensorBoard has no flag --logidr"),
        ({"logdir": "/etc"}, "TensorBoard has no flag --logdir"),
        ({"max_reload_threads": "many"}, "--max_reload_threads does not take 'many'"),
        ({"samples_per_plugin": "scalars=1 --logdir=/etc"}, "does not take"),
        ({"window_title": "two\nlines"}, "does not take"),
    ],
)
def test_b15_other_flags_and_values_are_refused_with_the_way_on(flags, message):
    with pytest.raises(UsageError, match=message):
        check_flags(flags)


def test_every_flag_of_the_installed_tensorboard_is_known():
    """TensorBoard's core plugin defines them; a new one is to be put in one of our three tables."""
    core_plugin = pytest.importorskip("tensorboard.plugins.core.core_plugin")
    known = set(HONOURED) | MEANINGLESS | REFUSED | {"logdir", "logdir_spec"}

    class Parser:
        def __init__(self):
            self.names = set()

        def add_argument(self, *names, **_):
            self.names |= {name.removeprefix("--") for name in names if name.startswith("--")}

        def add_argument_group(self, *_, **__):
            return self

        add_mutually_exclusive_group = add_argument_group

    parser = Parser()
    core_plugin.CorePluginLoader().define_flags(parser)
    assert parser.names - known - {"helpfull"} == set()
