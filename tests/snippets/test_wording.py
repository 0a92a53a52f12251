"""Why code fails is said in the reader's language; what Python said stays as it is."""

import re

import pytest
import redis
from django.test import Client
from django.utils.translation import override

from snippets.models import Snippet, Verification
from snippets.reason_names import name_of
from snippets.reasons import Reason
from snippets.wording import explain
from tests.saying import sentences_of

CALLS = {"Judgement", "give_up", "_end", "SandboxFailed", "Verification", "TrialCell"}
FAULTS = {"SandboxError", "ServiceUnavailable", "ZygoteDied", "NoGpu", "LayerMissing", "Unavailable",
          "RunRefused"}  # fmt: skip
PLACES = (
    "client", "cgroups/__init__", "cgroups/hierarchies", "gpu", "layers", "pool", "warm", "zygote",
)  # fmt: skip
WRITTEN = {
    **dict(sentences_of(CALLS, "snippets", "sandbox/execution.py")),
    **dict(sentences_of(FAULTS, "snippets", *(f"sandbox/{name}.py" for name in PLACES))),
}
SAID = {
    "in the setup: NameError: name 'x' is not defined":
        "准备代码出错：NameError: name 'x' is not defined",
    "line 3: claimed '(1, 2)' of y.shape, got '(2, 1)'":
        "第 3 行：声称 y.shape 为 '(1, 2)'，得到 '(2, 1)'",
    "prints otherwise with other random numbers: line 1: claimed '1', printed '2'\n-1\n+2":
        "换一组随机数，输出就不同：第 1 行：声称 '1'，打印 '2'\n-1\n+2",
    "works only sometimes; else ran longer than 20 s": "时好时坏；失败时：运行超过 20 秒",
    "used more than 2,048 MiB of memory": "使用的内存超过 2,048 MiB",
    "a forbidden system call": "使用了禁止的系统调用",
    "exit code 3": "退出码为 3",
    "runtime tf-2.15 is half-built; run: python -m sandbox build tf-2.15":
        "运行环境 tf-2.15 没有构建完；请运行：python -m sandbox build tf-2.15",
    "no sandbox service at /run/s.sock (Connection refused); start it with: make up":
        "/run/s.sock 处没有沙箱服务（连接被拒绝）；请用 make up 启动",
    "torch-2.13: a run could not be jailed:\nTraceback (most recent call last):":
        "torch-2.13：无法为这次运行建立隔离环境：\nTraceback (most recent call last):",
    "torch-2.13: a fork went away: [Errno 32] Broken pipe":
        "torch-2.13：运行进程已退出：[Errno 32] 管道已断开",
    "code: 70,000 bytes, at most 65,536; shorten it": "代码有 70,000 字节，最多 65,536；请缩短",
    "code: NUL at character 7": "代码的第 7 个字符是 NUL",
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_every_reason_of_ours_is_said_in_chinese(text: str):
    with override("zh-hans"):
        assert re.search("[\u4e00-\u9fff]", explain(text)), text


@pytest.mark.parametrize(("text", "wanted"), SAID.items())
def test_reason_keeps_its_values(text: str, wanted: str):
    with override("zh-hans"):
        assert explain(text) == wanted
    with override("en"):
        assert explain(text) == text


@pytest.mark.django_db
def test_card_says_it_in_the_language_of_its_page(client: Client):
    snippet = Snippet.objects.create(code="x", digest="1" * 64)
    Verification.objects.create(
        snippet=snippet, runtime="torch-2.13", key="k", outcome="differs",
        reason="should have failed and did not",
    )  # fmt: skip

    pages = {
        lang: client.get(f"/{lang}/snippets/{snippet.pk}").content.decode() for lang in ("zh", "en")
    }

    assert "本应失败，却没有失败" in pages["zh"]
    assert "should have failed and did not" in pages["en"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"runtime": "cobol-85"}, "未知的运行环境 &#x27;cobol-85&#x27;"),
        ({"code": "x" * 70_000}, "代码有 70,000 字节"),
    ],
)
def test_refused_run_says_why_in_chinese(
    client: Client, broker: redis.Redis, change: dict[str, str], said: str
):
    values = {"runtime": "torch-2.13", "code": "print(1)", **change}

    answer = client.post("/zh/runs/", values)

    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.django_db
def test_what_python_said_is_marked_as_english_on_a_chinese_card(client: Client):
    snippet = Snippet.objects.create(code="x", digest="1" * 64)
    Verification.objects.create(
        snippet=snippet, runtime="torch-2.13", key="k", outcome="fails",
        reason="in the setup: NameError: name x is not defined",
    )  # fmt: skip

    page = client.get(f"/zh/snippets/{snippet.pk}").content.decode()

    assert '准备代码出错：<span lang="en">NameError: name x is not defined</span>' in page


@pytest.mark.parametrize(
    "text",
    ["", "NameError: name 'x' is not defined", "ValueError: in the setup: 3",
     "JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
     "ConnectionRefusedError: [Errno 111] Connection refused"],
)  # fmt: skip
def test_what_python_said_stays(text: str):
    with override("zh-hans"):
        assert explain(text) == text


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_name_in_both_languages(reason: Reason):
    with override("zh-hans"):
        assert re.search("[\u4e00-\u9fff]", name_of(reason))
    with override("en"):
        assert name_of(reason) not in {"", reason.value}
