"""Search as readers do: `manage.py search "<query>" [--lang zh|en] [--json]`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.languages import BY_PATH
from kb.search.engines.base import EngineError, Sort
from kb.search.searching import NoSuchPage, Results, search


class Command(BaseCommand):
    help = "Search the articles; docs/search.md has the query language."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query")
        parser.add_argument("--lang", choices=sorted(BY_PATH), default="zh")
        parser.add_argument("--page", type=int, default=1)
        parser.add_argument("--sort", choices=[str(sort) for sort in Sort], default="relevance")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            results = search(
                text=options["query"],
                lang=options["lang"],
                page=max(options["page"], 1),
                sort=Sort(options["sort"]),
            )
        except EngineError as error:
            raise CommandError(str(error)) from error
        except NoSuchPage as error:
            raise CommandError(f"there is no page {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps(as_dict(results), ensure_ascii=False))
            return
        for hit in results.hits:
            self.stdout.write(f"{hit.score:7.3f}  {hit.title_text}  (post {hit.position})")
            self.stdout.write(f"         {' '.join(hit.snippet.split())}")
        if results.shown_instead:
            self.stdout.write(f"shown instead: {results.shown_instead}")
        if results.did_you_mean:
            self.stdout.write(f"did you mean: {results.did_you_mean}")
        self.stdout.write(f"{results.total} articles, {results.milliseconds} ms")


def as_dict(results: Results) -> dict[str, Any]:
    """Return what --json prints; `did_you_mean` also names what was shown instead."""
    return {
        "hits": [
            {
                "article": hit.title_text,
                "post": hit.position,
                "lang": hit.lang,
                "score": hit.score,
                "snippet": hit.snippet,
            }
            for hit in results.hits
        ],
        "total": results.total,
        "filters": [one.label for one in results.query.filters],
        "did_you_mean": results.did_you_mean or results.shown_instead,
        "milliseconds": results.milliseconds,
    }
