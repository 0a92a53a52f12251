"""Exported, wiped and restored, the site is the same site, field by field."""

import io
import json
import stat
import tarfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction

from kb.models import Article
from kb.transfer.tables import exported_models
from tests.kb.transfer.conftest import everything


def wipe() -> None:
    with transaction.atomic():
        for model in exported_models():
            model._base_manager.all()._raw_delete("default")


def call(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def exported(site: User, tmp_path: Path) -> Path:
    call("export", str(tmp_path / "out"))
    return tmp_path / "out"


def test_every_field_of_every_table_comes_back(exported: Path) -> None:
    before = everything()
    wipe()
    assert not any(everything().values())

    call("restore", str(exported))

    assert everything() == before


def test_every_table_of_ours_is_in_the_test(site: User) -> None:
    ours = {"kb", "snippets"}

    empty = [n for n, rows in everything().items() if not rows and n.partition(".")[0] in ours]

    assert empty == []


def test_users_sign_in_again_with_their_rights(exported: Path) -> None:
    wipe()
    call("restore", str(exported))

    user = User.objects.get(username="ada")

    assert user.check_password("secret words here")
    assert user.has_perms(["snippets.change_snippet", "kb.add_tag"])


def test_new_rows_get_new_keys_after_a_restore(exported: Path) -> None:
    last = Article.objects.latest("pk").pk
    wipe()
    call("restore", str(exported))

    assert Article.objects.create(kind="guide", slug="new").pk > last


def test_export_is_for_its_owner_alone(exported: Path) -> None:
    files = [path for path in exported.rglob("*") if path.is_file()]

    assert files
    assert not any(stat.S_IMODE(path.stat().st_mode) & 0o077 for path in files)


def test_articles_stand_beside_it_as_markdown(exported: Path) -> None:
    article = Article.objects.get()
    text = (exported / "articles" / f"snow-{article.pk}.en.md").read_text()

    assert text.startswith("---\ntitle: Snow?\nkind: question\n")
    assert "<!-- answer accepted -->\n```python run" in text


def test_markdown_folder_can_be_imported(exported: Path) -> None:
    wipe()

    report = json.loads(call("import", "markdown", str(exported / "articles"), "--json"))

    assert (report["questions"], report["answers"], report["errors"]) == (1, 1, [])


def test_proofs_stand_beside_it_as_lines(exported: Path) -> None:
    line = json.loads((exported / "proofs" / "verifications.jsonl").read_text())

    assert line["outcomes"]["torch-2.13"]["outcome"] == "verified"


def test_full_site_is_not_overwritten(exported: Path) -> None:
    before = everything()

    with pytest.raises(CommandError, match="this site is not empty"):
        call("restore", str(exported))

    assert everything() == before


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "manifest", "reference"])
def test_damaged_export_restores_nothing(exported: Path, damage: str) -> None:
    wipe()
    table = exported / "data" / "kb.post.jsonl"
    if damage == "cut":
        table.write_bytes(table.read_bytes()[:-20])
    elif damage == "changed":
        table.write_bytes(table.read_bytes().replace(b"answer", b"Answer"))
    elif damage == "missing":
        table.unlink()
    elif damage == "manifest":
        (exported / "manifest.json").write_text("{")
    else:
        manifest = json.loads((exported / "manifest.json").read_text())
        manifest["migrations"]["kb"].append("9999_future")
        (exported / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(CommandError, match="nothing restored"):
        call("restore", str(exported))

    assert not any(everything().values())


def test_export_into_a_full_folder_is_refused(site: User, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")

    with pytest.raises(CommandError, match="nothing exported"):
        call("export", str(tmp_path))

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_backup_is_one_file_that_restores(
    site: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIYAN_HOSTS", "kb.example.org")
    monkeypatch.setenv("REDIS_URL", "redis://user:hidden@queue/0")
    before = everything()
    file = tmp_path / "site.tar.gz"
    call("backup", str(file))
    wipe()

    call("restore", str(file))

    assert everything() == before
    with tarfile.open(file) as archive:
        member = archive.extractfile("settings.json")
        assert member is not None
        settings = json.load(member)
    assert settings["ZHIYAN_HOSTS"] == "kb.example.org"
    assert settings["REDIS_URL"] == "redis://…@queue/0"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
