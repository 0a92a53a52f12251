"""Where the things of the queues are worked on."""

from urllib.parse import urlencode

from django.urls import reverse


def bench_address(lang: str, snippet_id: int, queue: str) -> str:
    """Return the bench of a snippet, which leads on to the next one of the queue."""
    query = "?" + urlencode({"queue": queue}) if queue else ""
    return reverse("desk-bench", args=[lang, snippet_id]) + query


def editor_address(lang: str, post_id: int) -> str:
    return reverse("desk-edit", args=[lang, post_id])


def suggestion_address(lang: str, report_id: int) -> str:
    return reverse("desk-suggestion", args=[lang, report_id])


def new_tag_address(lang: str, suggestion_id: int) -> str:
    """Return where a tag that is missed is made."""
    return reverse("desk-new-tag", args=[lang]) + f"?suggestion={suggestion_id}"


def import_address(lang: str, job_id: int) -> str:
    return reverse("desk-import", args=[lang, job_id])
