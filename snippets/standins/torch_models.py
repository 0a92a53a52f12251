"""Stand-ins for modules: networks, layers, and what recurrent ones give."""

import ast
import re

from snippets.standins.pieces import Piece, Rank, Scene, assigned
from snippets.standins.torch_names import GENERATOR, MODEL, RECURRENT, STATE
from snippets.standins.usage import Usage, read_usages

RESULT_PARTS = {"logits", "last_hidden_state", "loss", "pooler_output", "hidden_states", "out"}
CHILDREN: tuple[tuple[str, str], ...] = (
    (r"(conv|cnn)\w*", "nn.Conv2d(3, 3, 3, padding=1)"),
    (r"bn\w*|batch_?norm\w*|norm\w*", "nn.BatchNorm2d(3)"),
    (r"(lstm|rnn)\w*", "nn.LSTM(10, 10)"),
    (r"gru\w*", "nn.GRU(10, 10)"),
    (r"(emb|embed|embeddings?|embed\w*|wte)\w*", "nn.Embedding(50, 10)"),
    (r"(drop|dropout)\w*", "nn.Dropout(0.5)"),
    (r"(relu|act|activation)\w*", "nn.ReLU()"),
    (r"(pool|avgpool|maxpool)\w*", "nn.MaxPool2d(2)"),
    (r"softmax", "nn.Softmax(dim=1)"),
    (
        r"(layers?\d*|features|blocks?\d*|encoder|decoder|backbone|classifier|sequential|net|main|"
        r"model|body|stages?|modules_?list|downsample|trunk)",
        "nn.Sequential(*[nn.Linear(10, 10) for _ in range(10)])",
    ),
)
METHODS_OF_MODULES = """
    add_module apply bfloat16 buffers children compile cpu cuda double eval extra_repr float
    forward get_buffer get_parameter get_submodule half load_state_dict modules
    named_buffers named_children named_modules named_parameters parameters
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_module register_parameter requires_grad_
    share_memory state_dict to to_empty train type xpu zero_grad
"""
SAME_IMAGE = ("nn.Conv2d(3, 3, 3, padding=1)", "nn.BatchNorm2d(3)")


def is_model(usage: Usage) -> bool:
    if usage.has(
        "state_dict",
        "parameters",
        "named_parameters",
        "eval",
        "zero_grad",
        "children",
        "named_modules",
        "modules",
        "named_children",
        "half",
    ) and not usage.has("backward", "step"):
        return True
    named = MODEL.fullmatch(usage.last) is not None or usage.last in {"G", "D"}
    return named and (
        bool(usage.calls)
        or usage.goes_to("save", "DataParallel", "DistributedDataParallel", "summary", "cuda")
        or bool(usage.attributes or usage.methods)
        or (_is_whole_word(usage.last) and not usage.is_counted and not usage.subscripts)
    )


def _is_whole_word(name: str) -> bool:
    return len(name) > 3 or name.lower() in {"net", "cnn", "rnn", "mlp", "vae", "gan"}


def is_layer(usage: Usage) -> bool:
    """Say whether a called attribute is named as the layers of a module are."""
    return re.fullmatch(
        r"(fc|linear|dense|out|head|proj|classifier|lin)\w*", usage.last.lower()
    ) is not None or any(re.fullmatch(pattern, usage.last.lower()) for pattern, _ in CHILDREN)


def layer(usage: Usage, scene: Scene) -> str:
    if recurrent := _recurrent(usage, scene):
        return recurrent.lines.partition(" = ")[2]
    return _child(usage.last, [])


def make_class(usage: Usage, scene: Scene) -> Piece:
    if usage.last.endswith("Dataset") or usage.goes_to("DataLoader"):
        lines = (
            f"class {usage.last}(torch.utils.data.Dataset):\n"
            "    def __init__(self, *args, **kwargs):\n        pass\n\n"
            "    def __len__(self):\n        return 8\n\n"
            "    def __getitem__(self, index):\n        return torch.randn(10), index % 2"
        )
        return Piece(rank=Rank.CLASS, lines=lines)
    lines = (
        f"class {usage.last}(nn.Module):\n"
        "    def __init__(self, *args, **kwargs):\n"
        "        super().__init__()\n"
        "        self.fc = nn.Linear(10, 10)\n\n"
        "    def forward(self, x, *others):\n"
        "        return self.fc(x)"
    )
    names = [target.id for target in usage.results if isinstance(target, ast.Name)]
    made = read_usages(scene.tree, names)
    methods = {method for one in made.values() for method in one.methods}
    for method in sorted(methods - dir_of_module()):
        answer = "values[0] if values else None"
        lines += f"\n\n    def {method}(self, *values, **named):\n        return {answer}"
    return Piece(rank=Rank.CLASS, lines=lines)


