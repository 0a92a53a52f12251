"""Stand-ins in PyTorch's terms, chosen by the names and the uses of what is missing."""

import re

from snippets.standins.pieces import Piece, Rank, Scene, assigned
from snippets.standins.torch_data import (
    is_loader,
    labels,
    looked_up,
    make_dataset,
    make_loader,
    sample,
)
from snippets.standins.torch_models import is_model, make_class, make_model
from snippets.standins.torch_names import (
    CLASS,
    DATASET,
    LOADER,
    LOSS,
    MODEL,
    OPTIMIZER,
    RECURRENT,
    SCHEDULER,
    STATE,
    STATE_NAMES,
    WRITER,
)
from snippets.standins.usage import Usage


def choose(usage: Usage, scene: Scene) -> Piece | None:
    """Return the stand-in for a name that means something in PyTorch, or None."""
    name, last = usage.name, usage.last
    if re.fullmatch(r"dev(ice)?\w*", last.lower()) and not usage.subscripts:
        return assigned(name, 'torch.device("cpu")')
    if STATE_NAMES.fullmatch(last):
        return None
    if STATE.fullmatch(last) and (owner := _state_of(usage)):
        state = scene.text("torch.zeros(1, {batch}, 16)")
        is_pair = "lstm" in owner.lower()
        return assigned(name, f"({state}, {state})" if is_pair else state, Rank.DATA)
    if looked_up(usage) and not (usage.calls or usage.methods or usage.loops):
        value = scene.text("torch.randint({batch}, ({batch}, {steps}))")
        return assigned(name, value, Rank.DATA)
    if re.fullmatch(r"(\w*_)?emb(ed|edding)?s?(_layer)?", last) and usage.calls:
        width = scene.text("{features}")
        return assigned(name, scene.text(f"nn.Embedding({{vocabulary}}, {width})"), Rank.MODEL)
    if usage.is_base or (CLASS.fullmatch(last) and usage.calls and not last.isupper()):
        return make_class(usage, scene)
    if (
        usage.has("param_groups")
        or (usage.has("zero_grad") and not usage.calls and not MODEL.fullmatch(last))
        or (
            OPTIMIZER.fullmatch(last)
            and (usage.has("step", "state_dict", "load_state_dict") or usage.passed_to)
            and not usage.calls
        )
    ) and (not usage.has("parameters", "forward", "backward") or OPTIMIZER.fullmatch(last)):
        return _optimizer(usage, scene)
    if SCHEDULER.fullmatch(last) and not usage.calls:
        return _scheduler(usage, scene)
    if usage.has("backward") and not usage.calls:
        value = "(torch.randn(3, requires_grad=True) ** 2).mean()"
        return assigned(name, value, Rank.DATA)
    if LOADER.fullmatch(last) and usage.keys:
        one = f"[({sample(scene)}, {labels(scene)}) for _ in range(2)]"
        return assigned(
            name, "{" + ", ".join(f"{key!r}: {one}" for key in usage.keys) + "}", Rank.LOADER
        )
    if is_model(usage):
        return make_model(usage, scene)
    if LOSS.fullmatch(last) and usage.calls:
        return _loss(usage, scene)
    if is_loader(usage):
        return make_loader(usage, scene)
    if DATASET.fullmatch(last) and not usage.calls and not usage.is_arithmetic:
        return make_dataset(usage, scene)
    if WRITER.fullmatch(last) and usage.methods:
        return _recorder(usage)
    return None


def _state_of(usage: Usage) -> str:
    """Return the recurrent layer that it is handed to as its state, if it is."""
    owners = (called for called, place in usage.passed_to if place == 1)
    return next((one for one in owners if RECURRENT.fullmatch(one.rpartition(".")[2])), "")


def _optimizer(usage: Usage, scene: Scene) -> Piece:
    model = scene.first(
        lambda u: "." not in u.name and is_model(u) and not OPTIMIZER.fullmatch(u.last)
    )
    parameters = f"{model}.parameters()" if model else "[nn.Parameter(torch.zeros(2))]"
    return assigned(
        usage.name, f"torch.optim.SGD({parameters}, lr=0.01, momentum=0.9)", Rank.OPTIMIZER
    )


def _scheduler(usage: Usage, scene: Scene) -> Piece:
    optimizer = scene.first(lambda u: bool(OPTIMIZER.fullmatch(u.last)) and not u.calls)
    owner = optimizer or "torch.optim.SGD([nn.Parameter(torch.zeros(2))], lr=0.01)"
    return assigned(
        usage.name, f"torch.optim.lr_scheduler.StepLR({owner}, step_size=1)", Rank.SCHEDULER
    )


def _loss(usage: Usage, scene: Scene) -> Piece:
    lower = usage.last.lower()
    if "bce" in lower or (scene.world.labels == "floats" and scene.world.classes == 1):
        value = "nn.BCEWithLogitsLoss()"
    elif "mse" in lower or scene.world.labels == "floats":
        value = "nn.MSELoss()"
    else:
        value = "nn.CrossEntropyLoss()"
    return assigned(usage.name, value, Rank.MODEL)


def _recorder(usage: Usage) -> Piece:
    methods = "\n".join(
        f"    def {method}(self, *values, **named):\n        pass\n"
        for method in sorted(usage.methods)
    )
    name = usage.name.title().replace("_", "")
    lines = f"class {name}StandIn:\n{methods}\n\n{usage.name} = {name}StandIn()"
    return Piece(rank=Rank.CLASS, lines=lines)
