"""What an author can get wrong; the message says what, where and what to do."""


class AuthoringError(ValueError):
    """A text that cannot be published as it stands.

    `line` counts from 1 in the text that was handed in; None where no line is to blame.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message
