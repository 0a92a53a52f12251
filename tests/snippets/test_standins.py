"""Names that a fragment leaves open get small values that fit how it uses them."""

import pytest

from snippets import standins
from snippets.flavours import Flavour
from snippets.setups import stand_in_names


def lines(code: str, flavour: Flavour = Flavour.TORCH) -> str:
    proposal = standins.propose(code, stand_in_names(code), flavour=flavour)
    return proposal.lines if proposal else ""


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("for e in range(epochs): pass", "epochs = 2"),
        ("x.to(device)", 'device = torch.device("cpu")'),
        ("nn.Linear(10, num_classes)", "num_classes = 10"),
        ("torch.save(1, PATH)", 'PATH = "model.pt"'),
        ("model.eval()", "model = nn.Linear(10, 10)"),
        ("loss.backward()", "loss = (torch.randn(3, requires_grad=True) ** 2).mean()"),
        ("criterion(a, b)", "criterion = nn.CrossEntropyLoss()"),
        (
            "optimizer.step()\nmodel.parameters()",
            "optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)",
        ),
        (
            "for images, labels in loader: f = images",
            "loader = [(torch.rand(4, 3, 32, 32), torch.randint(10, (4,))) for _ in range(2)]",
        ),
        ("torch.load('a/b.pt')", "os.makedirs('a', exist_ok=True)"),
        ("print(args.lr)", "args = types.SimpleNamespace(lr=0.01)"),
        ('torch.einsum("bhqd,bhkd->bhqk", q, q)', "q = torch.rand(4, 4, 4, 4)"),
        ("torch.zeros(3, device=device)", 'device = torch.device("cpu")'),
        ("torch.utils.data.DataLoader(data, batch_size=BATCH_SIZE)", "BATCH_SIZE = 4"),
        ("model.init_hidden(batch_size)", "batch_size = 4"),
        ("y = m * a + (1 - m) * b", "m = 0.9"),
        ("netD.zero_grad()", "netD = nn.Linear(10, 1)"),
        ("values[mask] = 0", "mask = torch.ones(4, dtype=torch.bool)"),
        ("print(classes[i].upper())", 'classes = [f"class {number}" for number in range(10)]'),
        ("for p in model.parameters(): p.grad.norm()",
         "sum(p.sum() for p in model.parameters()).backward()"),
        ("probs = actor(x)\nCategorical(probs)", "actor = nn.Sequential(actor, nn.Softmax(dim=-1))"),
        ("val_loss = validate(m)\nprint(val_loss)", "    return 0.5"),
        ("out, h = lstm(x, h)", "h = (torch.zeros(1, 4, 16), torch.zeros(1, 4, 16))"),
        ("model(input_ids)", "input_ids = torch.randint(50, (4, 7))"),
        ("class D(Dataset):\n    def __init__(self, f):\n        pd.read_csv(f)\nD('a.csv')",
         'pd.DataFrame({"a": range(20), "b": range(20), "label": [0, 1] * 10})'
         ".to_csv('a.csv', index=False)"),
    ],
)  # fmt: skip
def test_torch_names(code: str, line: str) -> None:
    assert line in lines(code).split("\n")


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("LSTM(8)(inputs)", "inputs = keras.Input((7, 10,))"),
        ("model.fit(x_train, y_train)", 'x_train = np.random.rand(8, 10).astype("float32")'),
        ("model.add(Dense(1))", "model = keras.Sequential()"),
        ("model.fit(x, y, callbacks=callbacks)", "callbacks = []"),
        (
            "model.fit(x, validation_data=val_ds)",
            "val_ds = tf.data.Dataset.from_tensor_slices("
            '(np.random.rand(8, 10).astype("float32"), np.random.randint(2, size=(8, 1)))).batch(4)',
        ),
        ("tape.watch(x)", 'x = tf.constant(np.random.rand(8, 10).astype("float32"))'),
        ("train_loss(loss_value)", "train_loss = keras.metrics.Mean()"),
        ("model.get_layer(layer_name).output", 'layer_name = "hidden"'),
    ],
)
def test_keras_names(code: str, line: str) -> None:
    assert line in lines(code, Flavour.KERAS).split("\n")


def test_class_of_a_saved_model_stands_in_together_with_its_file() -> None:
    found = lines("m = Net(*args)\nm.load_state_dict(torch.load(PATH))")

    assert "class Net(nn.Module):" in found
    assert found.endswith("torch.save(Net(*args).state_dict(), PATH)")


def test_checkpoint_has_the_keys_that_are_read_of_it() -> None:
    found = lines("c = torch.load('c.t7')\nmodel.load_state_dict(c['net'])\nepoch = c['epoch']")

    assert "torch.save({'net': model.state_dict(), 'epoch': 1}, 'c.t7')" in found


def test_code_that_lacks_nothing_gets_nothing() -> None:
    assert lines("import torch\nx = torch.ones(1)") == ""


@pytest.mark.parametrize(
    ("code", "message", "line"),
    [
        (
            "net(x)",
            "mat1 and mat2 shapes cannot be multiplied (4x10 and 784x5)",
            "x = torch.randn(4, 784)",
        ),
        (
            "conv(x)",
            "Given groups=1, weight of size [8, 1, 3, 3], expected input[4, 3, 32, 32] "
            "to have 1 channels, but got 3 channels instead",
            "x = torch.rand(4, 1, 32, 32)",
        ),
        ("table(x)", "Expected tensor for argument #1 'indices' to have one of the "
         "following scalar types: Long, Int", "x = torch.randint(50, (4, 7))"),
    ],
)  # fmt: skip
def test_failure_that_asks_for_another_shape_gets_it(code: str, message: str, line: str) -> None:
    names = ["x"]
    proposal = standins.propose(code, names, flavour=Flavour.TORCH)
    assert proposal is not None

    better = standins.revise(code, proposal, {"type": "RuntimeError", "message": message})

    assert better is not None
    assert line in better.lines


def test_failure_that_asks_for_nothing_changes_nothing() -> None:
    proposal = standins.propose("f(x)", ["f", "x"], flavour=Flavour.TORCH)
    assert proposal is not None

    assert standins.revise("f(x)", proposal, {"type": "KeyError", "message": "'a'"}) is None
