"""Running code straight on a sandbox service, with nothing stored."""

import dataclasses

import sandbox
from snippets import limits
from snippets.judging import Ended
from snippets.proving import SandboxFailed


@dataclasses.dataclass(frozen=True, kw_only=True)
class DirectAttempt:
    """A run whose result was not stored."""

    result: sandbox.Result

    @property
    def ended(self) -> Ended:
        failure = self.result.failure
        return Ended(
            verdict=self.result.verdict.value,
            reason=self.result.reason,
            stdout=self.result.stdout,
            failure=dataclasses.asdict(failure) if failure else {},
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class DirectRunner:
    """Runs code on the service behind a client. Safe to share between threads."""

    client: sandbox.Client

    def __call__(self, *, program: str, setup: str, runtime: str, seed: int) -> DirectAttempt:
        try:
            request = sandbox.Request(
                code=program, runtime=runtime, setup=setup, limits=limits.VERIFICATION, seed=seed
            )
            stdout: list[str] = []
            for event in self.client.run(request):
                match event:
                    case sandbox.Output(stream="stdout"):
                        stdout.append(event.text)
                    case sandbox.Result():
                        return self._attempt(event, "".join(stdout))
        except sandbox.SandboxError as error:
            raise SandboxFailed(str(error)) from error
        raise SandboxFailed("the sandbox ended without a result")

    @staticmethod
    def _attempt(result: sandbox.Result, stdout: str) -> DirectAttempt:
        if result.verdict == sandbox.Verdict.INTERNAL:
            raise SandboxFailed(result.reason)
        return DirectAttempt(result=dataclasses.replace(result, stdout=result.stdout or stdout))
