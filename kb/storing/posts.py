"""Rendering the posts of a draft, and holding their languages against each other."""

from collections.abc import Mapping, Sequence

from kb.errors import AuthoringError
from kb.languages import TO_PATH
from kb.markdown.rendering import Rendered, SnippetDraft, render
from kb.models import Language, Post
from kb.storing.drafts import PostDraft
from sandbox import runtime as runtimes
from snippets.code import normalise


class PostError(AuthoringError):
    """An AuthoringError of one post's text; `language` is None where both are to blame."""

    def __init__(
        self, message: str, *, position: int, language: Language | None, line: int | None
    ) -> None:
        super().__init__(message, line=line)
        self.position = position
        self.language = language

    def __str__(self) -> str:
        where = f"post {self.position}"
        where += f" ({TO_PATH[self.language]})" if self.language else ""
        return f"{where}, {super().__str__()}" if self.line else f"{where}: {self.message}"


def render_posts(posts: Sequence[PostDraft]) -> list[dict[Language, Rendered]]:
    """Render every text of an article; raises PostError for the first that is wrong."""
    return [render_post(position, post) for position, post in enumerate(posts)]


def render_post(position: int, post: PostDraft) -> dict[Language, Rendered]:
    """Render a post's texts for its place on the page; raises PostError."""
    if not post.translations:
        raise PostError("no text in any language", position=position, language=None, line=None)
    rendered: dict[Language, Rendered] = {}
    for language, translation in post.translations.items():
        try:
            rendered[language] = render_text(
                translation.markdown, position=position, role=post.role, language=language
            )
            _check_runtimes(rendered[language].snippets)
        except AuthoringError as error:
            raise PostError(
                error.message, position=position, language=language, line=error.line
            ) from error
    check_same_snippets(position, {key: text.snippets for key, text in rendered.items()})
    return rendered


def render_text(markdown: str, *, position: int, role: str, language: Language) -> Rendered:
    """Render one text as its place on its page wants it; raises AuthoringError."""
    path = TO_PATH[language]
    prefix = f"{path}-" if position == 0 else f"{path}-a{position}-"
    return render(markdown, id_prefix=prefix, top_heading=2 if role == Post.Role.BODY else 3)


def _check_runtimes(snippets: Sequence[SnippetDraft]) -> None:
    known = runtimes.load_all() if any(draft.options.runtimes for draft in snippets) else {}
    for draft in snippets:
        for name in draft.options.runtimes:
            if name not in known:
                raise AuthoringError(
                    f"unknown runtime {name!r}; known: {', '.join(sorted(known))}", line=draft.line
                )


def check_same_snippets(position: int, found: Mapping[Language, Sequence[SnippetDraft]]) -> None:
    """Raise PostError unless every translation shows the same snippets in the same order."""
    (first, reference), *others = found.items()
    for language, other in others:
        counts = len(reference), len(other)
        if counts[0] != counts[1]:
            raise PostError(
                f"{counts[0]} runnable snippets in {TO_PATH[first]}, {counts[1]} in "
                f"{TO_PATH[language]}; both languages must show the same",
                position=position,
                language=None,
                line=None,
            )
        pairs = zip(reference, other, strict=True)
        for number, (ours, theirs) in enumerate(pairs, 1):
            if difference := _difference(ours, theirs):
                raise PostError(
                    f"the {difference} of this snippet differs from snippet {number} of the same "
                    f"text in {TO_PATH[first]}; both languages must show the same",
                    position=position,
                    language=language,
                    line=theirs.line,
                )


def _difference(ours: SnippetDraft, theirs: SnippetDraft) -> str:
    if normalise(ours.code) != normalise(theirs.code):
        return "code"
    if normalise(ours.setup) != normalise(theirs.setup):
        return "set-up"
    if normalise(ours.claim) != normalise(theirs.claim):
        return "output"
    return "options" if ours.options != theirs.options else ""
