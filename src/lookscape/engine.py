"""Engine: a catalogue opened for work. It is opened once and passed to every tool.

Encoders and indexes are kept once loaded; an index is checked against its Space each time it is asked for, so what
another process embedded is found without a restart.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from lookscape import parts
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.errors import ConflictError, NotFoundError, UnknownNameError, UsageError
from lookscape.index.protocol import Index, Metric
from lookscape.renamed import TOOLS as RENAMED
from lookscape.representation.specs import CLASSIFIER, TRAINED, TRAINED_MARK
from lookscape.settings import Settings

if TYPE_CHECKING:
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.index.calibration import Calibration
    from lookscape.representation.latents.codec import Codec
    from lookscape.representation.protocol import Encoder
    from lookscape.representation.spaces.space import Space, Spaces

TOOLS = "lookscape.tools"
LANGUAGE = "language"
"""The trained model that tools use when none is named."""


class Engine:
    """A catalogue, its models, Spaces and indexes, and every tool as a method: `engine.search.by_photo("shoe.jpg")`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._encoders: dict[str, Encoder] = {}
        self._codecs: dict[str, tuple[int, Codec]] = {}
        self._classifiers: dict[str, tuple[int, TrainedClassifier]] = {}
        self._spaces: dict[str, Space] = {}
        self._indexes: dict[tuple[str, Metric], Index] = {}
        self._calibrations: dict[Path, tuple[int, Calibration]] = {}
        self._loading = threading.RLock()

    @classmethod
    def open(cls, folder: Path | str | None = None) -> Self:
        """Open the catalogue in a folder (LOOKSCAPE_CATALOGUE or ./catalogue by default), making it if need be."""
        return cls(Catalogue.open(folder))

    @property
    def settings(self) -> Settings:
        """The catalogue's settings."""
        return self.catalogue.settings

    @property
    def folder(self) -> Path:
        """Where the catalogue lives."""
        return self.catalogue.folder

    @property
    def spaces(self) -> "Spaces":
        """The catalogue's Spaces."""
        from lookscape.representation.spaces.space import Spaces

        return Spaces(self.folder / "spaces")

    def space(self, name: str | None = None) -> "Space":
        """A Space by name; without a name the default model's, or the only one.

        Raises UnknownNameError, or NotFoundError when nothing is embedded yet.
        """
        from lookscape.representation.specs import space_name

        there = self.spaces.names()
        if not there:
            raise NotFoundError("nothing is embedded yet; run: lookscape embed")
        usual = space_name(self.settings.model)
        wanted = name or (usual if usual in there else there[0])
        with self._loading:
            if wanted not in there or wanted not in self._spaces:
                self._spaces[wanted] = self.spaces.open(wanted)
            self._spaces[wanted].reload()
            return self._spaces[wanted]

    def encoder(self, spec: str | None = None) -> "Encoder":
        """A model by its spec, loaded once; the settings' default without one."""
        from lookscape.representation.specs import resolve

        wanted = spec or self.settings.model
        if wanted.startswith(f"{TRAINED}:"):
            return self.codec(wanted.partition(":")[2])
        if wanted.startswith(f"{CLASSIFIER}:"):
            return self.classifier(wanted.partition(":")[2])
        with self._loading:
            if wanted not in self._encoders:
                self._encoders[wanted] = resolve(wanted, models=self.folder / "models", runtime=self.settings.runtime)
            return self._encoders[wanted]

    def codec(self, name: str | None = None) -> "Codec":
        """A model trained on this catalogue, by its name; without one `language`, or the only one there is.

        It is read again when it was trained again. Raises UnknownNameError, or NotFoundError when none is trained.
        """
        from lookscape.representation.latents.codec import Codec
        from lookscape.representation.specs import trained_names

        models = self.folder / "models"
        there = trained_names(models)
        if not there:
            raise NotFoundError("no model is trained on this catalogue yet; run: lookscape train language")
        wanted = name or (LANGUAGE if LANGUAGE in there else there[0])
        if wanted not in there:
            raise UnknownNameError("trained model", wanted, there)
        stamp = (models / wanted / TRAINED_MARK).stat().st_mtime_ns
        with self._loading:
            if self._codecs.get(wanted, (0, None))[0] != stamp:
                self._codecs[wanted] = (stamp, Codec.open(models / wanted))
            return self._codecs[wanted][1]

    def classifier(self, name: str | None = None) -> "TrainedClassifier":
        """A classifier trained on this catalogue, by its name; without one the only one there is.

        It is read again when it was trained again. Raises UnknownNameError with the names there are.
        """
        from lookscape.classifiers.folder import FOLDER, classifier_names
        from lookscape.classifiers.trained import TrainedClassifier
        from lookscape.representation.inference.runtime import Runtime
        from lookscape.representation.specs import COMPILED

        known = classifier_names(self.folder)
        wanted = name or (known[0] if len(known) == 1 else "")
        if wanted not in known:
            raise UnknownNameError("classifier", wanted, known)
        folder = self.folder / FOLDER / wanted
        stamp = (folder / TRAINED_MARK).stat().st_mtime_ns
        runtime = Runtime(engine=self.settings.runtime, cache=self.folder / "models" / COMPILED)
        with self._loading:
            if self._classifiers.get(wanted, (0, None))[0] != stamp:
                self._classifiers[wanted] = (stamp, TrainedClassifier.open(folder, runtime=runtime))
            return self._classifiers[wanted][1]

    def encoder_of(self, space: "Space") -> "Encoder":
        """The model that made a Space's vectors, as it was then.

        Raises ConflictError when the model has changed since, so that its vectors would not fit.
        """
        encoder = self.encoder(space.model)
        if encoder.key != space.key:
            with self._loading:
                self._encoders.pop(space.model, None)
            encoder = self.encoder(space.model)
        if encoder.key != space.key:
            raise ConflictError(
                f"the model of space {space.name!r} has changed since; run: lookscape embed {space.model}"
            )
        return encoder

    def index(self, space: "Space", metric: str | None = None) -> Index:
        """The index over a Space as it is now, brought up to date when the Space changed."""
        from lookscape.index.maintain import index_path, open_index

        chosen = parse_metric(metric or space.metric)
        backend = self.settings.backend
        with self._loading:
            known = self._indexes.get((space.name, chosen))
            if known is None or known.fingerprint != space.fingerprint:
                path = index_path(self.folder / "indexes", space=space.name, metric=chosen, backend=backend)
                known = self._indexes[space.name, chosen] = open_index(path, space, backend=backend, metric=chosen)
            return known

    def saved_calibration(self, space: "Space", metric: Metric) -> "Calibration | None":
        """What distances in a Space mean, as learned when it was last embedded; None if it never was."""
        from lookscape.index.calibration import Calibration

        path = self.calibration_path(space, metric)
        with self._loading:
            stamp = path.stat().st_mtime_ns if path.is_file() else 0
            if stamp and self._calibrations.get(path, (0, None))[0] != stamp:
                self._calibrations[path] = (stamp, Calibration.open(path))
            return self._calibrations[path][1] if stamp else None

    def calibration_path(self, space: "Space", metric: Metric) -> Path:
        """Where a Space's calibration under a metric is kept."""
        return self.folder / "indexes" / f"{space.name}.{metric.value}.calibration.json"

    def model_names(self) -> list[str]:
        """Models trained or fitted on this catalogue."""
        return _names(self.folder / "models", lambda path: path.is_dir())

    def index_names(self) -> list[str]:
        """Saved indexes."""
        return _names(self.folder / "indexes", lambda path: path.is_file() and path.suffix != ".json")

    def __getattr__(self, group: str) -> "ToolGroup":
        """Give a group of tools, such as `engine.search`."""
        if group.startswith("_") or group not in parts.names(TOOLS):
            raise AttributeError(f"Engine has no attribute or group of tools {group!r}")
        return ToolGroup(self, group)


class ToolGroup:
    """The tools of one group as methods. The first arguments are the tool's positional ones, the rest go by name."""

    def __init__(self, engine: Engine, group: str) -> None:
        self._engine, self._group = engine, group

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Give one tool, bound to the engine."""
        name = RENAMED.get(f"{self._group}/{name}", name).rpartition("/")[2]
        if name not in parts.names(f"{TOOLS}.{self._group}"):
            raise AttributeError(f"there is no tool {self._group}.{name}")
        bind: Callable[..., Any] = parts.load_module(f"{TOOLS}._tool").bind
        bound: Callable[..., Any] = bind(self._engine, self._group, name)
        return bound

    def __dir__(self) -> list[str]:
        """List the tools, for completion."""
        return list(parts.names(f"{TOOLS}.{self._group}"))


def parse_metric(name: str) -> Metric:
    """A metric by name. Raises UsageError with the names there are."""
    try:
        return Metric(name)
    except ValueError as error:
        raise UsageError(f"metric {name!r} is not one of {', '.join(Metric)}") from error


def _names(folder: Path, wanted: Callable[[Path], bool]) -> list[str]:
    return sorted(path.name for path in folder.glob("[!.]*") if wanted(path)) if folder.is_dir() else []
