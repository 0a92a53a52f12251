"""Stand-ins in PyTorch's terms: modules, tensors, loaders, optimizers."""

import ast
import dataclasses
import re

from snippets.standins.pieces import Piece, Rank, Scene, assigned
from snippets.standins.usage import Usage
from snippets.standins.world import BATCH, World

MODEL = re.compile(
    r"(the_?|my_?|base_?|pretrained_?|target_?|student_?|teacher_?|new_?|old_?|ema_?|trained_?)?"
    r"(model|net|network|nn_?model|module|net_?[gd]|generator|discriminator|gen|disc|encoder|"
    r"decoder|classifier|critic|actor|policy|q_?net\w*|backbone|cnn|rnn|lstm|gru|mlp|bert|"
    r"resnet\d*\w*|vgg\d*\w*|alexnet|densenet\w*|inception\w*|mobilenet\w*|unet|transformer|"
    r"autoencoder|vae|gan|seq2seq|trainer|learner|feature_?extractor)"
    r"(_?\w{0,6}|_model|_net|_ft|_conv)?",
    re.IGNORECASE,
)
CLASS = re.compile(r"[A-Z]\w*")
OPTIMIZER = re.compile(
    r"(\w*_)?(opt|optim|optimi[zs]er|adam|sgd)(_?\w*)?|optimizer\w*", re.IGNORECASE
)
SCHEDULER = re.compile(r"\w*(scheduler|sched|lr_schedul\w*)\w*", re.IGNORECASE)
LOSS = re.compile(
    r"(\w*_)?(criterion|crit|loss_?(fn|func|function|criterion|module)?|lossfn|objective|cost|"
    r"bce|mse|ce|cross_?entropy|mse_loss|bce_loss|nll)(_?\w*)?",
    re.IGNORECASE,
)
LOADER = re.compile(
    r"\w*(loaders?|iterator|iter|batches|_dl|dataloaders?|generator|_gen)\d?", re.IGNORECASE
)
DATASET = re.compile(
    r"\w*(data_?sets?|trainset|testset|valset|train_?ds|_ds|_data|train_?set|test_?set)\d?",
    re.IGNORECASE,
)
LABELS = re.compile(
    r"(\w*_)?(labels?|targets?|y|ys|y_?true|y_?train|y_?test|gt|ground_?truths?|truth|target_?\w*|"
    r"label_?\w*|classes_idx|tgt|trg|actions?|answers?)",
    re.IGNORECASE,
)
IMAGES = re.compile(
    r"(\w*_)?(imgs?|images?|pics?|pictures?|frames?|photo)(_\w+)?\d?", re.IGNORECASE
)
STATE_NAMES = re.compile(r"(\w*_)?(state_?dict|model_dict|\w*trained_dict)")
RECURRENT = re.compile(r"(\w*_)?(lstm|gru|rnn)\w*", re.IGNORECASE)
FLAT = re.compile(
    r"(\w*_)?(scores|accuracies|losses|weights?|values|lengths|probs|rewards|seq_lens)", re.I
)
INDICES = re.compile(r"(\w*_)?(indices|index|idxs?|ids|perm|permutation)", re.I)
MASK = re.compile(r"(\w*_)?mask\w*", re.I)
RESULT_PARTS = {"logits", "last_hidden_state", "loss", "pooler_output", "hidden_states", "out"}
WRITER = re.compile(r"\w*(writer|logger|pbar|bar)\w*", re.IGNORECASE)

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


SAME_IMAGE = ("nn.Conv2d(3, 3, 3, padding=1)", "nn.BatchNorm2d(3)")


