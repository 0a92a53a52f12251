"""Whatever a parser, a codec or the system says of a file is said with its place, in Chinese too."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pytest
import yaml
from django.utils.translation import override

from kb.importers.base import ImportRefused
from kb.importers.faults import fault_of
from kb.importers.unpacking import is_zip, unpack
from kb.importers.wording import explain
from tests.kb.importers.conftest import POSTS, Run

PROSE = re.compile(r"[a-z]{3,} [a-z]{2,}")
JSON = ["", "{", '{"a"', '{"a" 1}', '{"a": 1', "[1 2]", '{a: 1}', '"ab', '"a\nb"', r'"\q"',
        r'"\u12"', "1 2", "[" * 100_000]  # fmt: skip
YAML = ["a: b: c", "a: [1", "a: {b", "a\n b: c\n", '"a', "'a", "x: *y", "- a\nb: c", "a: @b",
        "a: !!python/name:x 1", "? [a]\n: b", 'a: "\\q"', "a:\tb\n\tc: d", "x: 2020-13-01",
        "x: 2020-02-30", "a: \x01", "a\n--- b\n--- c", "{[a]: b}"]  # fmt: skip
XML = ["<a>", "<a", "<a></b>", "<a b='1' b='2'/>", "<a/><b/>", "<a>&nope;</a>", "<a:b/>", "a",
       "<a>&#0;</a>", "<a><![CDATA[", " <?xml version='1.0'?><a/>"]  # fmt: skip
BYTES = [(b"\xff", "utf-8"), (b"\xe4\xbd", "utf-8"), (b"\xe4A", "utf-8"), (b"\x81", "cp1252"),
         (b"\x80", "ascii"), (b"\xff\xff", "gbk"), (b"\x81", "gb18030"),
         (b"\x00", "utf-16"), (b"\x00\xdcaa", "utf-16-le"), (b"\x00\xd8", "utf-16-le")]  # fmt: skip


def failure_of(parse: Callable[[Any], Any], given: Any) -> Exception:
    with pytest.raises((ValueError, RecursionError, yaml.YAMLError)) as caught:
        parse(given)
    return caught.value


def in_chinese(text: str) -> str:
    with override("zh-hans"):
        said = explain(text)
    assert re.search("[\u4e00-\u9fff]", said), text
    assert not PROSE.search(said), said
    return said


@pytest.mark.parametrize("text", JSON)
def test_json_faults(text: str):
    said = in_chinese(fault_of(failure_of(json.loads, text)))

    assert said == "嵌套过深" or re.match(r"第 \d+ 行第 \d+ 列：", said)


@pytest.mark.parametrize("text", YAML)
def test_yaml_faults(text: str):
    assert in_chinese(fault_of(failure_of(yaml.safe_load, text)))


@pytest.mark.parametrize("text", XML)
def test_xml_faults(text: str):
    with pytest.raises(expat.ExpatError) as caught:
        expat.ParserCreate(namespace_separator=" ").Parse(text, True)

    assert in_chinese(expat.ErrorString(caught.value.code))


@pytest.mark.parametrize(("data", "encoding"), BYTES)
def test_faults_of_encodings(data: bytes, encoding: str):
    fault = fault_of(failure_of(lambda given: given.decode(encoding), data))

    assert in_chinese(fault).startswith("第 ")


def test_place_counts_from_where_the_text_begins_in_its_file():
    wrong = failure_of(yaml.safe_load, "title: a\ntags: [x\nmore: y")

    assert fault_of(wrong, first_line=2).startswith("line 4, column 5: ")


def test_system_s_fault_names_the_file_and_not_its_folder(tmp_path: Path):
    with pytest.raises(OSError) as caught:  # noqa: PT011 - which one is the system's affair
        (tmp_path / "none.md").read_bytes()

    fault = fault_of(caught.value)

    assert fault == "cannot read or write none.md: No such file or directory"
    assert in_chinese(fault) == "无法读写 none.md：文件或目录不存在"


def damaged_zips() -> list[bytes]:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.md", "\n".join(f"line {number} of it" for number in range(500)))
    whole = target.getvalue()
    changed = [bytes([*whole[:at], whole[at] ^ 0xFF, *whole[at + 1 :]]) for at in (36, 41, 50, -20)]
    return [whole[: len(whole) // 2], whole[:-10], whole[:30], *changed]


@pytest.mark.parametrize("data", damaged_zips())
def test_faults_of_zip_files(tmp_path: Path, data: bytes):
    path = tmp_path / "a.zip"
    path.write_bytes(data)

    assert is_zip(path)
    with pytest.raises(ImportRefused) as refused:
        unpack(path=path, folder=tmp_path / "out", most_bytes=10**6)
    assert in_chinese(str(refused.value)).startswith("a.zip 是已损坏的 zip 文件：")


def test_broken_front_matter_is_reported_with_its_line(run: Run, tmp_path: Path):
    (tmp_path / "a.md").write_text("---\ntitle: a\ntags: b: c\n---\ntext\n")

    (problem,) = run("markdown", tmp_path)["errors"]

    assert in_chinese(problem["reason"]).startswith("文件头：第 3 行第 8 列：")


def test_half_a_notebook_is_reported_with_its_line(run: Run, tmp_path: Path):
    (tmp_path / "a.ipynb").write_text('{\n "cells": [\n  {"cell_type": "code"')

    (problem,) = run("notebook", tmp_path)["errors"]

    assert in_chinese(problem["reason"]).startswith("不是笔记本：第 3 行第 ")


def test_half_a_dump_is_refused_in_chinese(run: Run, tmp_path: Path):
    from django.core.management import CommandError

    (tmp_path / "Posts.xml").write_text(POSTS[: len(POSTS) // 2])

    with pytest.raises(CommandError) as refused:
        run("stackexchange", tmp_path)
    reason = str(refused.value).partition(": ")[2].removesuffix("; nothing imported")

    assert in_chinese(reason).startswith("Posts.xml 第 ")
