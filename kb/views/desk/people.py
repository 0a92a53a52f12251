"""Who has which role, and what each role may do."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kb.desk.people import list_people
from kb.people.permission_table import permission_table
from kb.people.role_giving import RolesRefused, set_roles
from kb.people.roles import Permission, Role
from kb.views.access import requires


@require_safe
@requires(Permission.VIEW_DESK)
def permissions(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "desk/permissions.html", {"table": permission_table()})


@require_safe
@requires(Permission.MANAGE_ROLES)
def people(request: HttpRequest, lang: str) -> HttpResponse:
    listing = list_people(request.GET)
    return render(request, "desk/people.html", {"listing": listing, "desk_part": "people"})


@require_POST
@requires(Permission.MANAGE_ROLES)
def give_roles(request: HttpRequest, lang: str, user_id: int) -> HttpResponse:
    """Give a person the roles that are ticked, and no other."""
    person = get_object_or_404(User, pk=user_id)
    roles = {Role(name) for name in request.POST.getlist("role") if name in set(Role)}
    try:
        changed = set_roles(
            person=person, roles=roles, why=request.POST.get("why", "")[:1000], user=request.user
        )
    except RolesRefused as error:
        context = {"listing": list_people(request.POST), "problem": error, "desk_part": "people"}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "desk/people.html", context, status=status)
    if changed:
        told = _("%(name)s has other roles now.") % {"name": person.get_username()}
        messages.success(request, told)
    else:
        messages.warning(request, _("Nothing changed."))
    return redirect(reverse("desk-people", args=[lang]) + f"?q={person.get_username()}")