def choose(usage: Usage, scene: Scene) -> Piece | None:
    """Return the stand-in for a name that means something in PyTorch, or None."""
    name, last = usage.name, usage.last
    if re.fullmatch(r"dev(ice)?\w*", last.lower()) and not usage.subscripts:
        return assigned(name, 'torch.device("cpu")')
    if STATE_NAMES.fullmatch(last):
        return None
    if usage.is_base or (CLASS.fullmatch(last) and usage.calls and not last.isupper()):
        return _class(usage)
    if (
        usage.has("zero_grad", "param_groups")
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
    if _is_model(usage):
        return _model(usage, scene)
    if LOSS.fullmatch(last) and usage.calls:
        return _loss(usage, scene)
    if _is_loader(usage):
        return _loader(usage, scene)
    if DATASET.fullmatch(last) and not usage.calls and not usage.is_arithmetic:
        return _dataset(usage, scene)
    if WRITER.fullmatch(last) and usage.methods:
        return _recorder(usage)
    return None


def tensor(usage: Usage, scene: Scene) -> Piece | None:
    """Return a tensor for what the code treats as one, or None."""
    name, last = usage.name, usage.last
    if usage.calls:
        return None
    if usage.item_methods & {"backward"}:
        value = "[torch.randn(3, requires_grad=True).sum() for _ in range(3)]"
        return assigned(name, value, Rank.DATA)
    if usage.goes_to("gather", "index_select", "scatter_", "scatter", "one_hot", "take") and any(
        place in {1, "index"} for _, place in usage.passed_to
    ):
        return assigned(name, f"torch.randint({BATCH}, ({BATCH}, 1))", Rank.DATA)
    if FLAT.fullmatch(last) and (
        usage.subscripts or usage.goes_to("sum", "max", "sorted", "WeightedRandomSampler")
    ):
        return assigned(name, f"torch.rand({BATCH})", Rank.DATA)
    if INDICES.fullmatch(last) and last.lower() not in {"input_ids", "token_ids"}:
        return assigned(name, "torch.tensor([1, 0])", Rank.DATA)
    if last.endswith("_ids"):
        return assigned(
            name, scene.text("torch.randint({vocabulary}, ({batch}, {steps}))"), Rank.DATA
        )
    if MASK.fullmatch(last):
        shape = scene.text("{batch}, {steps}" if "input_ids" in scene.usages else "{shape}")
        return assigned(name, f"torch.ones({shape}, dtype=torch.bool)", Rank.DATA)
    if usage.passed_to and any(called.endswith("autograd.grad") for called, _ in usage.passed_to):
        return _differentiated(usage, scene)
    if LABELS.fullmatch(last) and not usage.has("requires_grad"):
        return assigned(name, labels(scene), Rank.DATA)
    world = scene.world
    if IMAGES.fullmatch(last) and not world.is_image:
        world = world.changed(shape=(3, 32, 32), are_tokens=False)
        scene = _with(scene, world)
    if usage.has("unsqueeze") and world.is_image and not usage.has("size", "shape"):
        scene = _with(scene, world.changed(is_batched=False))
    return assigned(name, sample(scene), Rank.DATA)


def _differentiated(usage: Usage, scene: Scene) -> Piece:
    """Return what is differentiated, made from what it is differentiated by."""
    places = {place for called, place in usage.passed_to if called.endswith("autograd.grad")}
    if places & {1, "inputs"}:
        value = f"torch.randn({scene.text('{shape}')}, requires_grad=True)"
        return assigned(usage.name, value, Rank.DATA)
    by = scene.first(
        lambda u: any(c.endswith("autograd.grad") and p in {1, "inputs"} for c, p in u.passed_to)
    )
    value = f"{by} ** 2" if by else "(torch.randn(4, 10, requires_grad=True) ** 2)"
    return assigned(usage.name, value, Rank.DERIVED)


def sample(scene: Scene) -> str:
    """Return the expression for a batch as the world has it."""
    world = scene.world
    if world.are_tokens:
        return scene.text("torch.randint({vocabulary}, ({shape}))")
    gradients = ", requires_grad=True" if world.needs_gradients else ""
    return scene.text(
        "torch.rand({shape})".replace(")", gradients + ")")
        if world.is_image
        else "torch.randn({shape}" + gradients + ")"
    )


def labels(scene: Scene) -> str:
    world = scene.world
    if world.labels == "floats":
        shape = ", ".join(map(str, world.label_shape or (BATCH, 1)))
        return f"torch.rand({shape})"
    if world.labels == "like-input":
        return scene.text("torch.randint(2, ({shape},))")
    return scene.text("torch.randint({classes}, ({batch},))")


def _with(scene: Scene, world: World) -> Scene:
    return dataclasses.replace(scene, world=world)


def is_layer(usage: Usage) -> bool:
    """Say whether a called attribute is named as the layers of a module are."""
    return re.fullmatch(
        r"(fc|linear|dense|out|head|proj|classifier|lin)\w*", usage.last.lower()
    ) is not None or any(re.fullmatch(pattern, usage.last.lower()) for pattern, _ in CHILDREN)


def layer(usage: Usage, scene: Scene) -> str:
    if recurrent := _recurrent(usage, scene):
        return recurrent.lines.partition(" = ")[2]
    return _child(usage.last, [])


def _is_model(usage: Usage) -> bool:
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
        or (len(usage.last) > 3 and not usage.is_counted and not usage.subscripts)
    )


