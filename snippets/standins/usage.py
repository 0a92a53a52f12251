"""How code uses the names that it leaves undefined, read from its syntax tree."""

import ast
import dataclasses
import re
from collections.abc import Iterable, Iterator

HOLDERS = {"self", "args", "opt", "opts", "config", "cfg", "conf", "hparams", "params", "flags"}
"""Names whose attributes are values of their own: `self.hidden_size`, `args.lr`."""


_JOINS = """
    cat stack concat concatenate pad_sequence from_tensor_slices zip hstack vstack meshgrid
    add Model predict fit TensorDataset map max min sum
"""
JOINS = frozenset(_JOINS.split())
_SIZED = """
    range zeros ones randn rand empty full view reshape expand repeat arange linspace eye
    randint randperm Input manual_seed seed set_seed sleep split chunk topk normal batch
    shuffle prefetch
"""
SIZED = frozenset(_SIZED.split())
_LAYERS = """
    Linear Dense LSTM GRU RNN SimpleRNN Embedding Dropout LSTMCell GRUCell RepeatVector
    Softmax LayerNorm MultiheadAttention Upsample Transformer Bilinear BatchNorm
"""
LAYERS = frozenset(_LAYERS.split())
CALLERS = {"apply", "map", "filter", "map_fn", "register_forward_hook", "register_hook",
           "register_forward_pre_hook", "register_backward_hook", "register_full_backward_hook",
           "vmap", "Lambda", "py_function", "jacobian", "hessian", "jvp", "vjp", "jacrev",
           "checkpoint"}  # fmt: skip
LAYER = re.compile(r"(?:[A-Z]\w*)?(?:Conv|Pool|Norm|Pad|Dropout|Attention)\w*")
SIZE_KEYWORD = re.compile(
    r"(size|(?<![a-z])dim|features|channels|units|epochs|steps|num_|(?<![a-z])n_|classes|"
    r"(?<![a-z])lr(?![a-z])|(?<![a-z])rate|momentum|"
    r"decay|length|padding|stride|kernel|filters|verbose|patience|bias)"
)


@dataclasses.dataclass
class Usage:
    """Everything that code does with one name, or with one attribute of a holder."""

    name: str
    calls: list[ast.Call] = dataclasses.field(default_factory=list)
    methods: set[str] = dataclasses.field(default_factory=set)  # attributes that are called
    attributes: dict[str, list[ast.AST]] = dataclasses.field(default_factory=dict)
    subscripts: list[ast.expr] = dataclasses.field(default_factory=list)
    loops: list[ast.expr] = dataclasses.field(default_factory=list)  # targets, less `enumerate`
    loop_bodies: list[list[ast.AST]] = dataclasses.field(default_factory=list)
    item_methods: set[str] = dataclasses.field(default_factory=set)  # of `name[i]`
    passed_to: list[tuple[str, int | str]] = dataclasses.field(default_factory=list)
    results: list[ast.expr] = dataclasses.field(default_factory=list)  # targets of its calls
    assigned: list[ast.expr] = dataclasses.field(default_factory=list)  # `a, b = name`
    is_base: bool = False
    is_counted: bool = False  # `range(name)`, a shape, a slice's border
    is_arithmetic: bool = False
    is_complement: bool = False  # `1 - name`
    is_context: bool = False
    is_starred: bool = False
    is_tested: bool = False
    is_subscript_of_other: bool = False  # `other[name]`

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def keys(self) -> list[str]:
        """The text constants that it is subscripted with."""
        found = [n.value for n in self.subscripts if isinstance(n, ast.Constant)]
        return list(dict.fromkeys(key for key in found if isinstance(key, str)))

    @property
    def dimensions(self) -> int:
        """How many axes its subscripts name at most."""
        tuples = [len(n.elts) for n in self.subscripts if isinstance(n, ast.Tuple)]
        return max(tuples, default=1 if self.subscripts else 0)

    def has(self, *names: str) -> bool:
        return any(name in self.methods or name in self.attributes for name in names)

    @property
    def is_size(self) -> bool:
        """Say whether it is handed to something that wants a number: a layer, a shape, a count."""
        for called, place in self.passed_to:
            last = called.rpartition(".")[2]
            if isinstance(place, str):
                if SIZE_KEYWORD.search(place):
                    return True
                continue  # `torch.zeros(3, device=device)`
            if last in SIZED or ((last in LAYERS or LAYER.fullmatch(last)) and called[-2:] != "()"):
                return True
        return False

    @property
    def is_index(self) -> bool:
        """Say whether what a loop over it gives is an index of something else."""
        for target, body in zip(self.loops, self.loop_bodies, strict=True):
            if isinstance(target, ast.Name):
                for node in (n for part in body for n in ast.walk(part)):
                    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name):
                        if node.slice.id == target.id:
                            return True
        return False

    @property
    def is_called_back(self) -> bool:
        """Say whether it is handed over to be called: a hook, what collates, what is mapped."""
        return any(
            # `MyFunction.apply(x)` hands over data.
            (called.rpartition(".")[2] in CALLERS and place == 0 and not called[:1].isupper())
            or (isinstance(place, str) and place.endswith(("_fn", "hook", "callback")))
            for called, place in self.passed_to
        )

    def goes_to(self, *functions: str) -> bool:
        """Say whether it is an argument of a function whose name ends like one of these."""
        return any(called.rpartition(".")[2] in functions for called, _ in self.passed_to)


