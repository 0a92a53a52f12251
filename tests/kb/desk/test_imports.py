"""Importing from the desk: checked first, imported on a word, cleaned up after."""

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kb.importers import job_running, jobs
from kb.importers.jobs import Wishes
from kb.models import Article, AuditEntry, ImportChunk, ImportJob
from kb.people.roles import Role

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PersonIn = Callable[[Role], User]
State = ImportJob.State

GUIDE = "---\ntitle: A guide\ntags: pytorch\n---\n\nText.\n\n```python\nimport torch\n```\n"
POSTS = """<?xml version="1.0" encoding="utf-8"?>
<posts>
<row Id="1" PostTypeId="1" CreationDate="2015-03-05T22:28:34.823" Score="12" Body="&lt;p&gt;How?&lt;/p&gt;" Title="How do I sum?" Tags="&lt;pytorch&gt;" />
<row Id="2" PostTypeId="2" ParentId="9" CreationDate="2015-03-06T08:00:00.000" Body="&lt;p&gt;No question.&lt;/p&gt;" />
</posts>
"""


def zipped(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return data.getvalue()


@pytest.fixture
def job_of(curator: User, broker: redis.Redis) -> Callable[..., ImportJob]:
    def make(name: str, data: bytes, format_: str, **values: Any) -> ImportJob:
        upload = SimpleUploadedFile(name, data)
        wishes = Wishes(format=format_, **values)
        return jobs.request_import(user=curator, upload=upload, wishes=wishes)

    return make


def work(job: ImportJob) -> ImportJob:
    """Do what a worker's process does."""
    token = job_running.claim_job(job_id=job.pk)
    if token is not None:
        job_running.execute_job(job_id=job.pk, token=token)
    job.refresh_from_db()
    return job


def test_file_is_checked_first_and_imported_on_a_word(curator_client: Client, broker: redis.Redis):
    upload = SimpleUploadedFile("guide.md", GUIDE.encode())
    answer = curator_client.post("/en/desk/imports/", {"file": upload, "format": "markdown"})
    job = work(ImportJob.objects.get())
    checked = curator_client.get(answer.headers["Location"]).content.decode()
    before = Article.objects.count()
    curator_client.post(f"/en/desk/imports/{job.pk}/answer", {"answer": "import"})
    work(job)

    assert job.state == State.DONE
    assert "What importing it would do" in checked
    assert (before, Article.objects.count()) == (0, 1)
    assert job.counts["created"] == 1
    assert ImportChunk.objects.count() == 0
    assert AuditEntry.objects.get().verb == "imported"
    done = curator_client.get(f"/en/desk/imports/{job.pk}").content.decode()
    assert "What was imported" in done


def test_zip_of_a_dump_is_read_as_its_folder_with_errors_by_row(
    job_of: Callable[..., ImportJob], curator_client: Client
):
    data = zipped({"ai.stackexchange.com/Posts.xml": POSTS})

    job = work(job_of("ai.stackexchange.com.zip", data, "stackexchange"))

    table = curator_client.get(f"/en/desk/imports/{job.pk}/errors.csv")
    assert (job.state, job.error_count) == (State.CHECKED, 1)
    assert job.errors == [{"row": "post 2", "reason": "an answer without its question 9"}]
    assert "post 2,an answer without its question 9" in table.content.decode("utf-8-sig")
    assert "attachment" in table.headers["Content-Disposition"]


def test_options_leave_questions_out(job_of: Callable[..., ImportJob]):
    data = zipped({"Posts.xml": POSTS})

    kept = work(job_of("a.zip", data, "stackexchange", tags=("pytorch",), min_score=10))
    left = work(job_of("b.zip", data, "stackexchange", min_score=13))

    assert (kept.counts["created"], left.counts["created"]) == (1, 0)


def test_refused_file_says_why_and_can_be_tried_again(
    job_of: Callable[..., ImportJob], curator_client: Client
):
    job = work(job_of("half.xml", b"<posts><row Id=", "stackexchange"))
    failed = job.state
    listed = curator_client.get("/en/desk/imports/").content.decode()

    curator_client.post(f"/en/desk/imports/{job.pk}/answer", {"answer": "retry"})
    job.refresh_from_db()

    assert failed == State.FAILED
    assert "half.xml" in listed
    assert job.state == State.TO_CHECK
    assert work(job).failure != ""
    assert Article.objects.count() == 0


def test_refusal_does_not_name_our_own_folders(
    job_of: Callable[..., ImportJob], settings: Settings
):
    refused = [
        work(job_of("notes.zip", zipped({"x/a.txt": "a"}), "markdown")),
        work(job_of("notes.docx", b"not one", "markdown")),
        work(job_of("out.zip", zipped({"x/manifest.json": "{"}), "export")),
    ]

    for job in refused:
        assert job.state == State.FAILED
        assert str(settings.VAR_DIR) not in job.failure
        assert "tmp" not in job.failure


def test_file_of_another_format_is_checked_again_without_another_upload(
    job_of: Callable[..., ImportJob], curator_client: Client
):
    job = work(job_of("guide.md", GUIDE.encode(), "wxr"))
    failed = job.state

    curator_client.post(
        f"/en/desk/imports/{job.pk}/answer", {"answer": "retry", "format": "markdown"}
    )
    job.refresh_from_db()
    work(job)

    assert (failed, job.state, job.format) == (State.FAILED, State.CHECKED, "markdown")


def test_failed_imports_are_listed_first(job_of: Callable[..., ImportJob], curator_client: Client):
    work(job_of("bad.xml", b"<posts", "wxr"))
    job_of("new.md", GUIDE.encode(), "markdown")

    page = curator_client.get("/en/desk/imports/").content.decode()

    assert page.index("bad.xml") < page.index("new.md")


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {"curator", "administrator"}]
)
def test_others_cannot_import(client_of: ClientOf, person_in: PersonIn, role: Role):
    upload = SimpleUploadedFile("guide.md", GUIDE.encode())

    answer = client_of(person_in(role)).post(
        "/en/desk/imports/", {"file": upload, "format": "markdown"}
    )

    assert (answer.status_code, ImportJob.objects.count()) == (403, 0)


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {"curator", "administrator"}]
)
def test_others_neither_see_nor_answer_an_import(
    client_of: ClientOf, person_in: PersonIn, role: Role
):
    job = ImportJob.objects.create(format="wxr", file_name="a.xml", state=State.CHECKED)
    client = client_of(person_in(role))
    address = f"/en/desk/imports/{job.pk}"

    answers = [
        client.get("/en/desk/imports/"),
        client.get(address),
        client.get(f"{address}/errors.csv"),
        *(client.post(f"{address}/answer", {"answer": one}) for one in ("import", "discard")),
    ]

    job.refresh_from_db()
    assert {answer.status_code for answer in answers} == {403}
    assert (job.state, AuditEntry.objects.count()) == (State.CHECKED, 0)


