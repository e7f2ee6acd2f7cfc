from jupyter_mlops.magics._remembered_transform import RememberedTransform


def test_the_shell_is_asked_once_until_something_may_have_changed(shell):
    shell.reset(new_session=True)
    transform = RememberedTransform(shell)
    called = "get_ipython().run_line_magic('history', '')"

    assert transform("history").strip() == called
    shell.user_ns["history"] = []
    assert transform("history").strip() == called
    transform.forget()
    assert transform("history").strip() == "history"
    assert transform("x = !ls\ny").startswith("x = get_ipython().getoutput('ls')")
