"""Anybody may have an account; staff need a second factor for the admin."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import User
from django.test import Client

from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return User.objects.create_superuser("operator", password=PASSWORD)


def test_reader_signs_up_and_is_known(client: Client):
    values = {"username": "reader", "password1": PASSWORD, "password2": PASSWORD}

    client.post("/accounts/signup/", values)

    assert "reader" in client.get("/en/").content.decode()


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "登录"), ("en", "Sign In")])
def test_account_pages_speak_the_reader_s_language(client: Client, language: str, word: str):
    client.cookies["django_language"] = language

    assert word in client.get("/accounts/login/").content.decode()


def test_staff_without_a_second_factor_are_led_to_setting_one_up(client: Client, operator: User):
    client.force_login(operator)

    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/2fa/totp/activate/") or (
        response.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    )


def test_staff_with_a_second_factor_enter_the_admin(client: Client, operator: User):
    TOTP.activate(operator, generate_totp_secret())
    client.force_login(operator)

    assert client.get("/admin/").status_code == 200


def test_password_alone_does_not_open_the_admin(client: Client, operator: User):
    TOTP.activate(operator, generate_totp_secret())

    client.post("/accounts/login/", {"login": "operator", "password": PASSWORD})

    assert client.get("/admin/").status_code == 302


def test_reader_does_not_enter_the_admin(client: Client, owner: User):
    client.force_login(owner)

    assert client.get("/admin/", follow=False).status_code == 302
