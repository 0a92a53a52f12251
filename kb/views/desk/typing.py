"""What the editor asks while somebody types: a preview, who else is here, the draft kept."""

import re
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from kb.editing import drafts, presence
from kb.editing.forms import TEXT_CHARACTERS, ArticleForm
from kb.editing.insight import look_at
from kb.languages import BY_PATH
from kb.models import Post
from kb.people.roles import Permission
from kb.views.access import requires

PLACE = re.compile(r"post:(?P<post>\d{1,18})|answer:\d{1,18}|article:new")
FIELDS = (*ArticleForm.base_fields, "agrees")


@require_POST
@requires(Permission.TRANSLATE)
def preview(request: HttpRequest, lang: str) -> HttpResponseBase:
    """Return the part of the editor that shows both texts rendered, with what differs."""
    role, position = request.POST.get("role", ""), request.POST.get("position", "")
    texts = {key: request.POST.get(f"markdown_{path}", "") for path, key in BY_PATH.items()}
    is_known = role in Post.Role.values and position.isdecimal() and len(position) < 6
    if not is_known or max(map(len, texts.values())) > TEXT_CHARACTERS:
        return JsonResponse({}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    clean = {key: text.replace("\r\n", "\n") for key, text in texts.items()}
    insight = look_at(clean, position=int(position), role=role)
    return render(request, "desk/_insight.html", {"insight": insight})


@require_safe
@requires(Permission.TRANSLATE)
def mine(request: HttpRequest, lang: str) -> HttpResponseBase:
    kept = drafts.list_drafts(user=request.user, lang=lang)
    return render(request, "desk/drafts.html", {"drafts": kept})


@require_POST
@requires(Permission.TRANSLATE)
def keep(request: HttpRequest, lang: str) -> HttpResponseBase:
    """Keep what was typed, if the script sends it, and tell who else edits the post."""
    place = request.POST.get("place", "")
    match = PLACE.fullmatch(place)
    if match is None:
        return JsonResponse({}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    kept = ""
    if "comment" in request.POST:
        fields = {name: request.POST[name][:TEXT_CHARACTERS] for name in FIELDS
                  if name in request.POST}  # fmt: skip
        draft = drafts.keep_draft(user=request.user, place=place, fields=fields)
        kept = date_format(timezone.localtime(draft.saved_at), "H:i")
    others: list[str] = []
    if match["post"]:
        post_id = int(match["post"])
        presence.note_editor(post_id=post_id, user=request.user)
        others = presence.other_editors(post_id=post_id, user=request.user)
    return JsonResponse({"kept": kept, "others": others})
