"""Prove the GPU path of the sandbox on a machine that has a GPU; say so where there is none.

`python -m bench.gpu_check --runtime NAME [--json]`; NAME is a runtime marked `gpu = true` whose
torch was built for CUDA (docs/gpu.md). Each case is a run through the real sandbox.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sandbox import Limits, Request, Result, Verdict, gpu
from sandbox.pool import Pool
from sandbox.service import accepted_gaps

LIMITS = Limits(wall_seconds=120, cpu_seconds=240, memory_bytes=8 * 2**30, processes=256)
FREE = "import torch\nfree, total = torch.cuda.mem_get_info()\nprint(free // 2 ** 20)"
CASES: dict[str, tuple[str, Verdict]] = {
    "tensor op": (
        "import torch\nx = torch.ones(64, 64).cuda()\nprint((x @ x).sum().item())",
        Verdict.OK,
    ),
    "training step": (
        """
import torch
model = torch.nn.Linear(64, 8).cuda()
optimizer = torch.optim.AdamW(model.parameters())
loss = model(torch.randn(32, 64).cuda()).square().mean()
loss.backward()
optimizer.step()
print(model.weight.grad.is_cuda)
""",
        Verdict.OK,
    ),
    "out of memory": (
        "import torch\nhoard = [torch.ones(2 ** 30, device='cuda') for _ in range(10 ** 4)]",
        Verdict.MEMORY,
    ),
    "after out of memory": ("import torch\nprint(torch.ones(8).cuda().sum().item())", Verdict.OK),
    "device-side assert": (
        "import torch\ntorch.ones(4).cuda()[torch.tensor([9]).cuda()].sum().item()",
        Verdict.ERROR,
    ),
    "after the assert": ("import torch\nprint(torch.ones(8).cuda().sum().item())", Verdict.OK),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not gpu.is_present():
        print(json.dumps({"skipped": "no GPU"}) if arguments.json else "skipped: no GPU")
        return 0
    pool = Pool(slots=1, accepted_gaps=accepted_gaps())
    try:
        free_before = run(pool, arguments.runtime, FREE).stdout.strip()
        report = {
            name: check(run(pool, arguments.runtime, code), verdict)
            for name, (code, verdict) in CASES.items()
        }
        free_after = run(pool, arguments.runtime, FREE).stdout.strip()
    finally:
        pool.close()
    report["memory freed"] = {
        "ok": free_before == free_after, "before_mib": free_before, "after_mib": free_after,
    }  # fmt: skip
    if arguments.json:
        print(json.dumps(report))
    else:
        for name, told in report.items():
            print(f"{'ok  ' if told['ok'] else 'FAIL'} {name}: {told}")
    return 0 if all(told["ok"] for told in report.values()) else 1


def run(pool: Pool, runtime: str, code: str) -> Result:
    return pool.run(Request(code=code, runtime=runtime, limits=LIMITS))


def check(result: Result, verdict: Verdict) -> dict[str, Any]:
    return {
        "ok": result.verdict is verdict,
        "verdict": result.verdict,
        "reason": result.reason,
        "stdout": result.stdout,
        "device": result.environment.get("device"),
        "wall_seconds": result.wall_seconds,
    }


if __name__ == "__main__":
    sys.exit(main())
