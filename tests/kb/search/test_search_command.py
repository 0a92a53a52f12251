"""`manage.py search` for scripts and for people."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kb.models import Article, SearchIndex

pytestmark = pytest.mark.django_db


def test_json_has_what_a_script_relies_on(index: SearchIndex, capsys: pytest.CaptureFixture[str]):
    call_command("search", "冻结层 [pytorch]", "--lang", "zh", "--json")

    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"hits", "total", "filters", "did_you_mean", "milliseconds"}
    assert report["hits"][0]["article"] == "微调时如何冻结层"
    assert set(report["hits"][0]) == {"article", "post", "lang", "score", "snippet"}
    assert report["filters"] == ["tag:pytorch"]
    assert report["did_you_mean"] is None


def test_correction_is_named(index: SearchIndex, capsys: pytest.CaptureFixture[str]):
    call_command("search", "gradeints", "--lang", "en", "--json")

    report = json.loads(capsys.readouterr().out)
    assert report["did_you_mean"] == "gradients"
    assert report["total"] == 1


def test_people_get_lines(index: SearchIndex, capsys: pytest.CaptureFixture[str]):
    call_command("search", "freeze", "--lang", "en")

    assert "How to freeze layers when fine-tuning" in capsys.readouterr().out


def test_without_an_index_it_says_what_to_do(articles: dict[str, Article]):
    with pytest.raises(CommandError, match=r"manage\.py reindex"):
        call_command("search", "freeze")
