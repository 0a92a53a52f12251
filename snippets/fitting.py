"""Which runtimes a snippet is meant for."""

import functools
import re
from collections.abc import Iterable, Mapping, Sequence

from sandbox.runtime import Runtime
from snippets import code as codes
from snippets import setups

DEFAULT = "torch-2.13"
"""Where code without a framework runs: the runtime that starts fastest."""

# Packages that need one of a runtime's libraries although they are not in it.
NEEDS = {
    "torchvision": "torch",
    "torchtext": "torch",
    "torchaudio": "torch",
    "torchmetrics": "torch",
    "torchsummary": "torch",
    "pytorch_lightning": "torch",
    "lightning": "torch",
    "transformers": "torch",
    "onnx": "torch",
    "keras_tuner": "keras",
    "keras_contrib": "keras",
    "autokeras": "keras",
    "tensorflow_datasets": "tensorflow",
    "tensorflow_hub": "tensorflow",
    "tensorflow_probability": "tensorflow",
    "tf_keras": "tensorflow",
}
# What every runtime has beside its libraries.
SHARED = {"numpy", "pandas", "matplotlib", "PIL", "mpl_toolkits", "dateutil", "six", "packaging"}
# How code that does not compile still says whose it is.
LIBRARY_NAME = re.compile(r"(?<![\w.])([A-Za-z]\w*)(?=[.(])")


def fitting_runtimes(
    *,
    code: str,
    rungs: Sequence[Mapping[str, str]],
    wanted: Iterable[str],
    runtimes: Mapping[str, Runtime],
    needs_gpu: bool = False,
) -> list[str]:
    """Return the names of the runtimes that `code` should be run on, the best first.

    Its author's list rules, and may hold names that no longer exist: those are
    dropped. Otherwise the imports decide; code that needs no framework, or
    packages that no runtime has, goes to the default runtime alone.
    """
    if listed := [name for name in dict.fromkeys(wanted) if name in runtimes]:
        return listed
    usable = {
        name: runtime
        for name, runtime in runtimes.items()
        if runtime.gpu == needs_gpu and (needs_gpu or not runtime.on_demand)
    }
    roots = wanted_libraries(code, rungs)
    best = sorted(usable, key=lambda name: (-len(roots & set(usable[name].libraries)), name))
    top = len(roots & set(usable[best[0]].libraries)) if best else 0
    if top:
        fitting = [name for name in best if len(roots & set(usable[name].libraries)) == top]
        return sorted(fitting, key=_newest_first, reverse=True)
    return [DEFAULT] if DEFAULT in usable else best[:1]


def borrowed_runtimes(
    *,
    code: str,
    rungs: Sequence[Mapping[str, str]],
    earlier: Iterable[str],
    runtimes: Mapping[str, Runtime],
) -> list[str]:
    """Return where code that names no library belongs by the code before it, newest first.

    `model.reset_states()` says nothing of itself; after three Keras blocks it is Keras.
    Empty when the code says enough itself, or what precedes it is silent too.
    """
    libraries = {name for runtime in runtimes.values() for name in runtime.libraries}
    if wanted_libraries(code, rungs) & libraries:
        return []
    for block in reversed(list(earlier)):
        if _libraries(block) & libraries:
            return fitting_runtimes(code=block, rungs=(), wanted=(), runtimes=runtimes)
    return []


def wanted_libraries(code: str, rungs: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """Return the libraries that `code`, or else the richest setup before it, asks for."""
    roots: frozenset[str] = _libraries(code)
    for rung in rungs:
        # Only where the code itself is silent: the session of a post may touch both frameworks.
        roots = roots or _libraries(rung["code"])
    return roots


# Every card of every page asks this of the same code.
@functools.lru_cache(maxsize=4096)
def _libraries(code: str) -> frozenset[str]:
    roots = setups.implied_roots(code)
    if not roots and codes.syntax_error(code) is not None:
        named = setups.import_lines(LIBRARY_NAME.findall(code))
        roots = codes.imported_roots("\n".join(named))
    return frozenset(roots | {NEEDS[root] for root in roots if root in NEEDS}) - SHARED


def _newest_first(name: str) -> list[int]:
    return [int(part) for part in name.rpartition("-")[2].split(".") if part.isdigit()]
