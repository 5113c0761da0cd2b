"""What services are asked and answer: flat records that tools hand on as they are, and progress.

`Params` and `Record` are pydantic models, so that a tool's schema, table and page can be read off them.
"""

from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

MACHINES_ONLY: dict[str, Any] = {"machines_only": True}
"""Marks a field of a record that tables for people leave out; JSON has it."""


class Params(BaseModel):
    """What is asked. Unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Record(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True)


class Progress(Protocol):
    """Called with steps done, steps in all (0: unknown) and the stage in words. Raises CancelledError to stop."""

    def __call__(self, done: int, total: int, stage: str) -> None:
        """Report."""
        ...


def positional(description: str, **rules: Any) -> Any:
    """A required field that a command takes without a flag."""
    return Field(description=description, json_schema_extra={"positional": True}, **rules)


def silent(done: int, total: int, stage: str) -> None:
    """Progress that nobody watches."""
