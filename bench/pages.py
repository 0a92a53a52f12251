"""Measure an article page: its queries and the server's time for it, nothing cached.

`python -m bench.pages [--answers N] [--requests N] [--json]` writes an article of
its own into a throw-away database and asks for it through the whole middleware.
With `--path /zh/q/…/…` it asks for that page of the site's own database instead.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from typing import Any

CODE = """import torch

x = torch.arange({n}.0, {n}.0 + 6).reshape(2, 3)
print(x @ x.T)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=15)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--path", help="a page of the site's own database")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory(prefix="zhiyan-bench-") as var:
        if not options.path:
            os.environ["ZHIYAN_VAR"] = var
            os.environ.pop("DATABASE_URL", None)
        result = measure(options.answers, options.requests, options.path)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        for mode, values in result["modes"].items():
            sys.stdout.write(f"{mode:>4}: {values}\n")


def measure(answers: int, requests: int, path: str | None) -> dict[str, Any]:
    """Return, for each reading mode, queries and the median and 95th percentile in ms."""
    import django

    django.setup()
    from django.core.management import call_command

    if path is None:
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        path = _make_article(answers)
    pages = {"zh": path, "en": path.replace("/zh/", "/en/", 1), "both": f"{path}?mode=both"}
    return {
        "answers": answers,
        "requests": requests,
        "modes": {mode: _measure_page(page, requests) for mode, page in pages.items()},
    }


def _measure_page(page: str, requests: int) -> dict[str, float | int]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    first = client.get(page, follow=True)
    assert first.status_code == 200, f"{page}: {first.status_code}"
    page = first.redirect_chain[-1][0] if first.redirect_chain else page
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    queries = len(captured)
    times, cpu_times = [], []
    for _ in range(requests):
        started, cpu_started = time.perf_counter(), time.process_time()
        client.get(page)
        times.append((time.perf_counter() - started) * 1000)
        cpu_times.append((time.process_time() - cpu_started) * 1000)
    times.sort()
    return {
        "queries": queries,
        "p50_ms": round(statistics.median(times), 1),
        "p50_cpu_ms": round(statistics.median(cpu_times), 1),  # what a busy machine cannot spoil
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        "bytes": len(first.content),
    }


def _make_article(answers: int) -> str:
    """Store a question with answers like those of the archive, verified; return its address."""
    from kb.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft
    from kb.models import Article, Language, Post
    from kb.services import save_article

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
