"""A run as it happens: server-sent events, resumable."""

import dataclasses
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any

import redis
from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation

from snippets import broker, streams
from snippets.models import Run
from snippets.views import pages

HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 1000
ENTRY_ID = re.compile(r"\d{1,20}-\d{1,20}")


async def run_events(request: HttpRequest, lang: str, public_id: str) -> HttpResponseBase:
    if request.method != "GET":
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET"})
    if not await Run.objects.filter(public_id=public_id).aexists():
        raise Http404
    language = translation.get_language() or "en"

    async def final(entry_id: str) -> bytes:
        return await _final(public_id, lang, language, entry_id)

    return stream_events(request, public_id, is_over=lambda: _is_over(public_id), final=final)


def stream_events(
    request: HttpRequest,
    public_id: str,
    *,
    is_over: Callable[[], Awaitable[bool]],
    final: Callable[[str], Awaitable[bytes]],
) -> HttpResponseBase:
    """Answer with the events of a run or a trial; `final` makes the last from the database."""
    after = request.headers.get("Last-Event-ID", "")
    after = after if ENTRY_ID.fullmatch(after) else streams.FIRST
    return StreamingHttpResponse(
        _follow(public_id, after, is_over, final),
        content_type="text/event-stream",
        # Proxies that gather what they pass on would hold back live output.
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _follow(
    public_id: str,
    after: str,
    is_over: Callable[[], Awaitable[bool]],
    final: Callable[[str], Awaitable[bytes]],
) -> AsyncIterator[bytes]:
    """Yield events after `after` until the run is over; a lost broker ends the stream early.

    The browser comes back by itself, and what the broker forgot is in the database.
    """
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    attempt = 0
    block_seconds = 0.0
    try:
        async with broker.stream_reader() as client:
            while True:
                entries = await streams.read(client, public_id, after, block_seconds)
                for entry in entries:
                    after = entry.id
                    if entry.attempt < attempt:
                        continue  # of a worker that lost the run
                    attempt = entry.attempt
                    if entry.event == "done":
                        yield await final(entry.id)
                        return
                    yield message(entry.event, entry.data, entry.id)
                if not entries:
                    if await is_over():
                        yield await final("")
                        return
                    yield b": waiting\n\n"
                    block_seconds = HEARTBEAT_SECONDS
    except redis.RedisError:
        if await is_over():
            yield await final("")


async def _is_over(public_id: str) -> bool:
    run = await Run.objects.only("status").filter(public_id=public_id).afirst()
    return run is None or run.is_over


@sync_to_async
def _final(public_id: str, lang: str, language: str, entry_id: str) -> bytes:
    run = Run.objects.filter(public_id=public_id).first()
    if run is None:
        return message("done", {"status": "deleted", "label": "", "tone": "bad"}, entry_id)
    with translation.override(language):
        context = pages.run_context(run)
        difference = context["difference"]
        values = {
            "status": run.status,
            "verdict": run.verdict,
            "label": str(context["label"]),
            "tone": context["tone"],
            "reason": context["reason"],
            "usage": context["usage"],
            "truncated": run.truncated,
            "output": [
                {**raw, "spans": [dataclasses.asdict(span) for span in shown.spans]}
                if shown.spans
                else raw
                for raw, shown in zip(run.output, context["output"], strict=True)
            ],
            "difference": [dataclasses.asdict(line) for line in difference.lines]
            if difference
            else None,
            "tables": [dataclasses.asdict(table) for table in context["tables"]],
            "artifacts": [
                {
                    "url": reverse("snippets:artifact", args=[lang, public_id, one.pk]),
                    "name": one.name,
                    "kind": one.kind,
                    "width": one.width,
                    "height": one.height,
                }
                for one in [*context["figures"], *context["files"]]
            ],
        }
    return message("done", values, entry_id)


def message(event: str, data: dict[str, Any], entry_id: str) -> bytes:
    lines = [f"event: {event}", f"data: {json.dumps(data)}"]
    if entry_id:
        lines.insert(0, f"id: {entry_id}")
    return ("\n".join(lines) + "\n\n").encode()
