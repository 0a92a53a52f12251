"""Every record has a list in the admin that opens and can be searched."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from kb.models import Article


@pytest.mark.django_db
def test_operator_can_list_and_search_every_record(client: Client, freezing: Article):
    operator = get_user_model().objects.create_superuser("op", password="x")
    TOTP.activate(operator, generate_totp_secret())
    client.force_login(operator)

    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert client.get(reverse(name), {"q": "x"}).status_code == 200, name
