"""Reading JSON that others wrote, without believing its shape."""

import json
from typing import Any

from lookscape.errors import UsageError


def parse(data: bytes, kind: type, *, what: str) -> Any:
    """A JSON document whose outermost value is of a kind. Raises UsageError."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"this is not JSON: {error}") from error
    if not isinstance(found, kind):
        raise UsageError(f"this is not {what}")
    return found


def listed(given: Any, name: str) -> list[dict[str, Any]]:
    """The records of a list; what is no record is left out, what is no list is empty."""
    found = given.get(name) if isinstance(given, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def dump(document: Any) -> bytes:
    """As people can read it too."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