def test_answer_that_comes_too_late_changes_nothing(curator_client: Client):
    job = ImportJob.objects.create(format="wxr", file_name="a.xml", state=State.DONE)

    for answer in ("import", "retry", "discard", "nonsense"):
        curator_client.post(f"/en/desk/imports/{job.pk}/answer", {"answer": answer})

    job.refresh_from_db()
    assert (job.state, AuditEntry.objects.count()) == (State.DONE, 0)


def test_too_large_a_file_is_refused_with_the_limit(curator_client: Client, settings: Settings):
    settings.IMPORT_BYTES = 1024
    upload = SimpleUploadedFile("guide.md", b"x" * 2048)

    answer = curator_client.post("/en/desk/imports/", {"file": upload, "format": "markdown"})

    assert answer.status_code == 422
    assert "at most 1.0\xa0KB" in answer.content.decode()
    assert ImportJob.objects.count() == 0


def test_what_is_imported_twice_is_unchanged(job_of: Callable[..., ImportJob], curator: User):
    for _ in range(2):
        job = work(job_of("guide.md", GUIDE.encode(), "markdown"))
        jobs.start_import(user=curator, job=job)
        work(job)

    assert (job.counts["created"], job.counts["unchanged"]) == (0, 1)


def test_import_is_claimed_once_and_taken_over_from_a_dead_worker(
    job_of: Callable[..., ImportJob],
):
    job = job_of("guide.md", GUIDE.encode(), "markdown")
    first = job_running.claim_job(job_id=job.pk)
    second = job_running.claim_job(job_id=job.pk)
    long_ago = timezone.now() - datetime.timedelta(minutes=5)
    ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=long_ago)

    taken = job_running.claim_job(job_id=job.pk)
    assert first is not None
    job_running.execute_job(job_id=job.pk, token=first)

    job.refresh_from_db()
    assert (second, job.state) == (None, State.CHECKING)
    assert taken not in {None, first}


