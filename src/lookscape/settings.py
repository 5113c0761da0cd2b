"""Where things are and how heavy work runs: the only reader of the environment.

Two sources, the second winning: `lookscape.toml` in the catalogue's folder, then LOOKSCAPE_* variables.
"""

import os
import tomllib
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from lookscape.errors import UnknownNameError, UsageError

CONFIG_NAME = "lookscape.toml"


class Settings(BaseSettings):
    """One catalogue's settings; every field is also an environment variable, LOOKSCAPE_ and its name."""

    model_config = SettingsConfigDict(env_prefix="LOOKSCAPE_", frozen=True, extra="ignore")

    catalogue: Path = Field(default=Path("catalogue"), description="the catalogue's folder")
    database: str | None = Field(default=None, description="SQLAlchemy URL; SQLite in the folder by default")
    blobs: str | None = Field(default=None, description="fsspec URL of the photos; blobs/ in the folder by default")
    photo_side: int = Field(default=512, ge=32, le=4096, description="longest side of a standardised photo, pixels")
    model: str = Field(default="lookalike", description="the model that embed and search use when none is named")
    backend: str = Field(default="faiss", description="index backend")
    runtime: str = Field(default="auto", description="inference engine: auto, openvino, onnxruntime or torch")
    workers: int = Field(default=0, ge=0, le=256, description="decoding processes; 0 means one per core")
    user: str = Field(default="", description="name recorded with annotations made from here")

    @property
    def database_url(self) -> str:
        """The database to open."""
        return self.database or f"sqlite:///{self.catalogue / 'catalogue.db'}"

    @property
    def blobs_url(self) -> str:
        """Where standardised photos live."""
        return self.blobs or str(self.catalogue / "blobs")

    @property
    def num_workers(self) -> int:
        """Decoding processes to start."""
        return self.workers or _num_cores()

    @classmethod
    def for_catalogue(cls, folder: Path | None = None) -> Self:
        """Settings of a catalogue folder (LOOKSCAPE_CATALOGUE or ./catalogue by default).

        Raises UsageError when lookscape.toml cannot be read, names a setting there is not, or a value is out of range.
        """
        try:
            base = cls() if folder is None else cls(catalogue=folder)
            values = _read_config(base.catalogue / CONFIG_NAME)
            if unknown := next((name for name in values if name not in cls.model_fields), None):
                raise UnknownNameError("setting", unknown, cls.model_fields)
            from_environment = base.model_fields_set
            kept = {name: value for name, value in values.items() if name not in from_environment}
            return cls(**{**kept, "catalogue": base.catalogue})
        except ValidationError as error:
            first = error.errors()[0]
            raise UsageError(f"setting {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _num_cores() -> int:
    """Cores this process may use, where the system tells; else all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read_config(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
