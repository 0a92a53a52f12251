"""Running `manage.py import` on files made for one test."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

Run = Callable[..., dict[str, Any]]

POSTS = """\
<?xml version="1.0" encoding="utf-8"?>
<posts>
  <row Id="1" PostTypeId="1" AcceptedAnswerId="3" CreationDate="2015-03-05T22:28:34.823" Score="12"
    Body="&lt;p&gt;How do I &lt;b&gt;sum&lt;/b&gt;? It costs $5.&lt;/p&gt;&#xA;&lt;pre&gt;&lt;code&gt;import torch&#xA;torch.arange(3).sum()&#xA;&lt;/code&gt;&lt;/pre&gt;"
    OwnerUserId="7" Title="How do I sum a tensor?" Tags="&lt;pytorch&gt;&lt;tensors&gt;" ContentLicense="CC BY-SA 3.0" />
  <row Id="2" PostTypeId="2" ParentId="1" CreationDate="2015-03-06T08:00:00.000" Score="-1" Body="&lt;p&gt;You cannot.&lt;/p&gt;" OwnerDisplayName="Guest" />
  <row Id="3" PostTypeId="2" ParentId="1" CreationDate="2015-03-07T08:00:00.000" Score="5" Body="&lt;p&gt;With &lt;code&gt;sum&lt;/code&gt;.&lt;/p&gt;" OwnerUserId="8" ContentLicense="CC BY-SA 4.0" />
  <row Id="4" PostTypeId="1" CreationDate="2016-01-01T00:00:00.000" Score="1" Body="&lt;p&gt;另一个问题&lt;/p&gt;" Title="怎样求和？" Tags="|keras|" />
  <row Id="5" PostTypeId="5" Body="&lt;p&gt;a tag's wiki&lt;/p&gt;" />
</posts>
"""
USERS = """\
<users><row Id="7" DisplayName="Ada" /><row Id="8" DisplayName="Blaise" /></users>
"""


@pytest.fixture
def run(db: None) -> Run:
    """Import and return the report."""

    def run(format_: str, path: Path, *options: str) -> dict[str, Any]:
        out = io.StringIO()
        call_command("import", format_, str(path), "--json", *options, stdout=out)
        report = json.loads(out.getvalue())
        assert isinstance(report, dict)
        return report

    return run


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "dump"
    folder.mkdir()
    (folder / "Posts.xml").write_text(POSTS, encoding="utf-8")
    (folder / "Users.xml").write_text(USERS, encoding="utf-8")
    return folder
