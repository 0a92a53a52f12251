"""Write a made-up Stack Exchange dump: `python -m bench.dump FOLDER [--posts N]`.

Sizes follow what dumps of programming sites show: two posts in three are answers, a body has
about 1.2 kB of HTML with a long tail, three in five hold code, half of that is Python. Every
word and every line of code is made up here, by a fixed seed.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

WORDS = [
    "the",
    "a",
    "of",
    "to",
    "in",
    "and",
    "is",
    "that",
    "it",
    "for",
    "on",
    "with",
    "as",
    "are",
    "this",
    "be",
    "model",
    "layer",
    "tensor",
    "loss",
    "batch",
    "gradient",
    "training",
    "weights",
    "shape",
    "input",
    "output",
    "value",
    "error",
    "code",
    "function",
    "optimizer",
    "step",
    "epoch",
    "learning",
    "rate",
    "data",
    "loader",
    "memory",
    "device",
    "network",
    "hidden",
    "state",
    "sequence",
    "length",
    "size",
    "when",
    "you",
    "want",
    "to",
    "compute",
    "print",
    "check",
    "first",
    "second",
    "dimension",
    "because",
    "then",
    "after",
    "before",
    "should",
    "would",
    "works",
    "does",
    "not",
    "same",
    "different",
    "result",
    "number",
    "parameter",
    "output_dim",
    "batch_size",
    "nn.Linear",
    "torch.cat",
    "np.zeros",
    "&lt;eos&gt;",
    "x_train",
    "y_pred",
    "0.001",
    "32",
    "$5",
    "50%",
    "C:\\data",
]
TAGS = [
    "pytorch",
    "tensorflow",
    "keras",
    "numpy",
    "python",
    "deep-learning",
    "lstm",
    "cnn",
    "autograd",
    "loss-function",
    "dataset",
    "gpu",
    "optimization",
    "embedding",
    "attention",
    "transformer",
    "tensor",
    "regularization",
]
PYTHON = """import torch
from torch import nn

layer_{n} = nn.Linear({a}, {b})
x = torch.randn({c}, {a})
out = layer_{n}(x)
print(out.shape)
"""
LINES = (
    "y_{n} = x * {a} + {b}",
    "for i in range({a}):\n    total += model(x[:, i]).sum()  # step {n}",
    "loss_{n} = criterion(pred, target[:{c}])",
    "optimizer.zero_grad()\nloss.backward()\noptimizer.step()",
    "def forward_{n}(self, x):\n    h = torch.relu(self.fc{a}(x))\n    return h.view({b}, -1)",
    "result_{n} = np.zeros(({a}, {b}), dtype='float32')",
    "print(result_{n}.reshape({b}, {a}).mean(axis={c} % 2))",
)
OTHER = (
    "$ pip install torch=={a}.{b}\n$ python train.py --epochs {c}",
    "RuntimeError: size mismatch, m1: [{a} x {b}], m2: [{c} x {n}]\n  at line {n}",
    "tensor([[{a}., {b}.],\n        [{c}., {n}.]])",
    '{{"learning_rate": 0.{a}, "batch": {b}, "name": "run {n}"}}',
    "Layer (type)        Output Shape    Param #\n====\nlstm_{a} (LSTM)     (None, {b}, {c})   {n}",
)


def write_dump(folder: Path, *, posts: int, seed: int = 1) -> None:
    """Write Posts.xml and Users.xml with this many posts."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "Posts.xml").open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<posts>\n')
        file.writelines(_posts(chance, posts))
        file.write("</posts>\n")
    with (folder / "Users.xml").open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<users>\n')
        file.writelines(f'  <row Id="{n}" DisplayName="Person {n}" />\n' for n in range(1, 5001))
        file.write("</users>\n")


def _posts(chance: random.Random, posts: int) -> Iterator[str]:
    questions: list[int] = []
    for id_ in range(1, posts + 1):
        common = (
            f'Id="{id_}" CreationDate="{2010 + id_ * 14 // posts}-0{1 + id_ % 9}-1{id_ % 10}'
            f'T0{id_ % 10}:2{id_ % 10}:3{id_ % 6}.{id_ % 1000:03}" '
            f'Score="{chance.randint(-2, 40)}" '
            f'OwnerUserId="{chance.randint(1, 5000)}" ContentLicense="CC BY-SA 4.0" '
            f"Body={quoteattr(_body(chance, id_), {chr(10): '&#xA;'})}"
        )
        if not questions or chance.random() < 0.34:
            questions.append(id_)
            tags = "".join(f"<{tag}>" for tag in chance.sample(TAGS, chance.randint(1, 4)))
            title = " ".join(chance.choices(WORDS[:60], k=chance.randint(6, 14))).capitalize()
            yield (
                f'  <row PostTypeId="1" {common} Title={quoteattr(f"{title} {id_}?")} '
                f'Tags={quoteattr(tags)} AcceptedAnswerId="{id_ + 1}" ViewCount="9" />\n'
            )
        else:
            parent = questions[-1 - min(int(chance.expovariate(0.5)), len(questions) - 1)]
            yield f'  <row PostTypeId="2" ParentId="{parent}" {common} />\n'


def _body(chance: random.Random, id_: int) -> str:
    parts: list[str] = []
    for _ in range(1 + min(int(chance.expovariate(0.5)), 12)):
        text = " ".join(chance.choices(WORDS, k=chance.randint(12, 60)))
        if chance.random() < 0.3:
            text += f" <code>model.fit(x, {id_})</code> and <em>then</em> more."
        if chance.random() < 0.1:
            text += f' See <a href="https://example.org/doc/{id_}">the manual</a>.'
        parts.append(f"<p>{text.capitalize()}</p>")
    if chance.random() < 0.6:
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            at = chance.randint(1, len(parts))
            parts.insert(at, f"<pre><code>{_code(chance, id_)}</code></pre>")
    if chance.random() < 0.1:
        items = "".join(f"<li>{' '.join(chance.choices(WORDS, k=8))}</li>" for _ in range(3))
        parts.append(f"<ul>{items}</ul>")
    return "\n\n".join(parts) + "\n"


def _code(chance: random.Random, id_: int) -> str:
    values = {"n": id_, "a": chance.randint(1, 99), "b": chance.randint(1, 99),
              "c": chance.randint(1, 64)}  # fmt: skip
    if chance.random() < 0.5:
        return chance.choice(OTHER).format(**values).replace("<", "&lt;")
    lines = "\n".join(chance.choices(LINES, k=chance.randint(1, 8))).format(**values)
    whole = PYTHON.format(**values) + lines if chance.random() < 0.3 else lines
    return whole.replace("<", "&lt;") + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=100_000)
    options = parser.parse_args()
    write_dump(options.folder, posts=options.posts)


if __name__ == "__main__":
    main()
