"""What is wrong with an archive file."""


class ArchiveError(ValueError):
    """A file that is no archive page, or not a whole one; `line` counts from 1."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"
