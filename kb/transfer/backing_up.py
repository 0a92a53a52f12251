"""A backup: an export and the settings, without secrets, in one file."""

import json
import os
import re
import tarfile
from pathlib import Path

from kb.transfer.exporting import TransferRefused, export_site

SETTINGS = re.compile(r"^(?:ZHIYAN_\w+|DATABASE_URL|REDIS_URL)$")
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|KEY", re.I)
USERINFO = re.compile(r"//[^/@]*@")


def back_up(*, file: Path, scratch: Path) -> dict[str, int]:
    """Write `file`, a .tar.gz; return rows by table. It appears when it is whole."""
    if file.exists():
        raise TransferRefused(f"{file} is there already; name a new file")
    counts = export_site(folder=scratch / "export")
    (scratch / "settings.json").write_text(json.dumps(settings_without_secrets(), indent=1) + "\n")
    draft = file.with_name(f".{file.name}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(descriptor, "wb") as stream,
            tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6) as archive,
        ):
            archive.add(scratch / "export", arcname="export")
            archive.add(scratch / "settings.json", arcname="settings.json")
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    return counts


def settings_without_secrets() -> dict[str, str]:
    """Return the operator's settings; names and passwords in addresses are left out."""
    return {
        name: USERINFO.sub("//…@", value)
        for name, value in sorted(os.environ.items())
        if SETTINGS.match(name) and not SECRET.search(name)
    }
