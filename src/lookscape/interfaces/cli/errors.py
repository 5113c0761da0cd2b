"""Errors become one sentence on stderr and an exit code, in one table."""

from lookscape.errors import CancelledError, LookscapeError, RefusedError, UsageError

EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (UsageError, 2),
    (RefusedError, 2),
    (KeyboardInterrupt, 130),
    (CancelledError, 1),
    (LookscapeError, 1),
    (BrokenPipeError, 1),
)


def exit_code(error: BaseException) -> int | None:
    """The exit code of an error we know, None for one that is a bug of ours."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), None)


def sentence(error: BaseException) -> str:
    """What to tell the person."""
    if isinstance(error, KeyboardInterrupt):
        return "stopped; run the same command again to resume"
    if isinstance(error, BrokenPipeError):
        return ""
    return " ".join(str(error).split())
