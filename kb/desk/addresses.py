"""Where the things of the queues are worked on."""

from urllib.parse import urlencode


def bench_address(lang: str, snippet_id: int, queue: str) -> str:
    """Return the bench of a snippet, which leads on to the next one of the queue."""
    return f"/{lang}/desk/snippets/{snippet_id}?" + urlencode({"queue": queue})


def editor_address(lang: str, post_id: int) -> str:
    return f"/{lang}/desk/posts/{post_id}/edit"


def suggestion_address(lang: str, report_id: int) -> str:
    return f"/{lang}/desk/suggestions/{report_id}"


def import_address(lang: str, job_id: int) -> str:
    return f"/{lang}/desk/imports/{job_id}"
