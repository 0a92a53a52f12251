"""Running untrusted Python on warm runtimes, in jails. Standard library only."""

from sandbox.client import Client, ServiceUnavailable
from sandbox.gpu import NoGpu
from sandbox.model import (
    Artifact,
    Cancelled,
    Event,
    Failure,
    InvalidRequest,
    Limits,
    Output,
    Request,
    Result,
    SandboxError,
    Started,
    Verdict,
)
from sandbox.runtime import Runtime, RuntimeNotBuilt, UnknownRuntime, load, load_all

__all__ = [
    "Artifact",
    "Cancelled",
    "Client",
    "Event",
    "Failure",
    "InvalidRequest",
    "Limits",
    "NoGpu",
    "Output",
    "Request",
    "Result",
    "Runtime",
    "RuntimeNotBuilt",
    "SandboxError",
    "ServiceUnavailable",
    "Started",
    "UnknownRuntime",
    "Verdict",
    "load",
    "load_all",
]
