"""What an import refuses or leaves out is said in the curator's language."""

import re

import pytest
from django.utils.translation import override

from kb.importers.wording import SENTENCES, explain, name_row
from tests.saying import sentences_of

CALLS = {"ImportRefused", "Unreadable", "Problem", "add", "ArchiveError", "fail_job"}
WRITTEN = dict(sentences_of(CALLS, "kb/importers", "kb/archive"))
SAID = {
    "a.xml, line 3: the file is cut off here (no element found); get it again":
        "a.xml 第 3 行：文件在此处被截断（没有找到完整的元素），请重新获取",
    "not updated: post 2 (zh), line 4: this runnable fence is empty; write code or remove it":
        "未更新：第 2 篇（zh）第 4 行：这个可运行的代码块是空的；请写上代码或删去",
    "an empty file; left out": "空文件，已略过",
    "not a notebook: line 3, column 5: Expecting value; left out":
        "不是笔记本：第 3 行第 5 列：此处应有一个值，已略过",
    "a.html: neither UTF-8 nor what it declares (gbk): not GBK at byte 4 (illegal multibyte "
    "sequence); save the page again as UTF-8":
        "a.html：既不是 UTF-8，也不是所声明的编码（gbk）：第 4 个字节不是 GBK（无效的多字节序列）；"
        "请把网页重新保存为 UTF-8",
    "cannot read or write a.md: No space left on device": "无法读写 a.md：磁盘空间不足",
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_every_message_is_said_in_chinese(text: str):
    with override("zh-hans"):
        said = explain(text)

    assert re.search("[\u4e00-\u9fff]", said), text
    assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", said), said


@pytest.mark.parametrize(("text", "wanted"), SAID.items())
def test_messages_within_messages_are_said_too(text: str, wanted: str):
    with override("zh-hans"):
        assert explain(text) == wanted


def test_message_stays_as_it_is_in_english():
    with override("en"):
        assert [text for text in WRITTEN.values() if explain(text) != text] == []


@pytest.mark.parametrize(
    ("row", "wanted"),
    [("post 2", "帖子 2"), ("line 14", "第 14 行"), ("article 3", "文章 3"), ("a.md", "a.md")],
)
def test_rows_have_chinese_names(row: str, wanted: str):
    with override("zh-hans"):
        assert name_row(row) == wanted
    with override("en"):
        assert name_row(row) == row


def test_no_sentence_is_listed_twice():
    assert len(set(SENTENCES)) == len(SENTENCES)
