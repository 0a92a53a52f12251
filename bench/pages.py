"""Measure the article page: from the database, from the cache, unchanged, and in a browser.

`python -m bench.pages [--answers N] [--requests N] [--quick] [--no-browser] [--json]` writes an
article of its own into a throw-away database and asks for it through the whole middleware, in
this process; then a real web process shows it to Chromium with nothing cached. Milliseconds,
except where a name says otherwise; `vs_bare` is the speed of one web process relative to one whose
only view returns the same bytes through the same middleware.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

CODE = """import torch

x = torch.arange({n}.0, {n}.0 + 6).reshape(2, 3)
print(x @ x.T)
"""
QUICK_REQUESTS = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=15)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="fewer requests")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory(prefix="zhiyan-bench-") as var:
        os.environ["ZHIYAN_VAR"] = var
        os.environ.pop("DATABASE_URL", None)
        requests = QUICK_REQUESTS if options.quick else options.requests
        result = measure(options.answers, requests, is_shown=not options.no_browser)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        for name, values in result["pages"].items():
            sys.stdout.write(f"{name:>9}: {values}\n")
        sys.stdout.write(f"  vs_bare: {result['vs_bare']}\n  browser: {result['browser']}\n")


def measure(answers: int, requests: int, *, is_shown: bool) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    path = make_article(answers)
    pages = {"zh": path, "en": path.replace("/zh/", "/en/", 1), "both": f"{path}?mode=both"}
    result: dict[str, Any] = {
        "answers": answers,
        "requests": requests,
        "pages": {name: measure_page(page, requests) for name, page in pages.items()},
        "browser": None,
    }
    from bench.first_paint import compare_with_bare, measure_in_browser

    result["vs_bare"] = compare_with_bare(path, requests)
    if is_shown:
        result["browser"] = measure_in_browser(path)
    return result


def measure_page(page: str, requests: int) -> dict[str, Any]:
    """Return queries, and times from the database, from the cache and for an unchanged page."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.get(page)  # loads the templates
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        first = client.get(page)
    queries = len(captured)
    assert first.status_code == 200, f"{page}: {first.status_code}"
    etag = client.get(page).headers["ETag"]

    def anew() -> None:
        cache.clear()
        client.get(page)

    cpu_started = time.process_time()
    for _ in range(10):
        anew()
    cpu = (time.process_time() - cpu_started) / 10 * 1000

    return {
        "queries": queries,
        "bytes": len(first.content),
        "database": {**summary(times(anew, requests)), "processor": round(cpu, 2)},
        "cache": summary(times(lambda: client.get(page), requests)),
        "unchanged": summary(
            times(lambda: client.get(page, headers={"if-none-match": etag}), requests)
        ),
    }


def times(ask: Callable[[], Any], requests: int) -> list[float]:
    for _ in range(3):
        ask()
    taken = []
    for _ in range(requests):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)


def summary(taken: list[float]) -> dict[str, float]:
    return {
        "p50": round(statistics.median(taken), 2),
        "p95": round(taken[int(len(taken) * 0.95)], 2),
    }


def make_article(answers: int) -> str:
    """Store a question with answers like those of the archive, verified; return its address."""
    from kb.models import Article, Language, Post
    from kb.services import save_article
    from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft

    def post(role: Post.Role, number: int) -> PostDraft:
        title = "Shapes 形状" if role == Post.Role.QUESTION else ""
        code = f"```python run\n{CODE.format(n=number)}```\n\n```text\nplain {number}\n```\n"
        zh = "张量的形状决定了运算是否合法，广播会悄悄改变它。\n\n" * 6
        en = "The shape of a tensor decides what may be done with it.\n\n" * 6
        return PostDraft(
            role=role,
            translations={
                Language.ZH: TranslationDraft(title=title, markdown=zh + code + zh),
                Language.EN: TranslationDraft(title=title, markdown=en + code + en),
            },
        )

    posts = [post(Post.Role.QUESTION, 0)]
    posts += [post(Post.Role.ANSWER, number) for number in range(1, answers + 1)]
    draft = ArticleDraft(
        kind=Article.Kind.QUESTION,
        slug="shapes",
        source=SourceDraft(kind="bench", external_id="shapes"),
        posts=tuple(posts),
    )
    save_article(draft=draft)
    _verify_everything()
    article = Article.objects.get(slug="shapes")
    return f"/zh/q/{article.pk}/{article.slug}"


def _verify_everything() -> None:
    """Give each snippet a finished run with output, as after `manage.py verify`."""
    from django.utils import timezone

    from snippets.models import Run, Snippet, Verification

    output = [{"stream": "stdout", "text": "tensor([[5., 14.],\n        [14., 50.]])\n" * 3}]
    for snippet in Snippet.objects.all():
        run = Run.objects.create(
            snippet=snippet, runtime="torch-2.13", code=snippet.code, status=Run.Status.FINISHED,
            verdict="ok", output=output, finished_at=timezone.now(),
        )  # fmt: skip
        Verification.objects.create(
            snippet=snippet, runtime="torch-2.13", key="bench", run=run,
            outcome=Verification.Outcome.RUNS,
        )  # fmt: skip


if __name__ == "__main__":
    main()
