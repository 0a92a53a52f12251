"""Rendering what imports left for later: by a text's first reader, or here in the background."""

import logging
import time

from django.db.models import QuerySet

from kb.errors import AuthoringError
from kb.markdown.plain import plain_blocks
from kb.markdown.rendering import Block, place_snippets
from kb.models import Language, PostSnippet, Translation
from kb.storing.posts import render_text

logger = logging.getLogger(__name__)
AT_ONCE = 50


def render_article(*, article_id: int) -> int:
    """Render an article's pending texts; return how many there were."""
    return _render(Translation.objects.filter(post__article=article_id, is_rendered=False))


def render_pending(*, seconds: float) -> int:
    """Render pending texts, the newest first, for about so long; return how many were."""
    until = time.monotonic() + seconds
    done = 0
    while time.monotonic() < until:
        pending = Translation.objects.filter(is_rendered=False).order_by("-pk")[:AT_ONCE]
        if not (rendered := _render(pending)):
            break
        done += rendered
    return done


def _render(texts: QuerySet[Translation]) -> int:
    count = 0
    for text in texts.select_related("post"):
        # Only if nobody has written or rendered it meanwhile.
        current = Translation.objects.filter(
            pk=text.pk, is_rendered=False, revision_number=text.revision_number
        )
        count += current.update(blocks=_blocks(text), is_rendered=True)
    return count


def _blocks(text: Translation) -> list[Block]:
    """Return the text's blocks; plain ones for a text that does not render."""
    post = text.post
    ids = list(
        PostSnippet.objects.filter(post=post)
        .order_by("position")
        .values_list("snippet_id", flat=True)
    )
    try:
        rendered = render_text(
            text.markdown,
            position=post.position,
            role=post.role,
            language=Language(text.language),
        )
        return place_snippets(rendered.blocks, ids)
    except (AuthoringError, IndexError) as error:
        logger.warning("text %s does not render and is shown plainly: %s", text.pk, error)
        return place_snippets(plain_blocks(text.markdown), ids)
