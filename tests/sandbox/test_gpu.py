"""A runtime marked gpu on a machine without one says so, and harms nobody."""

import pytest

from sandbox import NoGpu, Request, SandboxError, gpu
from tests.sandbox.conftest import RUNTIME
from tests.sandbox.hosting import running_service

without_gpu = pytest.mark.skipif(gpu.is_present(), reason="this machine has a GPU")

SPECIFICATION = """
label = "PyTorch on a GPU"
gpu = true
on_demand = true
preload = []
libraries = []
packages = ["none==1"]
"""


@without_gpu
def test_a_missing_gpu_is_named():
    with pytest.raises(NoGpu, match="no GPU: runtime x needs one"):
        gpu.require("x")


@without_gpu
@pytest.mark.jail
def test_a_gpu_runtime_without_a_gpu_refuses_its_runs_alone(tmp_path, host):
    folder = tmp_path / "gpu"
    (folder / "var" / "runtimes.d").mkdir(parents=True)
    (folder / "var" / "runtimes.d" / "torch-gpu.toml").write_text(SPECIFICATION)
    with running_service(folder, as_user=False) as service:
        with pytest.raises(SandboxError, match="torch-gpu is not built"):
            list(service.client.run(Request(code="1", runtime="torch-gpu")))

        *_, result = service.client.run(Request(code="print(1)", runtime=RUNTIME))

    assert result.stdout == "1\n"


@pytest.mark.jail
def test_other_runtimes_see_no_gpu(run):
    result = run("import glob, torch\nglob.glob('/dev/nvidia*'), torch.cuda.is_available()")

    assert result.stdout == "([], False)\n"
