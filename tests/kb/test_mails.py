"""What is sent by e-mail is Chinese to Chinese readers, and what allauth says is said our way."""

import re
from pathlib import Path

import allauth
import polib
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

TEMPLATES = Path(allauth.__file__).parent / "templates"
MAILS = sorted(
    str(path.relative_to(TEMPLATES))
    for folder in ("account", "mfa")
    for path in (TEMPLATES / folder / "email").glob("*.txt")
)
CONTEXT = {
    "current_site": {"name": "知验", "domain": "https://kb.test"},
    "password_reset_url": "https://kb.test/1",
    "activate_url": "https://kb.test/2",
    "signup_url": "https://kb.test/3",
    "email": "wei@kb.test",
    "from_email": "wei@kb.test",
    "to_email": "wei@kb.test",
    "deleted_email": "wei@kb.test",
    "username": "wei",
    "code": "1234",
    "ip": "192.0.2.1",
    "user_agent": "Firefox",
    "timestamp": "2026-11-24",
}
GIVEN = re.compile(r"https://kb\.test\S*|wei(@kb\.test)?|Firefox|IP")


@pytest.mark.parametrize("template", MAILS)
def test_a_chinese_mail_has_no_english_in_it(template: str):
    user = get_user_model()(username="wei")
    with translation.override("zh-hans"):
        text = render_to_string(template, {**CONTEXT, "user": user})

    assert re.search("[\u4e00-\u9fff]", text)
    assert not re.search("[A-Za-z]{2,}", GIVEN.sub("", text))
    assert not re.search("[\u4e00-\u9fff] +(?!知)[\u4e00-\u9fff]", text)


def test_translations_take_what_the_originals_take():
    entries = polib.pofile(
        str(settings.BASE_DIR / "locale/allauth/zh_Hans/LC_MESSAGES/django.po"),
        check_for_duplicates=True,
    )
    theirs = polib.pofile(
        str(Path(allauth.__file__).parent / "locale/zh_Hans/LC_MESSAGES/django.po")
    )
    known = {entry.msgid for entry in theirs}

    for entry in entries:
        assert entry.msgid in known  # else it says nothing any more
        assert placeholders(entry.msgstr) <= placeholders(entry.msgid), entry.msgid


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|\{\w*\}|%[sd]", text))


@pytest.mark.django_db
def test_a_forgotten_password_is_answered_in_the_reader_s_language(client: Client):
    get_user_model().objects.create_user("wei", "wei@kb.test", "long-enough-words")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"

    client.post(
        "/accounts/password/reset/",
        {"email": "wei@kb.test"},
        headers={"accept-language": "zh-CN"},
    )

    (sent,) = mail.outbox
    assert sent.subject == "密码重置邮件"
    assert "请求重置您的账号密码" in sent.body
