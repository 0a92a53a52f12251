"""Storing what a post says: its texts, their revisions, and where its snippets stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from kb.markdown.rendering import Block, Rendered, SnippetDraft, place_snippets, snippet_values
from kb.models import Language, Post, PostSnippet, Revision, Translation
from kb.storing.drafts import TranslationDraft
from kb.storing.steps import keep_in_step, revisions_behind
from snippets.services import find_or_make_snippet

COMMENT_CHARACTERS = 200


def store_texts(
    *,
    post: Post,
    texts: Mapping[Language, TranslationDraft],
    rendered: Mapping[Language, Rendered],
    comment: str = "",
    user: Any = None,
) -> list[Language]:
    """Store every text that a post has from now on; return the languages whose text changed.

    A text gets a new revision only where it changed itself. The caller keeps the snippets
    (`kb.storing.restating`) and the article's standing (`kb.curation.standing`) true.
    """
    snippets = next(iter(rendered.values())).snippets
    ids = [_snippet_id(snippets, index) for index in range(len(snippets))]
    post.placements.all().delete()
    PostSnippet.objects.bulk_create(
        PostSnippet(post=post, snippet_id=id_, position=place) for place, id_ in enumerate(ids)
    )
    known = {text.language: text for text in post.translations.all()}
    behind = [language for language in Language if revisions_behind(known, language)]
    changed = [
        language
        for language, draft in texts.items()
        if _store_text(
            known.get(language) or Translation(post=post, language=language, revision_number=0),
            draft,
            place_snippets(rendered[language].blocks, ids),
            comment,
            user,
        )
    ]
    keep_in_step(post, changed, behind)
    return changed


def _snippet_id(snippets: Sequence[SnippetDraft], index: int) -> int:
    return int(find_or_make_snippet(**snippet_values(snippets, index)).pk)


def _store_text(
    text: Translation, draft: TranslationDraft, blocks: list[Block], comment: str, user: Any
) -> bool:
    """Store a text and say whether it is new or another one."""
    if text.pk and (text.title, text.markdown) == (draft.title, draft.markdown):
        if text.blocks != blocks or not text.is_rendered:
            Translation.objects.filter(pk=text.pk).update(blocks=blocks, is_rendered=True)
        return False
    text.title = draft.title
    text.markdown = draft.markdown
    text.blocks = blocks
    text.is_rendered = True
    text.revision_number += 1
    text.save()
    Revision.objects.create(
        translation=text,
        number=text.revision_number,
        title=draft.title,
        markdown=draft.markdown,
        comment=comment[:COMMENT_CHARACTERS],
        created_by=user,
    )
    return True
