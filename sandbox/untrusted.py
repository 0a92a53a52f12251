"""What comes from the user's own process, looked at before anybody believes it.

Bounded, of the expected form, or not there at all; nothing here decides a verdict.
"""

import json
import re
from typing import Any

from sandbox import png, tables
from sandbox.model import Artifact, Failure

ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


def read_artifact(kind: str, name: str, data: bytes) -> Artifact:
    if kind == "figure":
        data, width, height = png.rewrite(data)
        return Artifact(
            name=name, kind=kind, media_type="image/png", data=data, width=width, height=height
        )
    if kind == "table":
        data = tables.rewrite(data)
        return Artifact(name=name, kind=kind, media_type="application/json", data=data)
    return Artifact(name=name, kind="file", media_type="application/octet-stream", data=data)


def read_end(text: str) -> tuple[bool, Failure | None]:
    """Read what the user's process told of its end; anything odd is no telling at all."""
    try:
        told = json.loads(text)
        if "failure" not in told:
            return told["completed"] is True, None
        failure = told["failure"]
        line = failure["line"]
        return True, Failure(
            type=str(failure["type"])[:200],
            message=ESCAPE_SEQUENCE.sub("", str(failure["message"]))[:4000],
            line=line if isinstance(line, int) else None,
            phase="setup" if failure["phase"] == "setup" else "code",
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return False, None


def read_environment(text: str) -> dict[str, Any]:
    """Read which accelerator the code used and what the libraries warned of about themselves."""
    found: dict[str, Any] = {}
    try:
        told = json.loads(text)
        if said := [ESCAPE_SEQUENCE.sub("", str(said))[:4000] for said in told["warnings"][:10]]:
            found["warnings"] = said
        if device := told["device"]:
            name, memory_bytes = str(device["name"])[:100], int(device["memory_bytes"])
            found["device"] = {"name": name, "memory_bytes": memory_bytes}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return found


def safe_name(name: str) -> str:
    """Return a name fit for a download: no path upwards, nothing that does not print."""
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    printable = "".join(
        c if c.isprintable() and c not in '\\:*?"<>|' else "_" for c in "/".join(parts)
    )
    return printable[-120:] or "file"
