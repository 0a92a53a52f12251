"""The interpreter's own trapdoors, and the frameworks after a fork."""

import pytest

from sandbox import Verdict
from tests.sandbox.conftest import require_runtime


@pytest.mark.jail
def test_no_control_socket_is_reachable_through_the_heap(attack):
    result = attack(
        "import gc, socket\n"
        "sockets = [s for s in gc.get_objects() if isinstance(s, socket.socket)]\n"
        "len([s for s in sockets if s.fileno() >= 0])"
    )

    assert result.stdout == "0\n"


@pytest.mark.jail
def test_a_patched_runner_cannot_turn_failure_into_success(attack):
    result = attack(
        "import builtins, json, sys\n"
        "json.dump = json.dumps = lambda *a, **k: '{}'\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if name.startswith('sandbox'):\n"
        "        for key in list(vars(module)): setattr(module, key, None)\n"
        "builtins.print = None\n"
        "raise SystemExit(5)"
    )

    assert result.verdict is not Verdict.OK


@pytest.mark.jail
def test_a_malicious_pickle_gets_no_further_than_any_code(attack):
    result = attack(
        "import pickle, os\n"
        "class Evil:\n"
        "    def __reduce__(self): return (os.system, ('ls /home; kill -9 1',))\n"
        "pickle.loads(pickle.dumps(Evil())) != 0"
    )

    assert (result.verdict, result.stdout) == (Verdict.OK, "True\n")


@pytest.mark.jail
def test_two_runs_draw_different_numbers(attack, run):
    code = "import random, numpy, torch\nrandom.random(), numpy.random.rand(), torch.rand(1).item()"

    first, second = attack(code), run(code)

    drawn = [eval(result.stdout) for result in (first, second)]
    assert all(a != b for a, b in zip(*drawn, strict=True))


@pytest.mark.jail
def test_compiling_without_a_compiler_says_so(attack):
    result = attack(
        "import torch\ntorch.compile(lambda x: x + 1)(torch.ones(2))",
        memory_bytes=1024 * 2**20,
        wall_seconds=60.0,
        cpu_seconds=60.0,
    )

    assert result.verdict is Verdict.ERROR
    assert "compiler" in result.reason


@pytest.mark.jail
def test_backward_after_the_fork_never_hangs(run):
    code = (
        "import torch\n"
        "x = torch.randn(64, 64, requires_grad=True)\n"
        "(x @ x).relu().sum().backward()\n"
        "x.grad.shape"
    )

    results = [run(code, wall_seconds=20.0) for _ in range(500)]

    assert {(r.verdict, r.stdout) for r in results} == {(Verdict.OK, "torch.Size([64, 64])\n")}


@pytest.mark.jail
@pytest.mark.parametrize("runtime", ["tf-2.21", "tf-2.15"])
def test_tensorflow_after_the_fork_never_hangs(run, runtime):
    require_runtime(runtime)
    code = (
        "import tensorflow as tf\n"
        "x = tf.reshape(tf.range(16.0), [1, 4, 4, 1])\n"
        "tuple(tf.nn.max_pool(x, 2, 2, 'SAME').shape)"
    )

    results = [
        run(code, runtime=runtime, wall_seconds=20.0, memory_bytes=1024 * 2**20)
        for _ in range(250)  # 500 on the two runtimes together
    ]

    assert {(r.verdict, r.stdout) for r in results} == {(Verdict.OK, "(1, 2, 2, 1)\n")}
