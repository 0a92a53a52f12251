"""Roles are groups that every site has; the table in the docs is the one in force."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.test import Client

from kb.models import AuditEntry
from kb.people.role_giving import RolesRefused, set_roles
from kb.people.roles import ALLOWED, Permission, Role, may, roles_of
from snippets.limits import is_curator

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PersonIn = Callable[[Role], User]
PAGE = Path(__file__).resolve().parents[3] / "docs" / "permissions.md"


def test_every_site_has_the_roles():
    assert {group.name for group in Group.objects.all()} >= set(Role)


def test_docs_hold_the_table_of_the_code():
    text = PAGE.read_text(encoding="utf-8")
    head = re.search(r"^\| \| (.*) \|$", text, re.MULTILINE)
    rows = re.findall(r"^\| `([\w-]+)` \| (.*) \|$", text, re.MULTILINE)

    assert head
    assert [Role(name) for name in head[1].split(" | ")] == list(Role)
    assert [name for name, _ in rows] == list(Permission)
    for name, cells in rows:
        told = dict(zip(Role, cells.split(" | "), strict=True))
        for role in Role:
            assert told[role] == ("yes" if Permission(name) in ALLOWED[role] else "–"), (name, role)
        assert f"- `{name}`:" in text


@pytest.mark.parametrize("role", Role)
def test_person_may_do_what_the_role_may(person_in: PersonIn, role: Role):
    user = person_in(role)

    assert {one for one in Permission if may(user, one)} == ALLOWED[role]


def test_several_roles_add_up_and_superusers_may_everything(person_in: PersonIn):
    user = person_in(Role.AUTHOR)
    user.groups.add(Group.objects.get(name="translator"))
    root = User.objects.create_superuser("root")

    assert may(user, Permission.WRITE_ARTICLES)
    assert may(user, Permission.TRANSLATE)
    assert not may(user, Permission.CURATE_SNIPPETS)
    assert all(may(root, one) for one in Permission)


def test_strangers_and_closed_accounts_may_nothing(person_in: PersonIn):
    user = person_in(Role.ADMINISTRATOR)
    user.is_active = False

    assert not may(user, Permission.VIEW_DESK)
    assert roles_of(AnonymousUser()) == frozenset()


def test_curators_get_the_larger_runs(person_in: PersonIn):
    assert is_curator(person_in(Role.CURATOR))
    assert not is_curator(person_in(Role.AUTHOR))


def test_administrator_gives_and_takes_roles(
    client_of: ClientOf, person_in: PersonIn, outsider: User
):
    client = client_of(person_in(Role.ADMINISTRATOR))
    path = f"/en/desk/people/{outsider.pk}/roles"

    client.post(path, {"role": ["curator", "administrator", "nonsense"], "why": "joins us"})
    joined = User.objects.get(pk=outsider.pk)
    is_staff, roles = joined.is_staff, roles_of(joined)
    client.post(path, {"role": ["author"]})
    left = User.objects.get(pk=outsider.pk)

    assert roles == {Role.CURATOR, Role.ADMINISTRATOR}
    assert is_staff
    assert roles_of(left) == {Role.AUTHOR}
    assert not left.is_staff
    told = AuditEntry.objects.order_by("pk").values_list("label", "why", "user_name")
    assert list(told) == [
        ("outsider: +administrator +curator", "joins us", "the-administrator"),
        ("outsider: +author −administrator −curator", "", "the-administrator"),
    ]


def test_other_groups_of_a_person_stay(outsider: User, owner: User):
    outsider.groups.add(Group.objects.create(name="friends"))

    set_roles(person=outsider, roles={Role.AUTHOR}, why="", user=owner)
    set_roles(person=outsider, roles=set(), why="", user=owner)

    assert [group.name for group in outsider.groups.all()] == ["friends"]


def test_nobody_takes_the_administration_from_themselves(client_of: ClientOf, person_in: PersonIn):
    admin = person_in(Role.ADMINISTRATOR)

    response = client_of(admin).post(f"/en/desk/people/{admin.pk}/roles", {"role": "curator"})

    assert response.status_code == 422
    assert "from yourself" in response.content.decode()
    assert Role.ADMINISTRATOR in roles_of(User.objects.get(pk=admin.pk))
    with pytest.raises(RolesRefused):
        set_roles(person=admin, roles=set(), why="", user=admin)


def test_people_are_found_by_name_and_by_role(client_of: ClientOf, person_in: PersonIn):
    client = client_of(person_in(Role.ADMINISTRATOR))
    person_in(Role.AUTHOR)

    by_name = client.get("/zh/desk/people/?q=AUTHOR").content.decode()
    by_role = client.get("/en/desk/people/?has=author").content.decode()

    for page in (by_name, by_role):
        assert "the-author" in page
        assert "the-administrator</h2>" not in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_shows_the_table(client_of: ClientOf, person_in: PersonIn, lang: str):
    page = client_of(person_in(Role.AUTHOR)).get(f"/{lang}/desk/permissions").content.decode()

    assert page.count('scope="row"') == len(Permission)
    assert page.count('class="yes"') == sum(len(one) for one in ALLOWED.values())
