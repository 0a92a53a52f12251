"""A whole site, started as an operator would, and a real browser to visit it."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.runtime import load

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT.parent / "shared" / "archive" / "deep-learning.txt"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Site:
    """A site of its own below a temporary directory; only built runtimes are shared."""

    def __init__(self, var: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("ZHIYAN_")}
        inherited.pop("DATABASE_URL", None)
        inherited.pop("REDIS_URL", None)
        settings = {"ZHIYAN_VAR": var, "ZHIYAN_PORT": port, "ZHIYAN_RUNS_PER_MINUTE": 600}
        self._environment = inherited | {name: str(value) for name, value in settings.items()}

    def manage(self, *arguments: str) -> str:
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout


@pytest.fixture(scope="session")
def started_site(tmp_path_factory):
    if not load("torch-2.13").is_built:
        pytest.skip("runtime torch-2.13 is not built; run: python -m sandbox build torch-2.13")
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        site.manage("up", "--no-verify", "--no-build")
        # Pictures for the docs show what is ours alone.
        if ARCHIVE.exists() and "ZHIYAN_SCREENSHOTS" not in os.environ:
            site.manage("import_archive", str(ARCHIVE))
        yield site
    finally:
        site.manage("down")


@contextmanager
def launched():
    """Run a browser; while it runs, Django's database cannot be asked from this thread."""
    if CHROMIUM is None:
        pytest.skip("no Chromium; on Debian: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    flags = ["--disable-gpu", "--disable-background-networking"]
    if os.getuid() == 0:
        flags.append("--no-sandbox")  # Chromium's own sandbox refuses to run as root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


class Visit:
    """One reader's window, which remembers what the browser complained about."""

    def __init__(self, browser, url: str, **options) -> None:
        self.url = url
        self.complaints: list[str] = []
        self._context = browser.new_context(base_url=url, **options)
        self.page = self._context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._note_console)
        self.page.on("request", self._note_request)
        self.page.on("response", self._note_response)

    def _note_console(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console: {message.text}")

    def _note_request(self, request) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.complaints.append(f"asked another host: {request.url}")

    def _note_response(self, response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def screenshot(self, name: str) -> None:
        """Save a picture where ZHIYAN_SCREENSHOTS names a folder."""
        if folder := os.environ.get("ZHIYAN_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def is_scrolled_sideways(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")

    def close(self) -> None:
        self._context.close()


@pytest.fixture
def open_window(browser, started_site):
    windows: list[Visit] = []

    def open_one(**options) -> Visit:
        windows.append(Visit(browser, started_site.url, **options))
        return windows[-1]

    yield open_one
    for window in windows:
        window.close()
