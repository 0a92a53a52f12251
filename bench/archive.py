"""The archive's distinct snippets as verification sees them, read without a database."""

from pathlib import Path

from kb.archive.page import read_page
from kb.curation.files import read_files
from kb.markdown.rendering import find_snippets
from sandbox import load_all
from snippets import code as codes
from snippets import fitting, sessions, setups
from snippets.curating import Curated
from snippets.subject import Rung, Subject

ROOT = Path(__file__).resolve().parents[1]
ARCHIVE = ROOT.parent / "shared" / "archive" / "deep-learning.txt"
CURATION = ROOT / "content" / "curation"


def subjects(*, is_curated: bool) -> list[tuple[Subject, list[str]]]:
    """Return each distinct snippet with the runtimes that fit it."""
    said = {one.digest: one for one in read_files(CURATION).snippets} if is_curated else {}
    found: dict[str, tuple[Subject, list[str]]] = {}
    for article in read_page(ARCHIVE.read_bytes()).articles:
        for post in article.draft.posts:
            text = next(iter(post.translations.values()))
            for draft in find_snippets(text.markdown):
                digest = codes.digest(draft.code)
                known = said.get(digest)
                found.setdefault(
                    digest, make_subject(draft.code, draft.earlier, draft.claim, known)
                )
    return list(found.values())


def make_subject(
    code: str, earlier: tuple[str, ...] = (), claim: str = "", said: Curated | None = None
) -> tuple[Subject, list[str]]:
    runtimes = load_all()
    borrowed = fitting.borrowed_libraries(code=code, earlier=earlier, runtimes=runtimes)
    curated = said.setup if said else ""
    rungs = setups.ladder(code, "", earlier, curated=curated, libraries=borrowed)
    tidy = codes.tidy(code)
    is_session = sessions.is_session(tidy)
    subject = Subject(
        code=tidy,
        rungs=tuple(map(Rung.from_dict, rungs)),
        claim=claim,
        is_python2=not is_session and codes.classify(code) is codes.Kind.PYTHON2,
        is_session=is_session,
    )
    fits = fitting.fitting_runtimes(
        code=code,
        wanted=said.runtimes if said else (),
        runtimes=runtimes,
        borrowed=borrowed,
        written=[curated],
    )
    return subject, [name for name in fits if runtimes[name].is_built]
