"""Which language a reader gets, and that all of the site speaks it."""

import pytest
from django.conf import settings
from django.test import Client

from kb.catalogues import compile_stale, messages_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("accepted", "home"),
    [("zh-CN,zh;q=0.9", "/zh/"), ("en-GB", "/en/"), ("fr,en;q=0.5", "/en/"), ("", "/zh/")],
)
def test_root_leads_to_the_browser_s_language(client: Client, accepted: str, home: str):
    response = client.get("/", headers={"accept-language": accepted})

    assert response.headers["Location"] == home
    assert "Accept-Language" in response.headers["Vary"]


def test_language_read_last_is_remembered(client: Client):
    client.get("/en/")

    assert client.get("/", headers={"accept-language": "zh"}).headers["Location"] == "/en/"


def test_page_links_to_itself_in_the_other_language(client: Client):
    text = client.get("/zh/search?q=a%26b&mode=both").content.decode()

    assert 'href="/en/search?q=a%26b"' in text


@pytest.mark.parametrize(("path", "said"), [("/zh/x", "找不到页面"), ("/en/x", "Not found")])
def test_missing_page_speaks_the_language_of_its_address(client: Client, path: str, said: str):
    response = client.get(path)

    assert response.status_code == 404
    assert said in response.content.decode()


def test_theme_of_the_cookie_is_in_the_page(client: Client):
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/en/").content.decode()

    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/en/").content.decode()


def test_every_message_has_a_chinese_translation():
    import polib

    catalogue = polib.pofile(
        str(settings.BASE_DIR / "locale/zh_Hans/LC_MESSAGES/django.po"), check_for_duplicates=True
    )
    translated = {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")
        for entry in catalogue
        if (entry.msgstr or entry.msgstr_plural.get(0)) and not entry.fuzzy
    }

    missing = [
        f"{path.relative_to(settings.BASE_DIR)}: {message.msgid!r}"
        for message, path in messages_in(settings.BASE_DIR).items()
        if (message.context, message.msgid, message.plural) not in translated
    ]
    assert missing == []


def test_translations_keep_the_placeholders():
    import re

    import polib

    marks = re.compile(r"%\(\w+\)[sd]|%\(\w+\)\.\d+f|%%s")
    for entry in polib.pofile(str(settings.BASE_DIR / "locale/zh_Hans/LC_MESSAGES/django.po")):
        text = entry.msgstr or entry.msgstr_plural[0]
        assert sorted(marks.findall(entry.msgid_plural or entry.msgid)) == sorted(
            marks.findall(text)
        ), entry.msgid


def test_catalogue_is_compiled_only_when_newer(tmp_path):
    folder = tmp_path / "zh_Hans/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid ""\nmsgstr ""\n\nmsgid "a"\nmsgstr "甲"\n', "utf-8")

    assert compile_stale(tmp_path) == [folder / "django.mo"]
    assert compile_stale(tmp_path) == []
