"""Control groups: what one run may use together, and what it did use.

Version 2 where it has the controllers, version 1 where those own them. Where
neither can be written there is `sandbox.watching`.
"""

from sandbox.cgroups.model import Backend, Group, Usage
from sandbox.cgroups.version1 import Version1
from sandbox.cgroups.version2 import Version2
from sandbox.model import SandboxError

__all__ = ["Backend", "Group", "Unavailable", "Usage", "Version1", "Version2", "find_backend"]


class Unavailable(SandboxError):
    """No control group can be made here; the message says why."""


def find_backend() -> Backend:
    """Return the best backend this process may use; raise Unavailable where there is none."""
    reasons = []
    for kind in (Version2, Version1):
        try:
            return kind.find()
        except OSError as error:  # without its path: readers see this on the status page
            reasons.append(f"{kind.name}: {error.strerror or error}")
    raise Unavailable(
        f"no control group can be made here ({'; '.join(reasons)}); systemd gives one to a service "
        "or a scope with Delegate=yes"
    )
