"""What services are asked and answer: flat records that tools hand on as they are, and progress.

`Params` and `Record` are pydantic models, so that a tool's schema, table and page can be read off them.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lookscape.renamed import today

MACHINES_ONLY: dict[str, Any] = {"machines_only": True}
"""Marks a field of a record that tables for people leave out; JSON has it."""


class Params(BaseModel):
    """What is asked. Unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Record(BaseModel):
    """What is answered. `RENAMED` are fields' names of before a renaming, which kept answers may still have."""

    RENAMED: ClassVar[Mapping[str, str]] = {}

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _of_before(cls, values: Any) -> Any:
        return today(values, cls.RENAMED) if cls.RENAMED else values


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