def _is_loader(usage: Usage) -> bool:
    if usage.calls or usage.subscripts:
        return False
    return bool(LOADER.fullmatch(usage.last)) or (
        bool(usage.loops)
        and any(_arity(t) == 2 for t in usage.loops)
        and not usage.has("items")
        and not usage.goes_to("zip")
    )


def _arity(target: ast.expr) -> int:
    return len(target.elts) if isinstance(target, ast.Tuple | ast.List) else 1


def _class(usage: Usage) -> Piece:
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
    return Piece(rank=Rank.CLASS, lines=lines)


def _model(usage: Usage, scene: Scene) -> Piece:
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
    if recurrent := _recurrent(usage, scene):
        return recurrent
    parts = _parts_of_result(usage, scene)
    if parts or _takes_keywords(usage):
        return _model_with_parts(usage, parts, scene)
    inner = "model_part" if "module" in usage.attributes else name
    if not children and not methods:
        if scene.world.are_tokens:
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
    if inner != name:
        lines += f"\n{name} = nn.DataParallel({inner})"
    return Piece(rank=Rank.MODEL, lines=lines)


def _recurrent(usage: Usage, scene: Scene) -> Piece | None:
    """Return a recurrent layer for what gives an output and a state."""
    pairs = [t for t in usage.results if isinstance(t, ast.Tuple) and len(t.elts) == 2]
    if not pairs and not (RECURRENT.fullmatch(usage.last) and usage.calls):
        return None
    has_cell = any(isinstance(t.elts[1], ast.Tuple) for t in pairs)
    kind = "LSTM" if has_cell else "GRU"
    features = scene.world.shape[-1]
    layers = ", num_layers=2" if "num_layers" in scene.code or "n_layers" in scene.code else ""
    value = f"nn.{kind}({features}, 16{layers}, batch_first=True)"
    return assigned(usage.name, value, Rank.MODEL)


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


def _takes_keywords(usage: Usage) -> bool:
    return any(call.keywords for call in usage.calls)


def _model_with_parts(usage: Usage, parts: list[str], scene: Scene) -> Piece:
    name = usage.name.title().replace("_", "").replace(".", "") + "StandIn"
    answer = "answer"
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
        f"        return {answer}\n\n\n{usage.name} = {name}()"
    )
    return Piece(rank=Rank.MODEL, lines=lines)


def dir_of_module() -> frozenset[str]:
    """Return the methods that every torch module has."""
    return frozenset(
        [
            "add_module",
            "apply",
            "bfloat16",
            "buffers",
            "children",
            "compile",
            "cpu",
            "cuda",
            "double",
            "eval",
            "extra_repr",
            "float",
            "forward",
            "get_buffer",
            "get_parameter",
            "get_submodule",
            "half",
            "load_state_dict",
            "modules",
            "named_buffers",
            "named_children",
            "named_modules",
            "named_parameters",
            "parameters",
            "register_backward_hook",
            "register_buffer",
            "register_forward_hook",
            "register_forward_pre_hook",
            "register_full_backward_hook",
            "register_module",
            "register_parameter",
            "requires_grad_",
            "share_memory",
            "state_dict",
            "to",
            "to_empty",
            "train",
            "type",
            "xpu",
            "zero_grad",
        ]
    )


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