def test_discarded_import_stops_and_its_file_is_gone(
    job_of: Callable[..., ImportJob], curator_client: Client
):
    job = work(job_of("guide.md", GUIDE.encode(), "markdown"))
    jobs.start_import(user=job.requested_by, job=job)
    token = job_running.claim_job(job_id=job.pk)

    curator_client.post(f"/en/desk/imports/{job.pk}/answer", {"answer": "discard"})
    job_running.execute_job(job_id=job.pk, token=token or "")

    job.refresh_from_db()
    assert (job.state, job.chunks.count(), Article.objects.count()) == (State.DISCARDED, 0, 0)


def test_sweep_tells_again_and_throws_old_files_away(
    job_of: Callable[..., ImportJob], broker: redis.Redis
):
    lost, old = job_of("a.md", b"a", "markdown"), work(job_of("b.md", GUIDE.encode(), "markdown"))
    long_ago = timezone.now() - datetime.timedelta(days=8)
    ImportJob.objects.filter(pk=lost.pk).update(enqueued_at=long_ago)
    ImportJob.objects.filter(pk=old.pk).update(created_at=long_ago)

    told = jobs.sweep_imports()

    old.refresh_from_db()
    assert told["told"] == 1
    assert (old.state, old.chunks.count(), lost.chunks.count()) == (State.DISCARDED, 0, 1)


def test_worker_runs_it_in_a_process_of_its_own(
    job_of: Callable[..., ImportJob],
    worker: object,
    wait_until: Callable[..., None],
    transactional_db: None,
):
    job = job_of("guide.md", GUIDE.encode(), "markdown")

    def is_checked() -> bool:
        job.refresh_from_db()
        return job.state == State.CHECKED

    wait_until(is_checked)

    assert job.counts["created"] == 1


def test_errors_are_said_in_the_curators_language(
    job_of: Callable[..., ImportJob], curator_client: Client
):
    left_out = work(job_of("a.zip", zipped({"Posts.xml": POSTS}), "stackexchange"))
    refused = work(job_of("half.xml", b"<posts><row Id=", "stackexchange"))

    pages = [
        curator_client.get(f"/zh/desk/imports/{left_out.pk}").content.decode(),
        curator_client.get(f"/zh/desk/imports/{left_out.pk}/errors.csv").content.decode(),
        curator_client.get(f"/zh/desk/imports/{refused.pk}").content.decode(),
        curator_client.get("/zh/desk/queues/failed-imports").content.decode(),
    ]

    assert "回答所属的问题 9 不存在" in pages[0]
    assert "回答所属的问题 9 不存在" in pages[1]
    assert "文件在此处被截断" in pages[2]
    assert "文件在此处被截断" in pages[3]


def test_formula_in_a_row_is_text_in_the_table(curator_client: Client):
    job = ImportJob.objects.create(
        format="wxr", file_name="a.xml", state="done", errors=[{"row": "=1+1", "reason": "@x"}]
    )

    table = curator_client.get(f"/en/desk/imports/{job.pk}/errors.csv").content.decode("utf-8-sig")

    assert table.splitlines()[1] == "'=1+1,'@x"


def test_names_of_uploads_are_harmless(job_of: Callable[..., ImportJob], tmp_path: Path):
    upload = SimpleUploadedFile("x", b"a")
    upload._name = "../../..\\evil\n.md"  # type: ignore[attr-defined]  # what a client may send

    job = jobs.request_import(user=None, upload=upload, wishes=Wishes(format="markdown"))

    assert job.file_name == "evil.md"
