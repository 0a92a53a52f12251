"""docs/verification.md names every rung and every repair that there is."""

import re
from pathlib import Path

import pytest

from snippets.repairs import Repair
from snippets.setups import Origin

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "verification.md").read_text()
NAMED = set(re.findall(r"`([a-z0-9-]+)`", TEXT))


@pytest.mark.parametrize("codes", [Repair, Origin])
def test_every_code_is_documented(codes: type) -> None:
    assert {str(code) for code in codes} - NAMED == set()