def _optimizer(usage: Usage, scene: Scene) -> Piece:
    model = scene.first(
        lambda u: "." not in u.name and _is_model(u) and not OPTIMIZER.fullmatch(u.last)
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


def _loader(usage: Usage, scene: Scene) -> Piece:
    keys = _keys_of_item(usage)
    if "keys" in keys:
        pairs = ", ".join(
            f"{key!r}: {labels(scene) if LABELS.fullmatch(key) else sample(scene)}"
            for key in keys["keys"]
        )
        return assigned(usage.name, f"[{{{pairs}}} for _ in range(2)]", Rank.LOADER)
    arity = max((_arity(target) for target in usage.loops), default=2)
    if usage.has("dataset", "batch_size", "sampler") or not usage.loops:
        one = scene.text(f"torch.rand(8, {', '.join(map(str, scene.world.shape))})")
        if scene.world.are_tokens:
            one = scene.text("torch.randint({vocabulary}, (8, {steps}))")
        dataset = (
            f"torch.utils.data.TensorDataset({one}, torch.randint({scene.world.classes}, (8,)))"
        )
        return assigned(
            usage.name, f"torch.utils.data.DataLoader({dataset}, batch_size={BATCH})", Rank.LOADER
        )
    if arity == 1 and keys.get("alone"):
        return assigned(usage.name, f"[{sample(scene)} for _ in range(2)]", Rank.LOADER)
    parts = [sample(scene), *[labels(scene)] * (max(arity, 2) - 1)]
    return assigned(usage.name, f"[({', '.join(parts)}) for _ in range(2)]", Rank.LOADER)


def _keys_of_item(usage: Usage) -> dict[str, list[str]]:
    """Say how a loop over it treats one item: by keys, or as a tensor alone."""
    for target, body in zip(usage.loops, usage.loop_bodies, strict=True):
        if not isinstance(target, ast.Name):
            continue
        keys: list[str] = []
        is_unpacked = is_used = False
        for node in (n for statement in body for n in ast.walk(statement)):
            if (
                isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Name)
                and node.value.id == target.id
            ):
                if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                    keys.append(node.slice.value)
                else:
                    is_unpacked = True
            elif (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Name)
                and node.value.id == target.id
            ):
                is_unpacked |= isinstance(node.targets[0], ast.Tuple | ast.List)
            elif isinstance(node, ast.Name) and node.id == target.id:
                is_used = True
        if keys:
            return {"keys": list(dict.fromkeys(keys))}
        if is_used and not is_unpacked:
            return {"alone": [target.id]}
    return {}


def _dataset(usage: Usage, scene: Scene) -> Piece | None:
    if usage.loops and not usage.goes_to("DataLoader"):
        return _loader(usage, scene)
    if usage.has("items", "keys", "columns", "iloc", "astype", "append"):
        return None
    if (
        not usage.goes_to("DataLoader", "random_split", "Subset", "ConcatDataset", "len")
        and not usage.subscripts
    ):
        return None
    sizes = ", ".join(map(str, scene.world.shape))
    value = f"torch.utils.data.TensorDataset(torch.rand(20, {sizes}), torch.randint({scene.world.classes}, (20,)))"
    return assigned(usage.name, value, Rank.LOADER)


def _recorder(usage: Usage) -> Piece:
    methods = "\n".join(
        f"    def {method}(self, *values, **named):\n        pass\n"
        for method in sorted(usage.methods)
    )
    name = usage.name.title().replace("_", "")
    lines = f"class {name}StandIn:\n{methods}\n\n{usage.name} = {name}StandIn()"
    return Piece(rank=Rank.CLASS, lines=lines)
