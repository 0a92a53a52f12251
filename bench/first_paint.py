"""What a reader's browser has to wait for: first paint, shifts of the layout, bytes; cold cache."""

import contextlib
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
FIGURES = """() => {
const resources = performance.getEntriesByType("resource");
const all = [...performance.getEntriesByType("navigation"), ...resources];
return {
  first_contentful_paint:
    performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
  layout_shift: window.shifted,
  bytes: all.reduce((sum, entry) => sum + entry.transferSize, 0),
  requests: all.length,
}; }"""
VISITS = 5


def measure_in_browser(path: str) -> dict[str, Any] | None:
    """Return the median visit's figures; None where there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return None
    with serving() as address:
        return _visit(chromium, f"{address}{path}")


def compare_with_bare(path: str, requests: int) -> float:
    """Return requests a second for the cached page, relative to a bare view of the same bytes."""
    with serving() as address:
        page = _get(address + path)
        own = _seconds(address, path, requests)
    (Path(os.environ["ZHIYAN_VAR"]) / "bare.html").write_bytes(page)
    with serving("bench.bare") as address:
        bare = _seconds(address, "/bare", requests)
    return round(bare / own, 2)


@contextlib.contextmanager
def serving(settings: str = "config.settings") -> Iterator[str]:
    """Run one web process; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--log-level", "error", "--no-access-log"],
        env={**os.environ, "ZHIYAN_HOSTS": "127.0.0.1", "DJANGO_SETTINGS_MODULE": settings},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _get(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:
        content: bytes = answer.read()
    return content


def _seconds(address: str, path: str, requests: int) -> float:
    """Return the median time of a request on one connection that stays open."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"))
    taken = []
    for _ in range(requests + 5):
        started = time.perf_counter()
        connection.request("GET", path)
        connection.getresponse().read()
        taken.append(time.perf_counter() - started)
    connection.close()
    return statistics.median(taken[5:])


def _visit(chromium: str, address: str) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    visits = []
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for _ in range(VISITS + 1):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            context.add_init_script(SHIFTS)
            page = context.new_page()
            page.goto(address, wait_until="networkidle")
            visits.append(page.evaluate(FIGURES))
            context.close()
        browser.close()
    # The first visit is the server's own first page too.
    visits = sorted(visits[1:], key=lambda visit: visit["first_contentful_paint"])
    middle: dict[str, Any] = visits[len(visits) // 2]
    return {
        "first_contentful_paint_ms": round(middle["first_contentful_paint"]),
        "layout_shift": round(middle["layout_shift"], 4),
        "transfer_kb": round(middle["bytes"] / 1000, 1),
        "requests": middle["requests"],
    }


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")