def make_model(usage: Usage, scene: Scene) -> Piece:
    name = usage.name
    children = {
        child: _child(child, uses)
        for child, uses in usage.attributes.items()
        if child
        not in {
            "training",
            "state_dict",
            "module",
            "named_parameters",
            "device",
            "parameters",
            "__class__",
            "data",
            "grad",
        }
    }
    methods = usage.methods - set(dir_of_module())
    takes_state = all(len(call.args) <= 2 for call in usage.calls)
    if not methods and takes_state and (recurrent := _recurrent(usage, scene)):
        return recurrent
    parts = _parts_of_result(usage, scene)
    count = max((len(t.elts) for t in usage.results if isinstance(t, ast.Tuple)), default=1)
    if parts or _takes_keywords(usage) or count > 1:
        return _model_with_parts(usage, parts, scene, count, methods)
    if GENERATOR.fullmatch(usage.last) and usage.calls and not children and not methods:
        value = "nn.Sequential(nn.Flatten(), nn.LazyLinear({width}), nn.Unflatten(1, ({sample},)))"
        return assigned(name, scene.text(value), Rank.MODEL)
    inner = "model_part" if "module" in usage.attributes else name
    if not children and not methods:
        if scene.world.are_tokens and is_of_steps(scene):
            lines = scene.text(
                f"{inner} = nn.Sequential(nn.Embedding({{vocabulary}}, 8), nn.Linear(8, {{vocabulary}}))"
            )
        elif scene.world.are_tokens:
            lines = scene.text(
                f"{inner} = nn.Sequential(nn.Embedding({{vocabulary}}, 8), nn.Flatten(), "
                "nn.Linear(8 * {steps}, {classes}))"
            )
        elif len(scene.world.shape) == 1 and not re.search(r"view|[Ff]latten", scene.code):
            lines = scene.text(f"{inner} = nn.Linear({{width}}, {{classes}})")
        else:
            lines = scene.text(
                f"{inner} = nn.Sequential(nn.Flatten(), nn.Linear({{width}}, {{classes}}))"
            )
    else:
        lines = _network(inner, children, methods, scene)
    if inner == name and _gives_chances(usage, scene):
        lines += f"\n{name} = nn.Sequential({name}, nn.Softmax(dim=-1))"
    if "grad" in scene.code and ".grad" in scene.code and "backward" not in scene.code:
        lines += f"\nsum(p.sum() for p in {inner}.parameters()).backward()"
    if inner != name:
        lines += f"\n{name} = nn.DataParallel({inner})"
    return Piece(rank=Rank.MODEL, lines=lines)


def _recurrent(usage: Usage, scene: Scene) -> Piece | None:
    """Return a recurrent layer for what gives an output and a state."""
    pairs = [t for t in usage.results if isinstance(t, ast.Tuple) and _has_state(t)]
    if not pairs and not (RECURRENT.fullmatch(usage.last) and usage.calls):
        return None
    has_cell = any(isinstance(t.elts[1], ast.Tuple) for t in pairs)
    kind = "LSTM" if has_cell or "lstm" in usage.last.lower() else "GRU"
    features = scene.world.shape[-1]
    layers = ", num_layers=2" if "num_layers" in scene.code or "n_layers" in scene.code else ""
    value = f"nn.{kind}({features}, 16{layers}, batch_first=True)"
    return assigned(usage.name, value, Rank.MODEL)


def _has_state(target: ast.Tuple) -> bool:
    """Say whether it unpacks an output and a state, as recurrent layers give them."""
    if len(target.elts) != 2:
        return False
    second = target.elts[1]
    return isinstance(second, ast.Tuple) or (
        isinstance(second, ast.Name) and STATE.fullmatch(second.id) is not None
    )


