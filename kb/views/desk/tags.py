"""The tags of the desk: found, made, changed, put together."""

from collections import defaultdict
from http import HTTPStatus

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kb.desk.paging import paginate
from kb.editing.tagforms import MergeForm, TagForm
from kb.editing.tags import (
    TagRefused,
    make_suggested_tag,
    merge_tags,
    missed_alike,
    save_tag,
)
from kb.models import Report, Tag, TagSuggestion
from kb.people.roles import Permission
from kb.reading.titles import Named, name_articles
from kb.views.access import requires
from kb.views.desk.place import back_address

ROWS = 50


@require_safe
@requires(Permission.MANAGE_TAGS)
def tags(request: HttpRequest, lang: str) -> HttpResponse:
    text = request.GET.get("filter", "").replace("\0", "").strip()[:60]
    found = Tag.objects.annotate(n=Count("articles", distinct=True)).select_related("parent")
    if text:
        named = Q(slug__icontains=text) | Q(name_zh__icontains=text) | Q(name_en__icontains=text)
        matching = Tag.objects.filter(named | Q(synonyms__name__icontains=text))
        found = found.filter(pk__in=matching.values("pk"))
    found = found.order_by("-n", "slug")
    page = paginate(found, request.GET, at_once=ROWS, chosen={"filter": text})
    return render(request, "desk/tags.html", {"page": page, "filter": text, "desk_part": "tags"})


@requires(Permission.MANAGE_TAGS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_tag(request: HttpRequest, lang: str) -> HttpResponseBase:
    """Make a tag, perhaps one that readers miss; then it is given to where they miss it."""
    number = request.GET.get("suggestion", "")
    known = TagSuggestion.objects.filter(pk=number if number.isdecimal() else 0)
    suggestion = known.filter(status=Report.Status.OPEN, tag=None).first()
    if suggestion is None:
        return _edit(request, lang, None)
    form = TagForm(request.POST) if request.method == "POST" else TagForm.suggested(suggestion.name)
    if form.is_bound and form.is_valid():
        try:
            count = make_suggested_tag(suggestion=suggestion, user=request.user, **form.values())
        except TagRefused as error:
            form.add_error("parent" if error.reason == "circle" else None, _reason(error))
        else:
            said = ngettext("Made, and given to %(n)d article.",
                            "Made, and given to %(n)d articles.", count)  # fmt: skip
            messages.success(request, said % {"n": count})
            return redirect(back_address(request, lang, "tags", done=[suggestion.pk]))
    return _page(request, None, form, missed=_missed(suggestion, lang))


def _missed(suggestion: TagSuggestion, lang: str) -> list[tuple[Named, str]]:
    """Return the articles on which the tag is missed, and why it fits."""
    why: dict[int, list[str]] = defaultdict(list)
    for article, comment in missed_alike(suggestion).values_list("article", "comment"):
        why[article] += [comment] if comment else []
    names = name_articles(why, lang)
    return [(names[article], " · ".join(comments)) for article, comments in why.items()]


@requires(Permission.MANAGE_TAGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_tag(request: HttpRequest, lang: str, slug: str) -> HttpResponseBase:
    return _edit(request, lang, get_object_or_404(Tag, slug=slug))


@require_POST
@requires(Permission.MANAGE_TAGS)
def merge_tag(request: HttpRequest, lang: str, slug: str) -> HttpResponseBase:
    tag = get_object_or_404(Tag, slug=slug)
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _page(request, tag, TagForm.of(tag), form)
    into = form.cleaned_data["into"]
    try:
        count = merge_tags(source=tag, target=into, user=request.user, why=form.cleaned_data["why"])
    except TagRefused as error:
        form.add_error("into", _reason(error))
        return _page(request, tag, TagForm.of(tag), form)
    said = ngettext("Merged; %(n)d article had it.", "Merged; %(n)d articles had it.", count)
    messages.success(request, said % {"n": count})
    return redirect("desk-tag", lang, into.slug)


def _edit(request: HttpRequest, lang: str, tag: Tag | None) -> HttpResponseBase:
    if request.method != "POST":
        return _page(request, tag, TagForm.of(tag) if tag else TagForm())
    form = TagForm(request.POST)
    if not form.is_valid():
        return _page(request, tag, form)
    try:
        saved = save_tag(tag=tag, user=request.user, **form.values())
    except TagRefused as error:
        form.add_error("parent" if error.reason == "circle" else None, _reason(error))
        return _page(request, tag, form)
    messages.success(request, _("The tag is saved."))
    return redirect("desk-tag", lang, saved.slug)


def _page(
    request: HttpRequest,
    tag: Tag | None,
    form: TagForm,
    merging: MergeForm | None = None,
    missed: list[tuple[Named, str]] | None = None,
) -> HttpResponse:
    is_wrong = bool(form.errors or (merging and merging.errors))
    context = {
        "tag": tag,
        "form": form,
        "merging": merging or MergeForm(),
        "missed": missed,
        "desk_part": "tags",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "desk/tag.html", context, status=status)


def _reason(error: TagRefused) -> str:
    said = {
        "taken": _("“%(name)s” is already a tag or another tag's synonym."),
        "circle": _("“%(name)s” stands below this tag, so it cannot stand above it."),
        "setups": _("Both tags have a shared set-up. Remove one of them first."),
        "itself": _("A tag cannot be put into itself."),
    }
    return said[error.reason] % {"name": error.name}
