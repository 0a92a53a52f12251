"""What of an article is not text: its kind, address, tags and accepted answer."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kb.editing import creating
from kb.editing.forms import ArrangeForm
from kb.editing.wording import explain
from kb.errors import AuthoringError
from kb.models import Article, Post
from kb.people.roles import Permission
from kb.views.access import requires


@requires(Permission.WRITE_ARTICLES)
@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: HttpRequest, lang: str, article_id: int) -> HttpResponseBase:
    article = get_object_or_404(Article, pk=article_id)
    form = ArrangeForm(request.POST or None, article=article, initial=_initial(article))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            changed = creating.arrange_article(
                article=article,
                kind=Article.Kind(values["kind"]),
                slug=values["slug"],
                tags=values["tags"],
                accepted=values.get("accepted"),
                user=request.user,
                why=values["why"],
            )
        except AuthoringError as error:
            form.add_error("kind", explain(error))
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("article-short", lang, article.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"article": article, "form": form, "posts": article.posts.order_by("position")}
    return render(request, "desk/arrange.html", context, status=status)


def _initial(article: Article) -> dict[str, object]:
    return {
        "kind": article.kind,
        "slug": article.slug,
        "tags": ", ".join(article.tags.values_list("slug", flat=True)),
        "accepted": Post.objects.filter(article=article, is_accepted=True).first(),
    }
