"""Which of a post's two texts is behind the other, counted in revisions."""

from collections.abc import Collection, Mapping

from kb.models import Language, Post, Translation

OTHER = {Language.ZH: Language.EN, Language.EN: Language.ZH}


def revisions_behind(texts: Mapping[str, Translation], language: Language) -> int:
    """Return how many revisions the other language is ahead of this one."""
    ours, theirs = texts.get(language), texts.get(OTHER[language])
    if ours is None or theirs is None:
        return 0
    return max(theirs.revision_number - ours.in_step_with, 0)


def keep_in_step(post: Post, changed: Collection[str], behind: Collection[str]) -> None:
    """Note which texts say the same after those in `changed` were written.

    A text that was behind and was written anew has caught up. One that was
    not is now ahead of the other, until that one is written too.
    """
    texts = {text.language: text for text in post.translations.all()}
    if not changed or len(texts) < len(OTHER):
        return
    if len(changed) == 1 and not set(changed) & set(behind):
        (language,) = changed
        _agree(texts[language], texts[OTHER[Language(language)]])
        return
    mark_in_step(texts)


def mark_in_step(texts: Mapping[str, Translation]) -> None:
    """Say that both texts of a post mean the same as they stand."""
    _agree(texts[Language.ZH], texts[Language.EN])
    _agree(texts[Language.EN], texts[Language.ZH])


def _agree(ours: Translation, theirs: Translation) -> None:
    Translation.objects.filter(pk=ours.pk).update(in_step_with=theirs.revision_number)
