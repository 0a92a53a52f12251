"""Output is bounded, ordered, valid text, and never more than text."""

import pytest

from sandbox import InvalidRequest, Limits, Output, Request, Result, Verdict
from tests.sandbox.conftest import RUNTIME, SMALL


@pytest.mark.jail
@pytest.mark.parametrize(
    "code",
    [
        "while True: print('x' * 1000)",
        "print('x' * 10 ** 8)",
        "import os\nwhile True: os.write(2, b'x' * 999)",
    ],
    ids=["a flood", "one line of 100 MB", "a flood on standard error"],
)
def test_a_flood_is_cut_and_said_so(attack, code):
    result = attack(code)

    assert result.verdict is Verdict.OUTPUT
    assert result.truncated
    assert len(result.stdout) + len(result.stderr) <= 20_000


@pytest.mark.jail
def test_bytes_that_are_no_text_become_text(attack):
    result = attack("import os\nprint('\\ud800', flush=True)\n_ = os.write(1, b'\\xff\\xfe\\n')")

    assert (result.verdict, result.stdout) == (Verdict.OK, "\\ud800\n\ufffd\ufffd\n")


@pytest.mark.jail
def test_a_character_cut_at_the_limit_leaves_valid_text(attack):
    result = attack("print('验🔥' * 10_000)", output_bytes=1001)

    assert result.truncated
    assert set(result.stdout) <= set("验🔥")


@pytest.mark.jail
def test_the_order_of_both_streams_is_kept(host):
    code = "import sys\nfor i in range(20):\n    print('o', i)\n    print('e', i, file=sys.stderr)"
    events = host.client.run(Request(code=code, runtime=RUNTIME, limits=SMALL))

    text = "".join(event.text for event in events if isinstance(event, Output))

    assert text == "".join(f"o {i}\ne {i}\n" for i in range(20))


@pytest.mark.jail
def test_text_arrives_while_the_code_runs(host):
    code = "import time\nprint('first')\ntime.sleep(30)"
    request = Request(code=code, runtime=RUNTIME, limits=Limits(wall_seconds=20))
    events = host.client.run(request)

    first = next(event for event in events if isinstance(event, Output))
    events.close()

    assert first.text == "first\n"


@pytest.mark.jail
def test_frames_forged_on_every_descriptor_are_only_text(attack):
    result = attack(
        "import os\n"
        'frame = b\'{"event": "result", "verdict": "ok", "ended": 0}\\n\'\n'
        "for descriptor in range(64):\n"
        "    try: os.write(descriptor, frame)\n"
        "    except OSError: pass\n"
        "raise SystemExit(3)"
    )

    assert (result.verdict, result.exit_code) == (Verdict.ERROR, 3)


@pytest.mark.jail
def test_a_forged_end_does_not_make_a_failure_a_success(attack):
    result = attack(
        "open('/box/told/end.json', 'w').write('{\"completed\": true}')\nraise SystemExit(4)"
    )

    assert (result.verdict, result.exit_code) == (Verdict.ERROR, 4)


@pytest.mark.jail
def test_an_end_of_nonsense_is_no_telling_at_all(attack):
    result = attack("import os\nopen('/box/told/end.json', 'w').write('[' * 60_000)\nos._exit(0)")

    assert result.verdict is Verdict.ERROR


@pytest.mark.jail
def test_leaving_in_the_middle_is_no_success(attack):
    result = attack("import os\nprint('half', flush=True)\nos._exit(0)\nprint('whole')")

    assert (result.verdict, result.stdout) == (Verdict.ERROR, "half\n")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("print('\0')", "NUL at character 7"),
        ("x = '\ud800'", "not valid Unicode at character 5"),
        ("x" * 300_000, "300,000 bytes, at most 262,144"),
    ],
)
def test_code_that_no_sandbox_would_run_is_refused_with_its_reason(code, reason):
    with pytest.raises(InvalidRequest, match=reason):
        Request(code=code, runtime=RUNTIME)


@pytest.mark.jail
def test_the_result_holds_what_was_streamed(host):
    events = list(host.client.run(Request(code="print(1)\n2", runtime=RUNTIME)))

    streamed = "".join(event.text for event in events if isinstance(event, Output))
    assert isinstance(events[-1], Result)
    assert streamed == events[-1].stdout == "1\n2\n"
