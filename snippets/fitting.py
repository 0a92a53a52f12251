"""Which runtimes a snippet is meant for."""

import functools
import re
from collections.abc import Iterable, Mapping

from sandbox.runtime import Runtime
from snippets import code as codes
from snippets import flavours, setups
from snippets.imports import import_lines

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
    wanted: Iterable[str],
    runtimes: Mapping[str, Runtime],
    borrowed: Iterable[str] = (),
    written: Iterable[str] = (),
    needs_gpu: bool = False,
) -> list[str]:
    """Return the names of the runtimes that `code` should be run on, the best first.

    Its author's list rules, and may hold names that no longer exist: those are
    dropped. Otherwise the imports decide; for code that is silent itself, `borrowed`,
    the libraries of the code around it, then the setups that people wrote for it. Code that needs no framework, or
    packages that no runtime has, goes to the default runtime alone.
    """
    if listed := [name for name in dict.fromkeys(wanted) if name in runtimes]:
        return listed
    usable = {name: one for name, one in runtimes.items() if one.gpu == needs_gpu}
    roots = wanted_libraries(code, borrowed, written)
    shares = {name: len(roots & set(one.libraries)) for name, one in usable.items()}
    # One that is built on demand holds what nothing else has: only its own libraries lead there.
    top = max(shares.values(), default=0)
    if top:
        fitting = [name for name, share in shares.items() if share == top]
        return sorted(fitting, key=_newest_first, reverse=True)
    standing = [name for name, one in sorted(usable.items()) if not one.on_demand or needs_gpu]
    return [DEFAULT] if DEFAULT in usable else standing[:1]


def borrowed_libraries(
    *, code: str, earlier: Iterable[str], runtimes: Mapping[str, Runtime]
) -> list[str]:
    """Return what the code before it belongs to, for code that names no library itself.

    `model.reset_states()` says nothing of itself; after three Keras blocks it is Keras.
    Empty when the code says enough itself, or what precedes it is silent too.
    """
    libraries = {name for runtime in runtimes.values() for name in runtime.libraries}
    if _libraries(code) & libraries:
        return []
    for block in reversed(list(earlier)):
        if found := _libraries(block) & libraries:
            return sorted(found)
    return []


def wanted_libraries(
    code: str, borrowed: Iterable[str] = (), written: Iterable[str] = ()
) -> frozenset[str]:
    """Return the libraries that `code` asks for, else those around it, else those of a setup."""
    if roots := _libraries(code) or frozenset(borrowed):
        return roots
    if roots := next((found for text in written if (found := _libraries(text))), frozenset()):
        return roots
    hinted = flavours.hinted_library(code)
    return frozenset({hinted}) if hinted else frozenset()


# Every card of every page asks this of the same code.
@functools.lru_cache(maxsize=4096)
def _libraries(code: str) -> frozenset[str]:
    roots = setups.implied_roots(code)
    if not roots and codes.syntax_error(code) is not None:
        named = import_lines(LIBRARY_NAME.findall(code))
        roots = codes.imported_roots("\n".join(named))
    return frozenset(roots | {NEEDS[root] for root in roots if root in NEEDS}) - SHARED


def _newest_first(name: str) -> list[int]:
    return [int(part) for part in name.rpartition("-")[2].split(".") if part.isdigit()]
