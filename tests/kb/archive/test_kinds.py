"""Each paragraph of code is told from prose, and its kind from the others."""

import pytest

from kb.archive.kinds import Kind, label
from kb.archive.paragraphs import split_paragraphs
from kb.archive.reading import read_lines


def kinds(text: str) -> list[str]:
    return [str(kind) for kind in label(split_paragraphs(read_lines(text.encode())))]


@pytest.mark.parametrize(
    "code",
    [
        "model.eval()",
        "import torch",
        "from a.b import c, d",
        "a, b = f(x), [1]",
        "x[0]['k'].y = 3  # 中文注释",
        "def f(x):\n    return x",
        "@wraps(f)\ndef g(): pass",
        "for i in range(3):\n    print(i)",
        "with f:\n    f.post('/a')",
        "f(a, b) == [1, 2]   # same",
        "print 'a', b",
        "print (x.shape) # --> (1, 2)",
        "call (80,80,[1],'SAME')",
        "state = {\n    'a': 1,\n    ...\n}",
        "model = Sequential(\n  A(1, 2)\n  B(3)\n)",
        "    indented = keras.layers.Dense(3)",
        " model.reset_states()",
        "x = '''\n中文\n'''",
        "x: int = 3",
        "print('中文')",
    ],
)
def test_python_is_recognised(code: str) -> None:
    assert kinds(code) == ["python"]


@pytest.mark.parametrize(
    "text",
    [
        "HTML",
        "python",
        "logo",
        "Notes",
        "Edit 1:",
        "single, words",
        "Logistics (Video 1)",
        "f(x) is what we want.",
        "Implementing it(Video 10)",
        "Just call model.eval() once.",
        "words = layers.Input(shape=(None, 3), name = “input”)",
        "单词= layers.Input(shape=(None,3),名称=“输入”)",
        "A sentence, with a comma.",
        "Documentation|Slack|Overflow",
        "make the model smaller",
        "find the answer in the manual",
        "Great work - really good",
    ],
)
def test_prose_is_no_code(text: str) -> None:
    assert kinds(text) == ["text"]


@pytest.mark.parametrize(
    "code",
    [
        "pip install x",
        "sudo apt-get install y  # all of it",
        "# on macOS\nbrew install z",
        "MODE='agg' pytest tests/ -m 'not gpu'",
        "cd a\nmytool b.jpg -O b.json",
        "mytool  # opens a window",
        "mytool a.jpg \\\n  --labels one,two",
        "mytool -h",
        "python setup.py install",
        "curl -L https://example.org/x.sh | bash -s .",
        "dist/mytool --version",
        "pip install x==1.0",
    ],
)
def test_shell_is_recognised(code: str) -> None:
    assert kinds(code) == ["shell"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("@misc{key,\n  title = {A}\n}", "bibtex"),
        ('{"a": [1, {"b": null}]}', "json"),
        ("$ which x\n/bin/x", "console"),
        (">>> 1 + 1\n2", "console"),
        ("In [1]: x", "console"),
        ("a   b   c\n1   2   3", "drawing"),
        ("   |____|\n        |____|", "drawing"),
        ("nn.functional.relu", "names"),
        ("a.b.c, d.e.f", "names"),
        ("Pooling => None in a.b, c.d.E", "names"),
    ],
)
def test_other_kinds_are_recognised(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


def test_comments_alone_belong_to_the_code_beside_them() -> None:
    assert kinds("x = 1\n\n# done") == ["python", "python"]
    assert kinds("# first\n\nx = 1") == ["python", "python"]
    assert kinds("# first\n\npip install x") == ["shell", "shell"]
    assert kinds("# alone") == ["text"]


def test_brackets_go_on_over_blank_lines() -> None:
    assert kinds("x = [\n    1,\n\n    2,\n]\n\nprose here") == ["python", "python", "text"]


def test_bracket_that_never_closes_does_not_swallow_the_prose() -> None:
    assert kinds("f(x, (1, 2)\n\nThis is prose.") == ["python", "text"]


@pytest.mark.parametrize(
    "words", ["此代码将输出以下内容:", "它打印:", "The output is:", "It prints:"]
)
def test_what_is_announced_after_python_is_output(words: str) -> None:
    assert kinds(f"f(x)\n\n{words}\n\nModel weight:\nw  torch.Size([2])") == [
        "python", "text", "output",
    ]  # fmt: skip


def test_printed_values_right_after_python_are_output() -> None:
    assert kinds("f(x)\n\ntensor([1., 2.])\n\n[3, 4]") == ["python", "output", "output"]


def test_code_after_an_announcement_stays_code() -> None:
    assert kinds("x = 1\n\n下面的代码打印结果:\n\nprint(x)") == ["python", "text", "python"]


def test_kind_has_no_member_without_a_fence() -> None:
    from kb.archive.markdown import INFO

    assert set(INFO) == set(Kind) - {Kind.TEXT, Kind.NAMES}