def _parts_of_result(usage: Usage, scene: Scene) -> list[str]:
    """Return the attributes that the code reads of what the model gives, as some libraries have."""
    names = {t.id for t in usage.results if isinstance(t, ast.Name)}
    read = [
        node.attr
        for node in ast.walk(scene.tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
        and node.attr in RESULT_PARTS
    ]
    return list(dict.fromkeys(read))


def is_of_steps(scene: Scene) -> bool:
    """Say whether the code takes what its model gives as an answer for each step."""
    return re.search(r"\[(?:\.\.\.|:), ?:?-1", scene.code) is not None


def _gives_chances(usage: Usage, scene: Scene) -> bool:
    """Say whether what the model gives is drawn from, as chances of classes."""
    names = [target.id for target in usage.results if isinstance(target, ast.Name)]
    given = read_usages(scene.tree, names).values()
    return any(
        called.rpartition(".")[2] in {"Categorical", "multinomial", "Bernoulli"}
        and place in {0, "probs"}
        for one in given
        for called, place in one.passed_to
    )


def _takes_keywords(usage: Usage) -> bool:
    return any(call.keywords for call in usage.calls)


def _model_with_parts(
    usage: Usage, parts: list[str], scene: Scene, count: int, methods: set[str]
) -> Piece:
    name = usage.name.title().replace("_", "").replace(".", "") + "StandIn"
    answer = ", ".join(["answer"] * count)
    if parts:
        values = {p: "answer.mean()" if p == "loss" else "answer" for p in parts}
        answer = f"types.SimpleNamespace({', '.join(f'{k}={v}' for k, v in values.items())})"
    lines = (
        f"class {name}(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n"
        + scene.text("        self.last_layer = nn.LazyLinear({classes})\n\n")
        + "    def forward(self, *inputs, **named):\n"
        "        first = (*inputs, *named.values())[0]\n"
        "        answer = self.last_layer(first.float().flatten(1))\n"
        f"        return {answer}\n"
    )
    for method in sorted(methods):
        lines += f"\n    def {method}(self, *values, **named):\n        return {_answer(method)}\n"
    lines += f"\n\n{usage.name} = {name}()"
    return Piece(rank=Rank.MODEL, lines=lines)


def dir_of_module() -> frozenset[str]:
    """Return the methods that every torch module has."""
    return frozenset(METHODS_OF_MODULES.split())


def _child(name: str, uses: list[ast.AST]) -> str:
    if any(isinstance(use, ast.Call) for use in uses) and name == "init_hidden":
        return "nn.Identity()"
    for pattern, value in CHILDREN:
        if re.fullmatch(pattern, name.lower()):
            indexed = any(isinstance(use, ast.Subscript) for use in uses)
            if indexed and "Sequential" not in value:
                return f"nn.Sequential(*[{value} for _ in range(10)])"
            return value
    return "nn.Linear(10, 10)"


def _network(name: str, children: dict[str, str], methods: set[str], scene: Scene) -> str:
    lines = [
        f"class {name.title().replace('_', '')}StandIn(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
    ]
    lines += [f"        self.{child} = {value}" for child, value in children.items()]
    lines += [
        scene.text("        self.last_layer = nn.Linear({width}, 10)"),
        "",
        "    def forward(self, x, *others):",
    ]
    if scene.world.is_image and scene.world.shape[0] == 3:
        lines += [
            f"        x = self.{c}(x)"
            for c, value in children.items()
            if value.startswith(SAME_IMAGE)
        ]
    lines.append("        x = self.last_layer(x.flatten(1))")
    lines += [
        f"        x = self.{c}(x)" for c, value in children.items() if value == "nn.Linear(10, 10)"
    ]
    lines.append("        return x")
    for method in sorted(methods):
        lines += [
            "",
            f"    def {method}(self, *values, **named):",
            f"        return {_answer(method)}",
        ]
    lines += ["", "", f"{name} = {name.title().replace('_', '')}StandIn()"]
    return "\n".join(lines)


def _answer(method: str) -> str:
    if "hidden" in method:
        return "torch.zeros(1, 4, 16), torch.zeros(1, 4, 16)"
    return "self(*values)" if not method.startswith(("init", "set", "load", "save")) else "None"
