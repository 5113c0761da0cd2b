"""Every error Lookscape raises on purpose.

    LookscapeError              the work failed: one sentence, exit code 1, HTTP 500
    ├── UsageError              the call was wrong: exit code 2, HTTP 422
    │   └── UnknownNameError    a name that is not there, with the names that are: exit code 2, HTTP 404
    ├── NotFoundError           no such photo, product, space or job in this catalogue: HTTP 404
    ├── PhotoError              these bytes cannot be used as a photo, and why: HTTP 422
    ├── TooLargeError           more bytes or pixels than the stated limit: HTTP 413
    ├── TooManyError            asked more often than is allowed; wait a moment: HTTP 429
    ├── RefusedError            not allowed here (a private address, a path of the server): HTTP 403
    ├── ConflictError           somebody else changed it first: HTTP 409
    ├── UnavailableError        something outside is missing (weights, network, an extra): HTTP 503
    ├── DivergedError           training blew up: its numbers are no longer finite
    └── CancelledError          a person stopped the job: HTTP 409

The message is written for the person who made the call: the value, what is allowed, what to do next. The edges
(`interfaces/cli/errors.py`, `interfaces/http/errors.py`) turn them into words and codes, each in one table.
"""

import difflib
from collections.abc import Iterable


class LookscapeError(Exception):
    """The work failed; the message is one clear sentence."""


class UsageError(LookscapeError):
    """The call was wrong and doing it again unchanged cannot help."""


class UnknownNameError(UsageError):
    """A name that is not there. The message offers the closest ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        close = difflib.get_close_matches(name, self.known, n=3)
        hint = f"did you mean {' or '.join(close)}?" if close else f"there are: {', '.join(self.known) or 'none yet'}"
        super().__init__(f"no {kind} named {name!r}; {hint}")


class NotFoundError(LookscapeError):
    """No such photo, product, space or job in this catalogue."""


class PhotoError(LookscapeError):
    """These bytes cannot be used as a photo; the message is the reason, without the path."""


class TooLargeError(LookscapeError):
    """More bytes or pixels than the stated limit."""


class TooManyError(LookscapeError):
    """Asked more often than is allowed."""


class RefusedError(LookscapeError):
    """Not allowed here."""


class ConflictError(LookscapeError):
    """Somebody else changed it first; nothing was overwritten."""


class UnavailableError(LookscapeError):
    """Something outside Lookscape is missing; the message says what to install or download."""


class DivergedError(LookscapeError):
    """Training blew up; what was kept before stays."""


class CancelledError(LookscapeError):
    """A person stopped the work; what was finished is kept."""
