"""Curation travels as TOML, by the digest of the code, and comes back as it went."""

import dataclasses
import json
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from kb.curation.explaining import to_be_mended
from kb.curation.files import (
    Accepted,
    CurationFile,
    Shared,
    export_curation,
    import_curation,
    read_file,
    without_desk,
)
from kb.curation.reviewing import take_back_reasons
from kb.curation.snippets import share_setup
from kb.models import AcceptedReason, Article, Post, SharedSetup, Tag
from snippets import code as codes
from snippets.curating import Curated, curate_snippet, said_of
from snippets.models import Curation, Verification
from snippets.services import find_or_make_snippet
from tests.kb.conftest import post, question

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]

FILE = f"""
[[shared]]
scope = "tag:lstm"
code = "units = 8"

[[snippet]]
digest = "{codes.digest("print(x)")}"
about = "print(x)"
setup = '''
x = "\\\\"
y = 1
'''
runtimes = ["torch-2.13"]
suggestion = "print(x or 1)"
suggestion_note = "a `note`"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "a.toml"
    file.write_text(FILE)
    return file


def read_in(path: Path) -> dict[str, int]:
    out = StringIO()
    call_command("curation", "import", str(path), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_accepted_claim_travels_with_its_white_space(tmp_path: Path) -> None:
    claim = "  a\n    b 'c'"
    snippet = find_or_make_snippet(code="print(x)", claim="old")
    curate_snippet(curated=Curated(digest=snippet.digest, claim=claim))
    file = tmp_path / "out.toml"
    file.write_text(export_curation())
    Curation.objects.all().delete()

    read_in(file)

    snippet.refresh_from_db()
    assert Curation.objects.get().claim == claim
    assert (snippet.curated_claim, snippet.claim) == (claim, "old")


def test_own_files_leave_alone_what_was_changed_on_the_desk(curator: User, path: Path) -> None:
    digest = codes.digest("print(x)")
    read_in(path)
    curate_snippet(curated=Curated(digest=digest, setup="x = 5"), user=curator)
    share_setup(user=curator, scope="tag:lstm", code="units = 9")

    left = without_desk(read_file(path))
    import_curation(curation=left)
    kept = said_of(digest).setup, SharedSetup.objects.get().code
    read_in(path)

    assert kept == ("x = 5", "units = 9")
    assert SharedSetup.objects.get().code == "units = 8"
    assert said_of(digest).setup != "x = 5"


def test_code_that_is_here_gets_its_setup_and_its_correction(path: Path) -> None:
    snippet = find_or_make_snippet(code="print(x)")

    report = read_in(path)

    snippet.refresh_from_db()
    assert report == {"snippets": 1, "shared": 1, "accepted": 0, "changed": 2, "present": 1}
    assert snippet.curated_setup == 'x = "\\\\"\ny = 1'
    assert snippet.suggested is not None
    assert (snippet.suggested.code, snippet.is_suggestion_accepted) == ("print(x or 1)", True)


def test_code_that_comes_later_gets_them_too(path: Path) -> None:
    read_in(path)

    snippet = find_or_make_snippet(code="print(x)")

    assert snippet.curated_runtimes == ["torch-2.13"]


def test_importing_twice_changes_nothing(path: Path) -> None:
    read_in(path)

    assert read_in(path)["changed"] == 0


def test_what_is_exported_is_what_was_imported(path: Path, tmp_path: Path) -> None:
    read_in(path)
    exported = tmp_path / "b.toml"
    call_command("curation", "export", str(exported))

    assert read_file(exported) == read_file(path)
    assert export_curation() == exported.read_text()


def test_everything_that_is_said_of_code_travels_field_by_field(tmp_path: Path) -> None:
    digest = codes.digest("print 'x'")
    curated = Curated(
        digest=digest,
        setup="x = 1",
        runtimes=("torch-2.13", "tf-2.15"),
        suggestion="print('x')",
        suggestion_note="`print` is a function",
        accepts_translation=True,
        claim="  x\n\ty",
        note="seen",
    )
    accepted = Accepted(
        digest=digest,
        runtime="tf-2.15",
        outcome="not-runnable",
        reason_code="python2",
        why="it is about Python 2",
    )
    shared = Shared(scope="tag:lstm", code="units = 8", note="as in the question")
    said = CurationFile(snippets=(curated,), accepted=(accepted,), shared=(shared,))
    import_curation(curation=said)
    file = tmp_path / "out.toml"
    file.write_text(export_curation())

    is_said = [
        value not in ("", (), False)
        for one in (curated, accepted, shared)
        for value in dataclasses.asdict(one).values()
    ]
    assert all(is_said), "a new field must travel too: give it a value above"
    assert read_file(file) == said


TEXT = st.text(
    st.sampled_from("a '\"\\\n\r\t") | st.characters(codec="utf-8", exclude_characters="\0")
)


@given(claim=TEXT, note=TEXT, why=TEXT)
def test_any_text_travels(claim: str, note: str, why: str) -> None:
    digest = codes.digest("print(x)")
    with TemporaryDirectory() as folder, transaction.atomic():
        Curation.objects.create(digest=digest, claim=claim, note=note)
        AcceptedReason.objects.create(digest=digest, runtime="r", outcome="fails", why=why)
        file = Path(folder) / "out.toml"
        file.write_bytes(export_curation().encode())
        read = read_file(file)
        transaction.set_rollback(True)

    assert (read.snippets[0].claim, read.snippets[0].note) == (claim, note)
    assert read.accepted[0].why == why


def test_accepted_reason_of_a_file_settles_code_that_comes_later(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    digest = codes.digest("import jina")
    file.write_text(
        f"[[accepted]]\ndigest = '{digest}'\nruntime = 'torch-2.13'\noutcome = 'not-runnable'\n"
        "reason_code = 'missing-package'\nwhy = 'no runtime has it'\n"
    )
    first, second = read_in(file), read_in(file)

    snippet = find_or_make_snippet(code="import jina")
    Verification.objects.create(
        snippet=snippet,
        runtime="torch-2.13",
        key="k",
        outcome="not-runnable",
        reason_code="missing-package",
    )

    assert (first["changed"], second["changed"]) == (1, 0)
    assert to_be_mended({snippet.pk}) == set()


def test_own_files_leave_alone_reasons_that_were_taken_back(curator: User, tmp_path: Path) -> None:
    snippet = find_or_make_snippet(code="import jina")
    said = Accepted(digest=snippet.digest, runtime="torch-2.13", outcome="not-runnable")
    import_curation(curation=CurationFile(accepted=(said,)))

    take_back_reasons(snippet=snippet, why="it can be mended", user=curator)
    left = without_desk(CurationFile(accepted=(said,)))

    assert left.accepted == ()
    assert not AcceptedReason.objects.exists()


def test_shared_setup_reaches_the_snippets_of_its_tag(path: Path, tags: None, store) -> None:
    code = "```python run\nprint(units)\n```"
    store(question(post(Post.Role.BODY, code, None, zh_title="a"), tags=("lstm",)))
    read_in(path)

    snippet = Article.objects.get().posts.get().placements.get().snippet

    assert snippet.shared_setups == ["units = 8"]
    assert Tag.objects.filter(slug="lstm").exists()
    assert SharedSetup.objects.get().scope == "tag:lstm"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[snippet]]\nsetup = 'x'", "without 'digest'"),
        ("[[snippet]]\ndigest = 'abc'", "64 hexadecimal digits"),
        (f"[[snippet]]\ndigest = '{'0' * 64}'\nsetup = 'x ='", "setup does not compile"),
        (f"[[snippet]]\ndigest = '{'0' * 64}'\nwhat = 'x'", "unknown key 'what'"),
        (f"[[snippet]]\ndigest = '{'0' * 64}'\nruntimes = 'x'", "runtimes must be a list"),
        ("[[shared]]\nscope = 'x'\ncode = 'y'", "expected tag"),
        ("[other]", "unknown table 'other'"),
        (f"[[accepted]]\ndigest = '{'0' * 64}'\noutcome = 'fails'", "without 'runtime'"),
        (f"[[accepted]]\ndigest = '{'0' * 64}'\nruntime = 'r'", "outcome must be one of"),
        (
            f"[[accepted]]\ndigest = '{'0' * 64}'\nruntime = 'r'\noutcome = 'fails'\n"
            "reason_code = 'tired'",
            "unknown reason_code 'tired'",
        ),
        ("[[", "a.toml"),
    ],
)
def test_wrong_file_is_refused_whole(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "a.toml"
    file.write_text(f"{FILE}\n{text}\n")

    with pytest.raises(CommandError, match=f"(?s){reason}.*nothing imported"):
        read_in(file)

    assert not Curation.objects.exists()


def test_our_own_file_can_be_read() -> None:
    ours = read_file(ROOT / "content" / "curation" / "deep-learning.toml")

    assert len(ours.snippets) > 30
