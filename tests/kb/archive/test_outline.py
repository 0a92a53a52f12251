"""Articles are found by the page's structure, and by nothing else."""

import pytest

from kb.archive.errors import ArchiveError
from kb.archive.outline import Page, outline
from kb.archive.reading import read_lines

QUESTION = "怎样做?\n\n问题:怎样做?\n\n中文。\n\nEnglish.\n\n回答 0\n\n这样。\n\nLike this.\n\n"


def page(body: str) -> Page:
    return outline(read_lines(f"标签归档:t\n\n{body}".encode()))


def titles(body: str) -> list[str]:
    return [article.title for article in page(body).articles]


def test_sample_has_a_question_and_two_guides(sample: str) -> None:
    found = outline(read_lines(sample.encode()))

    assert found.tag == "tensors"
    assert [(a.title[:8], a.is_question, len(a.sections)) for a in found.articles] == [
        ("怎样改变张量的形", True, 3),
        ("Gridkit-", False, 1),
        ("Shape-li", False, 1),
    ]


@pytest.mark.parametrize(
    "title",
    ["Gridkit-把网格画成图片的工具", "Grid-kit-Python里画网格的工具", "Grid-kit 从数据画出网格图片",
     "3d-kit-把网格画成图片的工具", "Grid.js-把网格画成图片的工具"],
)  # fmt: skip
def test_guide_title_is_recognised_after_a_question_and_after_a_guide(title: str) -> None:
    assert titles(f"{QUESTION}{title}\n\n正文。")[-1] == title
    assert titles(f"Other-另一个有用的命令行工具\n\n正文。\n\n{title}\n\n正文。")[-1] == title


@pytest.mark.parametrize(
    "line",
    ["Gridkit 允许您在几分钟内画出网格", "Docker-安装", "Docker 用户可以直接运行下面的命令",
     "Time-step的含义是每一步的序号", "Gridkit是一个画网格的小工具", "3-在这里输入您的用户名称",
     "Gridkit-下面列出所有可用的选项:", "Linux GPU 师傅 状态 试运行 状态"],
)  # fmt: skip
def test_prose_of_a_guide_is_no_title(line: str) -> None:
    assert titles(f"Gridkit-把网格画成图片的工具\n\n正文。\n\n{line}\n\n更多。") == [
        "Gridkit-把网格画成图片的工具"
    ]


def test_line_like_a_title_in_a_chinese_half_is_no_title() -> None:
    question = "怎样做?\n\n问题:怎样做?\n\n看代码:\n\nx = 1\n\nGridkit-这里用来画出网格\n\n"
    body = f"{question}Code:\n\nx = 1\n"

    assert len(titles(f"{body}\nIt draws.\n\n回答 0\n\n好。\n\nGood.\n")) == 1


def test_table_row_is_no_title() -> None:
    guide = "Gridkit-把网格画成图片的工具\n\n名称 说明\nGrid-map 把网格变成地图\nGrid-art 画"

    assert len(titles(guide)) == 1


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("只是一段话。", 3, "first article's title must stand"),
        ("怎样做?\n\n问题:别的?\n\n文\n\n回答 0", 3, "first article's title must stand"),
        ("怎样做?\n\n问题:怎样", 5, "cut off in a question's title"),
        ("怎样做?\n\n问题:怎样做?\n\n文。\n\nText.", 3, "the question has no answer"),
        ("怎样做?\n\n问题:怎样做?\n\n回答 0\n\n文。\n\nText.", 5, "the question has no text"),
        (QUESTION + "回答 1\n", 17, "回答 1 has no text"),
        (QUESTION + "回答 2\n\n文。\n\nText.", 17, "回答 1 must stand, not 回答 2"),
        (QUESTION + "回答 0\n\n文。\n\nText.", 17, "回答 1 must stand, not 回答 0"),
        ("Gridkit-把网格画成图片的工具\n", 3, "the guide has no text"),
        ("Gridkit-把网格画成图片的工具\n\n文\n\n回答 0\n\n文", 7, "an answer outside a question"),
        ("Gridkit-把网格画成" + "图" * 300 + "\n\n文", 3, "the title has 313 characters"),
    ],
)  # fmt: skip
def test_broken_structure_is_refused_with_line_and_reason(
    body: str, line: int, reason: str
) -> None:
    with pytest.raises(ArchiveError) as caught:
        page(body)

    assert caught.value.line == line
    assert reason in caught.value.message


@pytest.mark.parametrize("text", ["Hello", "标签归档", "标签归档:", "\n标签归档:a", "# 标签归档:a"])
def test_file_without_the_first_line_is_no_archive_page(text: str) -> None:
    with pytest.raises(ArchiveError, match="line 1: this is not an archive page"):
        outline(read_lines(f"{text}\n\n{QUESTION}".encode()))


def test_page_without_articles_is_refused() -> None:
    with pytest.raises(ArchiveError, match="line 1: the page has no articles"):
        page("")