def read_usages(tree: ast.Module, names: Iterable[str]) -> dict[str, Usage]:
    """Return how `tree` uses each of `names`; attributes of holders follow as `self.x`."""
    wanted = list(names)
    usages = {name: Usage(name) for name in wanted}
    _Reader(usages, tree).read()
    return usages


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for such an expression, `.c` where it starts with something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


class _Reader:
    def __init__(self, usages: dict[str, Usage], tree: ast.Module) -> None:
        self._usages = usages
        self._tree = tree
        self._parents = {
            child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)
        }

    def read(self) -> None:
        for node in _in_order(self._tree):
            if isinstance(node, ast.Name) and node.id in self._usages:
                self._see(node, self._usages[node.id])

    def _see(self, node: ast.expr, usage: Usage) -> None:
        parent = self._parents.get(node)
        if isinstance(parent, ast.Attribute):
            if usage.name in HOLDERS and isinstance(parent.ctx, ast.Load):
                name = f"{usage.name}.{parent.attr}"
                self._see(parent, self._usages.setdefault(name, Usage(name)))
            self._see_attribute(parent, usage)
        elif isinstance(parent, ast.Call) and parent.func is node:
            usage.calls.append(parent)
            usage.results += self._targets(parent)
        elif isinstance(parent, ast.Subscript) and parent.value is node:
            index = parent.slice
            usage.subscripts.append(index)
            self._see_uses_of_item(parent, usage)
        else:
            self._see_place(node, parent, usage)

    def _see_attribute(self, node: ast.Attribute, usage: Usage) -> None:
        outer = self._parents.get(node)
        if isinstance(outer, ast.Call) and outer.func is node:
            usage.methods.add(node.attr)
            if node.attr in {"cuda", "to", "float", "double", "eval", "train"}:
                # `model.cuda()` stands for the model itself.
                self._see_chained(outer, usage)
        else:
            usage.attributes.setdefault(node.attr, []).append(outer or node)

    def _see_chained(self, node: ast.Call, usage: Usage) -> None:
        parent = self._parents.get(node)
        if isinstance(parent, ast.Call) and node in parent.args:
            usage.passed_to.append((dotted(parent.func), parent.args.index(node)))

    def _see_uses_of_item(self, node: ast.Subscript, usage: Usage) -> None:
        parent = self._parents.get(node)
        if isinstance(parent, ast.Subscript) and parent.value is node:
            usage.subscripts.append(parent.slice)
        elif isinstance(parent, ast.Attribute):
            usage.item_methods.add(parent.attr)

    def _see_place(self, node: ast.expr, parent: ast.AST | None, usage: Usage) -> None:
        match parent:
            case ast.Call():
                self._see_argument(node, parent, usage)
            case ast.keyword():
                call = self._parents.get(parent)
                if isinstance(call, ast.Call):
                    usage.is_starred |= parent.arg is None
                    usage.passed_to.append((_called(call), parent.arg or "**"))
            case ast.For() | ast.comprehension() if parent.iter is node:
                usage.loops.append(parent.target)
                usage.loop_bodies.append(self._body(parent))
            case ast.BinOp() | ast.UnaryOp() | ast.AugAssign():
                usage.is_arithmetic = True
                usage.is_complement |= _is_complement(parent, node)
            case ast.Compare() | ast.If() | ast.While() | ast.BoolOp():
                usage.is_tested = True
            case ast.Subscript():
                usage.is_subscript_of_other = True
            case ast.Slice():
                usage.is_counted = True
            case ast.Tuple() | ast.List() if isinstance(
                self._parents.get(parent), ast.Call | ast.Tuple | ast.List | ast.keyword
            ):
                call = self._parents.get(parent)
                called = _called(call) if isinstance(call, ast.Call) else ""
                usage.is_counted |= called.rpartition(".")[2] not in JOINS
            case ast.ClassDef():
                usage.is_base = True
            case ast.withitem():
                usage.is_context = True
            case ast.Starred():
                usage.is_starred = True
            case ast.Assign() if parent.value is node:
                usage.assigned += parent.targets
            case _:
                pass

    def _see_argument(self, node: ast.expr, call: ast.Call, usage: Usage) -> None:
        called = _called(call)
        place = next((i for i, argument in enumerate(call.args) if argument is node), 0)
        if called == "enumerate" or called.endswith("tqdm"):
            self._see_wrapped_loop(call, usage, is_counted=called == "enumerate")
        elif called == "range":
            usage.is_counted = True
        elif called in {"zip", "iter", "next", "list", "reversed", "sorted"}:
            self._see_wrapped_loop(call, usage, is_counted=False)
        usage.passed_to.append((called, place))

    def _see_wrapped_loop(self, call: ast.Call, usage: Usage, *, is_counted: bool) -> None:
        loop = self._parents.get(call)
        while isinstance(loop, ast.Call):
            is_counted |= _called(loop) == "enumerate"
            loop = self._parents.get(loop)
        if not isinstance(loop, ast.For | ast.comprehension):
            if isinstance(loop, ast.Assign):
                usage.loops += loop.targets
                usage.loop_bodies += [[]] * len(loop.targets)
            return
        target = loop.target
        if is_counted and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            target = target.elts[1]
        usage.loops.append(target)
        usage.loop_bodies.append(self._body(loop))

    def _body(self, loop: ast.For | ast.comprehension) -> list[ast.AST]:
        if isinstance(loop, ast.For):
            return list(loop.body)
        whole = self._parents.get(loop)
        return [] if whole is None else [n for n in ast.iter_child_nodes(whole) if n is not loop]

    def _targets(self, call: ast.Call) -> list[ast.expr]:
        parent = self._parents.get(call)
        return list(parent.targets) if isinstance(parent, ast.Assign) else []


def _is_complement(operation: ast.AST, node: ast.expr) -> bool:
    return (
        isinstance(operation, ast.BinOp)
        and isinstance(operation.op, ast.Sub)
        and operation.right is node
        and isinstance(operation.left, ast.Constant)
        and operation.left.value == 1
    )


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Call):
        # A layer called on a tensor: `LSTM(8)(x)`.
        return f"{dotted(call.func.func)}()"
    return dotted(call.func)


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from _in_order(child)
