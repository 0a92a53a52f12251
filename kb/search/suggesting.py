"""What to offer while a reader types: tags, titles and names."""

import dataclasses
from enum import StrEnum

import orjson
from django.urls import reverse

from kb.languages import BY_PATH as LANGUAGE_OF
from kb.languages import html_lang
from kb.models import Article, Tag, TagSynonym
from kb.search import indexes
from kb.search.analyzer import is_han, stem
from kb.search.engines.base import Alternative, Concept, EngineError, Plan, Reader
from kb.search.glossary import chinese_terms
from kb.search.normalising import normalise
from kb.search.plans import concepts_of_words
from kb.search.words import Word, words_of

LONGEST_INPUT = 100
TITLES = 5
TAGS = 3
IDENTIFIERS = 3
COMPLETIONS = 8


class Kind(StrEnum):
    TAG = "tag"
    TITLE = "title"
    IDENTIFIER = "identifier"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Suggestion:
    kind: Kind
    text: str
    lang: str  # of the text, as an HTML attribute; empty for names in code
    url: str


def suggest(*, text: str, lang: str) -> list[Suggestion]:
    """Return a few suggestions; none where nothing fits or there is no index."""
    text = normalise(text[:LONGEST_INPUT]).strip()
    words = words_of(text)
    if not words:
        return []
    found = _tags(text, lang)
    try:
        reader = indexes.current_reader()
        found += _titles(reader, words, lang)
        found += _identifiers(reader, text, lang)
    except EngineError:
        pass  # Tags alone, then; the drainer builds the index meanwhile.
    return found


def _tags(text: str, lang: str) -> list[Suggestion]:
    """Return tags one of whose names begins with what was typed."""
    wanted = text.casefold()
    names: dict[int, list[str]] = {}
    shown: dict[int, tuple[str, str]] = {}
    for pk, slug, zh, en in Tag.objects.values_list("pk", "slug", "name_zh", "name_en"):
        names[pk] = [slug, zh, en]
        shown[pk] = (slug, zh if lang == "zh" else en)
    for pk, synonym in TagSynonym.objects.values_list("tag_id", "name"):
        names[pk].append(synonym)
    matching = [
        pk for pk, some in names.items() if any(n.casefold().startswith(wanted) for n in some)
    ]
    matching.sort(key=lambda pk: (len(shown[pk][1]), shown[pk][0]))
    return [
        Suggestion(
            kind=Kind.TAG,
            text=shown[pk][1],
            lang=html_lang(LANGUAGE_OF[lang]),
            url=reverse("tag", args=[lang, shown[pk][0]]),
        )
        for pk in matching[:TAGS]
    ]


def _titles(reader: Reader, words: list[Word], lang: str) -> list[Suggestion]:
    """Return articles whose titles have every word, the last one perhaps unfinished."""
    *whole, last = words
    concepts = (
        (*concepts_of_words(whole), _unfinished(reader, last))
        if whole
        else (_unfinished(reader, last),)
    )
    plan = Plan(concepts=concepts, filters=(("opening",),))
    candidates = reader.search(plan, limit=50, is_exact=False).candidates
    has = reader.coverage([one.post for one in candidates], concepts)
    everything = (1 << len(concepts)) - 1
    posts = [one for one in candidates if has[one.post].title == everything][:TITLES]
    slugs = dict(
        Article.objects.filter(pk__in=[one.article for one in posts]).values_list("pk", "slug")
    )
    shown = reader.shown([one.post for one in posts])
    found = []
    for one in posts:
        titles = orjson.loads(shown[one.post])["titles"]
        if one.article in slugs and titles:
            chosen = lang if lang in titles else next(iter(titles))
            found.append(
                Suggestion(
                    kind=Kind.TITLE,
                    text=titles[chosen],
                    lang=html_lang(LANGUAGE_OF[chosen]),
                    url=reverse("article", args=[lang, one.article, slugs[one.article]]),
                )
            )
    return found


def _unfinished(reader: Reader, word: Word) -> Concept:
    """Return a concept of everything that begins with `word`."""
    (concept,) = concepts_of_words([word])
    prefix = word.surface.lower()
    if is_han(prefix):
        completions = [term for term in chinese_terms() if term.startswith(prefix)]
    elif len(prefix) > 1 and prefix.isalpha():
        completions = [stem(one) for one, _ in reader.words(prefix, COMPLETIONS)]
    else:
        completions = []
    more = tuple(
        Alternative(tokens=(token,), weight=0.8)
        for token in dict.fromkeys(completions)
        if (token,) != word.tokens
    )
    return Concept(alternatives=(*concept.alternatives, *more[:COMPLETIONS]))


def _identifiers(reader: Reader, text: str, lang: str) -> list[Suggestion]:
    """Return names from code that begin with the last thing typed."""
    last = text.rsplit(maxsplit=1)[-1].lower()
    if len(last) < 2 or not last.isascii():
        return []
    names = [
        name
        for name, _ in reader.identifiers(last, 10 * IDENTIFIERS)
        if "." in name or "_" in name.strip("_")
    ]
    return [
        Suggestion(
            kind=Kind.IDENTIFIER,
            text=name,
            lang="",
            url=f"{reverse('search', args=[lang])}?q=ident%3A{name}",
        )
        for name in names[:IDENTIFIERS]
    ]
