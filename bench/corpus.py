"""Articles in bulk: the Python documentation installed here, and our content recombined.

Rows are written past the services, which render and highlight; a corpus needs neither.
"""

import dataclasses
import html
import importlib
import inspect
import itertools
import random
import re
import warnings
from collections.abc import Iterable, Iterator

_MODULES = """
argparse array ast asyncio base64 bisect calendar cmath codecs collections configparser contextlib
copy csv ctypes datetime decimal difflib dis email enum fractions functools gettext glob gzip
hashlib heapq hmac html http.client imaplib inspect io ipaddress itertools json logging lzma
mailbox math mimetypes multiprocessing numbers operator os pathlib pdb pickle pickletools pkgutil
platform plistlib pprint queue random re sched secrets selectors shelve shlex shutil signal
smtplib socket sqlite3 ssl statistics string struct subprocess symtable tarfile tempfile textwrap
threading timeit tkinter tokenize trace traceback types typing unicodedata unittest urllib.parse
urllib.request uuid wave weakref xml.dom xml.etree.ElementTree zipfile zoneinfo
"""
MODULES = _MODULES.split()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Post:
    """A post to write: paragraphs of HTML by language, and the code it shows."""

    texts: dict[str, list[str]]
    code: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    slug: str
    titles: dict[str, str]
    posts: list[Post]
    tags: tuple[str, ...] = ()


def python_documentation() -> list[tuple[str, str]]:
    """Return titles and texts: the interpreter's help topics, and docstrings."""
    from pydoc_data.topics import topics

    found = [(name.replace("-", " "), text) for name, text in sorted(topics.items())]
    for name in MODULES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                module = importlib.import_module(name)
            except ImportError:
                continue
        for key, value in sorted(vars(module).items()):
            if key.startswith("_") or not (inspect.isroutine(value) or inspect.isclass(value)):
                continue
            for label, part in [(f"{name}.{key}", value), *_methods(f"{name}.{key}", value)]:
                text = inspect.getdoc(part) or ""
                if len(text) > 120:
                    found.append((label, text))
    seen: set[str] = set()
    return [pair for pair in found if not (pair[1] in seen or seen.add(pair[1]))]


def _methods(label: str, value: object) -> Iterator[tuple[str, object]]:
    if inspect.isclass(value):
        for key, part in sorted(vars(value).items()):
            if not key.startswith("_") and inspect.isroutine(part):
                yield f"{label}.{key}", part


def documentation_pages() -> Iterator[Page]:
    for number, (title, text) in enumerate(python_documentation()):
        paragraphs = [f"<p>{html.escape(part)}</p>" for part in text[:6000].split("\n\n")]
        yield Page(
            slug=f"doc-{number}",
            titles={"en": title},
            posts=[Post(texts={"en": paragraphs})],
        )


def write_pages(pages: Iterable[Page], *, batch: int = 1000) -> int:
    """Store the pages; return how many posts they have."""
    from django.db import transaction

    posts = 0
    pages = iter(pages)
    while some := list(itertools.islice(pages, batch)):
        with transaction.atomic():
            posts += _write(some)
    return posts


def _write(pages: list[Page]) -> int:
    import hashlib

    from kb.languages import BY_PATH
    from kb.models import Article, PostSnippet, Tag, Translation
    from kb.models import Post as StoredPost
    from snippets.models import Snippet

    articles = Article.objects.bulk_create(
        Article(kind="question" if len(page.posts) > 1 else "guide", slug=page.slug)
        for page in pages
    )
    tags = {tag.slug: tag.pk for tag in Tag.objects.all()}
    links = Article.tags.through
    links.objects.bulk_create(
        links(article_id=article.pk, tag_id=tags[tag])
        for article, page in zip(articles, pages, strict=True)
        for tag in page.tags
    )
    owners = [
        (article, page, place, post)
        for article, page in zip(articles, pages, strict=True)
        for place, post in enumerate(page.posts)
    ]
    stored = StoredPost.objects.bulk_create(
        StoredPost(
            article=article,
            position=place,
            role="answer" if place else "question" if len(page.posts) > 1 else "body",
            is_accepted=place == 1,
            score=random.randrange(40) if place else 0,
        )
        for article, page, place, _ in owners
    )
    Translation.objects.bulk_create(
        Translation(
            post=row,
            language=BY_PATH[lang],
            title="" if place else page.titles.get(lang, ""),
            markdown="",
            blocks=[{"kind": "html", "html": part} for part in paragraphs],
        )
        for row, (_, page, place, post) in zip(stored, owners, strict=True)
        for lang, paragraphs in post.texts.items()
    )
    coded = [(row, o[3].code) for row, o in zip(stored, owners, strict=True) if o[3].code]
    snippets = Snippet.objects.bulk_create(
        Snippet(digest=hashlib.sha256(f"{row.pk}{code}".encode()).hexdigest(), code=code)
        for row, code in coded
    )
    PostSnippet.objects.bulk_create(
        PostSnippet(post=row, snippet=snippet, position=0)
        for (row, _), snippet in zip(coded, snippets, strict=True)
    )
    return len(stored)


