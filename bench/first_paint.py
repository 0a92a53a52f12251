"""What a reader's browser has to wait for: first paint, shifts of the layout, bytes; cold cache."""

import os
import shutil
import socket
import subprocess
import sys
import time
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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--log-level", "error"],
        env={**os.environ, "ZHIYAN_HOSTS": "127.0.0.1"},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        return _visit(chromium, f"http://127.0.0.1:{port}{path}")
    finally:
        server.terminate()
        server.wait()


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
