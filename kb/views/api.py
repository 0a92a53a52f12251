"""What the API can do, for people: made from the description that programs read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.api.application import describe
from kb.api.documentation import list_groups
from kb.reading.caching import conditional_on


@require_safe
@conditional_on(lambda lang: "api")
def show_api(request: HttpRequest, lang: str) -> HttpResponse:
    context = {
        "groups": list_groups(describe()),
        "root": request.build_absolute_uri("/api/v1"),
    }
    return render(request, "kb/api.html", context)