_SYLLABLES = "ba ce di fo gu ha ke li mo nu pa qui ra se ti vo wu xe ya zo tor net lin pol"
SYLLABLES = _SYLLABLES.split()
# As in real collections, where the vocabulary grows like a power of the length (Heaps' law).
HAN_POOL = (
    "模型张量梯度卷积训练数据学习网络参数函数优化批次层输出入权重损失精维形状广播填充池态序列"
)


class Recombined:
    """Endless pages made of sentences of ours and of the Python documentation."""

    def __init__(self, seed: int = 1) -> None:
        from kb.models import Tag, Translation
        from kb.search.texts import read_blocks

        self._random = random.Random(seed)
        self._english: list[str] = []
        self._chinese: list[str] = []
        self._titles: dict[str, list[str]] = {"zh": [], "en": []}
        for language, title, blocks in Translation.objects.values_list(
            "language", "title", "blocks"
        ):
            text = read_blocks(blocks).prose
            if language == "en":
                self._english += re.split(r"(?<=[.!?])\s+", text)
            else:
                self._chinese += re.split(r"(?<=[。！？])", text)
            if title:
                self._titles["en" if language == "en" else "zh"] += title.split("：")
        for _, text in python_documentation():
            self._english += re.split(r"(?<=[.!?])\s+", " ".join(text[:3000].split()))
        self._english = [s for s in self._english if 20 < len(s) < 400]
        self._chinese = [s for s in self._chinese if 8 < len(s) < 200]
        from snippets.models import Snippet

        self._code = list(Snippet.objects.values_list("code", flat=True)) or ["print(1)"]
        self._tags = list(Tag.objects.values_list("slug", flat=True))
        self._words = 0

    def pages(self, posts: int) -> Iterator[Page]:
        """Yield pages of one to five posts until there are `posts` of them."""
        made = number = 0
        while made < posts:
            number += 1
            count = min(self._random.choice((1, 2, 3, 3, 5)), posts - made)
            made += count
            yield Page(
                slug=f"made-{number}",
                titles={
                    "zh": self._title("zh", self._chinese),
                    "en": self._title("en", self._english),
                },
                posts=[self._post() for _ in range(count)],
                tags=tuple(self._random.sample(self._tags, min(2, len(self._tags)))),
            )

    def _title(self, lang: str, sentences: list[str]) -> str:
        sentence = self._random.choice(sentences)
        return f"{sentence[:60]} {self._new_word(lang)}"

    def _post(self) -> Post:
        texts = {
            "en": self._text(self._english, " ", "en", 4),
            "zh": self._text(self._chinese, "", "zh", 4),
        }
        if self._random.random() < 0.3:
            del texts["zh"]
        has_code = self._random.random() < 0.5
        return Post(texts=texts, code=self._some_lines() if has_code else "")

    def _some_lines(self) -> str:
        lines = self._random.choice(self._code).split("\n")
        start = self._random.randrange(len(lines))
        return "\n".join(lines[start : start + 8])

    def _text(self, sentences: list[str], joint: str, lang: str, count: int) -> list[str]:
        parts = self._random.choices(sentences, k=count)
        parts.append(self._new_word(lang))
        middle = len(parts) // 2
        return [
            f"<p>{html.escape(joint.join(part))}</p>" for part in (parts[:middle], parts[middle:])
        ]

    def _new_word(self, lang: str) -> str:
        """Return a word that no page had before, or often one of the earlier ones."""
        self._words += 1
        newest = max(int(self._words**0.6 * 8), 1)
        rank = int(newest * self._random.random() ** 3)
        source = random.Random(rank)
        if lang == "zh":
            return "".join(source.choices(HAN_POOL, k=source.choice((2, 2, 3))))
        return "".join(source.choices(SYLLABLES, k=source.choice((2, 3, 3, 4))))
