"""What was typed at a prompt is told from what was printed there."""

from snippets.sessions import is_session, is_shell_session, program_of, read_session, spans

SESSION = ">>> def f(x):\n...     return x\n...\n>>> f(2)\n2\n>>> print('a')\na\nb"


def test_steps_have_their_code_and_their_output() -> None:
    steps = read_session(SESSION)

    assert [(step.code, step.output) for step in steps] == [
        ("def f(x):\n    return x", ""),
        ("f(2)", "2"),
        ("print('a')", "a\nb"),
    ]
    assert program_of(steps) == "def f(x):\n    return x\nf(2)\nprint('a')"
    assert spans(steps) == [(3, "2"), (4, "a\nb")]


def test_numbered_prompts_are_prompts_too() -> None:
    (step,) = read_session("In [3]: x + 1\nOut[3]: 4")

    assert (step.code, step.output) == ("x + 1", "4")


def test_session_goes_on_after_an_exception_that_was_shown() -> None:
    shown = "Traceback (most recent call last):\n  File 'x', line 1\nnp.linalg.LinAlgError: bad\nly"

    raising, after = read_session(f">>> f()\n{shown}\n>>> 1\n1")

    assert raising.code.split("\n")[1:3] == ["try:", "    f()"]
    assert raising.output == "LinAlgError: bad\nly"
    assert (after.code, after.output) == ("1", "1")


def test_blank_line_of_a_doctest_is_one() -> None:
    (step,) = read_session(">>> f()\na\n<BLANKLINE>\nb")

    assert step.output == "a\n\nb"


def test_sessions_of_python_and_of_a_shell_are_recognised() -> None:
    assert is_session(SESSION)
    assert not is_session("x = 1\ny = '>>> 2'")
    assert is_shell_session("$ ls\na")
    assert not is_shell_session("print(1)")
