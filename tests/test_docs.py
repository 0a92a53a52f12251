"""What an operator may set or call is written down, and what is written down is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [
    path
    for folder in ("config", "kb", "snippets", "sandbox", "bench", "tests")
    for path in (ROOT / folder).rglob("*.py")
]
MARKDOWN = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
]
INTERNAL = {"ZHIYAN_FINGERPRINT"}  # between the supervisor and its programs


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _settings_read() -> set[str]:
    found: set[str] = set()
    for path in SOURCES:
        if path != Path(__file__):
            found |= set(re.findall(r"\bZHIYAN_[A-Z_]+\b", path.read_text(encoding="utf-8")))
    return found - INTERNAL


def test_every_setting_is_documented():
    documented = set(re.findall(r"`(ZHIYAN_[A-Z_]+)`", _text("docs/settings.md")))

    assert _settings_read() - documented == set(), "read by the code, missing in docs/settings.md"
    assert documented - _settings_read() == set(), "documented, but nothing reads it"


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY"])
def test_the_settings_without_our_prefix_are_documented(name):
    assert f"`{name}`" in _text("docs/settings.md")


def test_every_make_target_is_in_the_readme():
    targets = re.findall(r"^([a-z]+):.*## ", _text("Makefile"), re.MULTILINE)

    assert targets
    assert [name for name in targets if f"make {name}" not in _text("README.md")] == []


def test_every_runtime_and_program_is_documented():
    from config.programs import NAMES

    runtimes = [path.stem for path in (ROOT / "sandbox" / "runtimes").glob("*.toml")]
    text = _text("docs/operating.md") + _text("docs/settings.md")

    assert [name for name in runtimes if name not in _text("docs/runtimes.md")] == []
    assert [name for name in NAMES if name not in text] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("/")]

    assert [link for link in local if not (path.parent / link).exists()] == []


def test_invariants_name_a_check_that_exists():
    lines = re.findall(r"Invariant:.*?\(([^)]*)\)", _text("ARCHITECTURE.md"), re.DOTALL)
    named = re.findall(r"`([^`]+)`", " ".join(lines))

    assert len(lines) == _text("ARCHITECTURE.md").count("Invariant:")
    missing = [n for n in named if "/" in n and not (ROOT / n).exists()]
    assert missing == []
