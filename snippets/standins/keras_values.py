"""Stand-ins in Keras's terms: models, arrays, layers' inputs."""

import re

from snippets.standins.pieces import Piece, Rank, Scene, assigned
from snippets.standins.torch_names import LABELS, MODEL
from snippets.standins.usage import Usage

ROWS = 8
HIDDEN = "hidden"
MODEL_METHODS = ("fit", "predict", "compile", "evaluate", "summary", "save", "save_weights", "add",
                 "load_weights", "get_layer", "reset_states", "train_on_batch", "fit_generator",
                 "predict_classes", "trainable_weights", "layers", "get_weights", "set_weights",
                 "predict_on_batch", "to_json", "trainable_variables")  # fmt: skip
LABEL_ARRAYS = re.compile(
    r"(\w*_)?(y|ys|labels?|targets?)(_?(train|test|val|valid|true|data))?|(train|test|val)_?(y|labels?)|[Yy]",
    re.I,
)
ARRAYS = re.compile(
    r"(\w*_)?(x|xs|data|images?|inputs?|features)(_?(train|test|val|valid|data|new))?|(train|test|val)_?(x|data|images?)?|X|train\w*|test\w*|valid\w*",
    re.I,
)


def choose(usage: Usage, scene: Scene) -> Piece | None:
    """Return the stand-in for a name that means something in Keras, or None."""
    name, last = usage.name, usage.last
    if usage.is_base:
        return Piece(rank=Rank.CLASS, lines=f"class {last}(keras.layers.Layer):\n    pass")
    if usage.has(*MODEL_METHODS) and not usage.has("transform", "iloc", "fit_transform"):
        if usage.has("flow", "flow_from_directory"):
            return None
        return _model(usage, scene)
    if _is_layer_input(usage):
        if "stateful=True" in scene.code:
            return assigned(name, scene.text("keras.Input(batch_shape=({shape},))"), Rank.MODEL)
        return assigned(name, scene.text("keras.Input(({sample},))"), Rank.MODEL)
    if (
        MODEL.fullmatch(last)
        and len(last) > 2
        and (usage.calls or usage.goes_to("save", "Model", "plot_model") or usage.attributes)
    ):
        return _model(usage, scene)
    if usage.goes_to("from_generator"):
        one = f"{sample(scene)}[0]" + (", 1" if "output_types=(" in scene.code else "")
        return Piece(rank=Rank.FUNCTION, lines=f"def {last}():\n    yield {one}")
    if re.fullmatch(r"(\w*_)?layer_?name\w*", last):
        return assigned(name, f'"{HIDDEN}"')
    if re.fullmatch(r"(\w*_)?callbacks?(_list)?", last):
        return assigned(name, "[]")
    if re.fullmatch(r"(\w*_)?(opt|optimi[zs]er)", last):
        return assigned(name, "keras.optimizers.Adam(0.001)", Rank.OPTIMIZER)
    if usage.calls and (usage.has("result", "update_state") or is_metric(usage)):
        return assigned(name, _metric(usage, scene), Rank.MODEL)
    if (
        re.fullmatch(r"(\w*_)?(loss|criterion)(_(fn|function|func|obj|object))?", last)
        and usage.calls
    ):
        return assigned(name, _loss(scene), Rank.MODEL)
    is_pipeline = usage.has("map", "cache", "prefetch", "as_numpy_iterator", "take")
    is_named = re.fullmatch(r"(\w*_)?(dataset|ds|generator|gen)", last) is not None
    if (is_named or is_pipeline) and not usage.calls and not usage.has("keys"):
        return _dataset(usage, scene)
    return None


def is_metric(usage: Usage) -> bool:
    """Say whether it is called as the metrics of Keras are: an average, or an accuracy."""
    named = re.fullmatch(r"(\w*_)?(loss|accuracy|acc|metric|mean|auc)", usage.last) is not None
    is_average = all(len(call.args) == 1 for call in usage.calls)
    return named and (is_average or "loss" not in usage.last)


def _metric(usage: Usage, scene: Scene) -> str:
    if any(len(call.args) == 1 for call in usage.calls):
        return "keras.metrics.Mean()"
    kind = "SparseCategoricalAccuracy" if _are_classes(scene) else "BinaryAccuracy"
    return f"keras.metrics.{kind}()"


def _loss(scene: Scene) -> str:
    if _are_classes(scene):
        return "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
    return "keras.losses.MeanSquaredError()"


