"""Measure a click on Run: from the POST to the final event of its stream, on a running site.

`python -m bench.first_click [--site URL] [--runtime R] [--clicks N] [--json]`; wants the
site of `make up`. Each click is a reader's: page, CSRF token, POST, server-sent events.
Start the site with ZHIYAN_RUNS_PER_MINUTE=1000, or most clicks meet the rate limit.
After each click the same code is asked of the sandbox itself, over its socket; what a click
takes longer is the way there and back: HTTP, database, broker, worker (`overhead_ms`).
"""

import argparse
import http.client
import http.cookiejar
import json
import os
import re
import statistics
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config.embedded import socket_path
from sandbox import Limits, Request, Result
from sandbox.client import Client

PAUSE_SECONDS = 0.2
"""Between two clicks, as people pause: the sandbox fills up its waiting children meanwhile."""
CODE = "import torch\n\nx = torch.arange(6.0).reshape(2, 3)\nprint(x @ x.T)\n"


class Reader:
    """A reader's browser: keeps cookies, and one connection open."""

    def __init__(self, site: str) -> None:
        self._host = urllib.parse.urlsplit(site).netloc
        self._site = site.rstrip("/")
        self._connection = http.client.HTTPConnection(self._host, timeout=60)
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        with opener.open(f"{self._site}/en/tags/pytorch") as answer:
            article = re.search(r'href="(/en/q/[^"]+)"', answer.read().decode())
        if article is None:
            raise SystemExit("no article is tagged pytorch; load some: manage.py load_content")
        with opener.open(self._site + article[1]):
            pass
        self._cookies = {cookie.name: cookie.value for cookie in jar}

    def click(self, runtime: str, code: str) -> float:
        """Run the code; return the milliseconds until the last event has arrived."""
        token = self._cookies["csrftoken"]
        form = {"runtime": runtime, "code": code, "csrfmiddlewaretoken": token}
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Referer": f"{self._site}/en/",
        }
        started = time.perf_counter()
        self._connection.request("POST", "/en/runs/", urllib.parse.urlencode(form), headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 202:
            raise SystemExit(f"the site answered {answer.status}: {body[:200]!r}")
        for name, value in _cookies(answer):
            self._cookies[name] = value
        headers["Cookie"] = "; ".join(f"{n}={v}" for n, v in self._cookies.items())
        events = json.loads(body)["events"]
        last = self._follow(urllib.parse.urlsplit(events).path, headers)
        elapsed = (time.perf_counter() - started) * 1000
        if '"ok"' not in last:
            raise SystemExit(f"the run did not end well: {last[:300]}")
        return elapsed

    def _follow(self, path: str, headers: dict[str, str]) -> str:
        stream = http.client.HTTPConnection(self._host, timeout=60)
        try:
            stream.request("GET", path, headers={**headers, "Accept": "text/event-stream"})
            return stream.getresponse().read().decode().strip().split("\n\n")[-1]
        finally:
            stream.close()


def ask_sandbox(runtime: str, code: str) -> float:
    """Run the code without the site; return the milliseconds until its result."""
    var = Path(os.environ.get("ZHIYAN_VAR") or ROOT / "var")
    client = Client(os.environ.get("ZHIYAN_SANDBOX") or socket_path(var, "sandbox"))
    started = time.perf_counter()
    *_, last = client.run(Request(code=code, runtime=runtime, limits=Limits()))
    elapsed = (time.perf_counter() - started) * 1000
    if not isinstance(last, Result) or last.verdict != "ok":
        raise SystemExit(f"the sandbox answered {last}")
    return elapsed


def _cookies(answer: http.client.HTTPResponse) -> list[tuple[str, str]]:
    lines = answer.headers.get_all("Set-Cookie") or []
    return [(n, v) for n, _, v in (line.split(";")[0].partition("=") for line in lines)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", default="http://127.0.0.1:8000")
    parser.add_argument("--runtime", default="torch-2.13")
    parser.add_argument("--clicks", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    reader = Reader(options.site)
    warm = [reader.click(options.runtime, CODE) for _ in range(3)]
    times, alone = [], []
    for _ in range(options.clicks):
        time.sleep(PAUSE_SECONDS)
        times.append(reader.click(options.runtime, CODE))
        time.sleep(PAUSE_SECONDS)
        alone.append(ask_sandbox(options.runtime, CODE))
    over = [click - direct for click, direct in zip(times, alone, strict=True)]
    result: dict[str, Any] = {
        "clicks": options.clicks,
        "first_ms": round(warm[0], 1),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(sorted(times)[int(len(times) * 0.95)], 1),
        "sandbox_p50_ms": round(statistics.median(alone), 1),
        "overhead_p50_ms": round(statistics.median(over), 1),
        "overhead_p95_ms": round(sorted(over)[int(len(over) * 0.95)], 1),
    }
    sys.stdout.write(json.dumps(result) + "\n" if options.json else f"{result}\n")


if __name__ == "__main__":
    main()
