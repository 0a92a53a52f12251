"""The same commands work on a real PostgreSQL; set DATABASE_URL to run the whole suite on one."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEEP = """
from snippets.execution import _result_values
from snippets.models import Run
from sandbox import Failure, Result, Verdict
run = Run.objects.create(runtime="torch-2.13", code="raise ValueError")
failure = Failure(type="ValueError", message="a\\0b\\ud800", line=1, phase="code")
result = Result(verdict=Verdict.ERROR, reason="a\\0b", failure=failure, signal="SIGVTALRM")
Run.objects.filter(pk=run.pk).update(**_result_values(result))
run.refresh_from_db()
print(run.failure["message"])
"""


def _server_programs() -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb")
    return versions[-1].parent if versions else Path(found).parent if found else None


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """A server of the tests' own on a unix socket; it refuses to run as root."""
    programs = _server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server; on Debian: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="zy-pg-"))
    be_owner: list[str] = []
    if os.getuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        be_owner = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"

    def run(name: str, *arguments: str) -> None:
        command = [*be_owner, str(programs / name), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run("initdb", "-D", str(data), "-A", "trust", "-U", "zhiyan", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://zhiyan@{quote(str(folder), safe='')}/postgres"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def manage(database_url, tmp_path_factory):
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "ZHIYAN_VAR": str(tmp_path_factory.mktemp("var")),
    }

    def run(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        result = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    run("migrate", "--verbosity", "0")
    return run


def test_content_is_loaded_once_and_left_alone_after(manage):
    first = json.loads(manage("load_content", "--json"))
    second = json.loads(manage("load_content", "--json"))

    assert first["created"] == first["articles"] > 0
    assert second["unchanged"] == first["articles"]


def test_what_a_failure_says_is_kept_without_what_the_database_refuses(manage):
    assert manage("shell", "--verbosity", "0", "-c", KEEP).strip() == "a␀b?"