def _are_classes(scene: Scene) -> bool:
    return any(word in scene.code for word in ("categorical", "softmax", "argmax"))


def array(usage: Usage, scene: Scene) -> Piece | None:
    """Return an array for what the code treats as one, or None."""
    if usage.calls:
        return None
    name, last = usage.name, usage.last
    if LABEL_ARRAYS.fullmatch(last) or LABELS.fullmatch(last):
        return assigned(name, _labels(scene), Rank.DATA)
    if usage.goes_to("expand_dims", "imshow") and scene.world.is_image:
        return assigned(name, scene.text('np.random.rand({sample}).astype("float32")'), Rank.DATA)
    if usage.goes_to("watch", "gradient") or usage.has("numpy", "get_shape", "assign"):
        return assigned(name, f"tf.constant({sample(scene)})", Rank.DATA)
    return assigned(name, sample(scene), Rank.DATA)


def sample(scene: Scene) -> str:
    sizes = ", ".join(map(str, (ROWS, *scene.world.shape)))
    if scene.world.are_tokens:
        return scene.text(f"np.random.randint({{vocabulary}}, size=({sizes}))")
    return f'np.random.rand({sizes}).astype("float32")'


def _labels(scene: Scene) -> str:
    if "sparse_categorical" in scene.code or "to_categorical" in scene.code:
        return scene.text(f"np.random.randint({{classes}}, size={ROWS})")
    if "categorical_crossentropy" in scene.code:
        return scene.text(f"np.eye({{classes}})[np.random.randint({{classes}}, size={ROWS})]")
    shape = scene.world.label_shape or (ROWS, 1)
    return f"np.random.randint(2, size=({', '.join(map(str, shape))}))"


def _is_layer_input(usage: Usage) -> bool:
    return any(called.endswith("()") for called, _ in usage.passed_to) or usage.goes_to("Model")


def is_sequence(scene: Scene) -> bool:
    """Say whether the code treats what its model gives as a sequence of steps."""
    return bool(re.search(r"reset_states|\[:, ?-1:|last_step|stateful", scene.code))


def _model(usage: Usage, scene: Scene) -> Piece:
    name = usage.name
    if "add" in usage.methods and "layers" not in usage.attributes:
        return assigned(name, "keras.Sequential()", Rank.MODEL)
    if is_sequence(scene):
        lines = (
            f"{name}_input = keras.Input((None, {scene.world.shape[-1]}))\n"
            f"{name} = keras.Model({name}_input, keras.layers.LSTM({scene.world.shape[-1]}, "
            f'return_sequences=True)({name}_input))\n{name}.compile(loss="mse", optimizer="adam")'
        )
        return Piece(rank=Rank.MODEL, lines=lines)
    head = "1"
    loss = "keras.losses.MeanSquaredError()"
    if _are_classes(scene):
        head, loss = scene.text("{classes}"), '"sparse_categorical_crossentropy"'
    if "evaluate" in usage.methods and "compile" not in usage.methods:
        metrics = ', metrics=["accuracy"]'
    else:
        metrics = ""
    first = "keras.layers.Flatten(), " if len(scene.world.shape) > 1 else ""
    lines = scene.text(
        f"{name} = keras.Sequential([\n    keras.Input(({{sample}},)), {first}"
        f'keras.layers.Dense(8, activation="relu"), keras.layers.Dense({head})\n])\n'
    )
    if usage.has("input", "inputs", "output", "outputs", "get_layer"):
        hidden = re.search(r"get_layer\((?:name=)?(['\"])(\w+)\1", scene.code)
        lines = scene.text(
            f"{name}_input = keras.Input(({{sample}},))\n"
            f'{name}_hidden = keras.layers.Dense(8, name="{hidden[2] if hidden else HIDDEN}")'
            f"({name}_input)\n"
            f"{name} = keras.Model({name}_input, keras.layers.Dense({head})({name}_hidden))\n"
        )
    lines += f'{name}.compile(loss={loss}, optimizer="adam"{metrics})'
    return Piece(rank=Rank.MODEL, lines=lines)


def _dataset(usage: Usage, scene: Scene) -> Piece:
    value = f"tf.data.Dataset.from_tensor_slices(({sample(scene)}, {_labels(scene)}))"
    if "batch" not in usage.methods:
        value += ".batch(4)"
    return assigned(usage.name, value, Rank.LOADER)
