"""The models of a board: those trained on the catalogue, and PCA, which is fitted at once where it was not trained."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.representation.specs import TRAINED, TRAINED_MARK, trained_names
from lookscape.services.board.photos import HeldOut

if TYPE_CHECKING:
    from lookscape.representation.latents.codec import Codec

PCA = "pca"
SAMPLE = 4096
"""Photos that PCA is fitted to: as many as training shows it."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A model to judge. `open` gives the Codec; `folder` is None for one that was never trained here."""

    name: str
    kind: str
    recipe: str
    key: str
    side: int
    dim: int
    open: Callable[[], "Codec"]
    folder: Path | None


def trained(engine: Engine, wanted: Sequence[str]) -> list[Candidate]:
    """All trained models, or those named (`NAME` or `trained:NAME`). Raises UnknownNameError."""
    models = engine.folder / "models"
    there = trained_names(models)
    names = [name.removeprefix(f"{TRAINED}:") for name in wanted] or there
    if unknown := [name for name in names if name not in {*there, PCA}]:
        raise UnknownNameError("trained model", unknown[0], there)
    return [_trained(engine, name) for name in dict.fromkeys(names) if name in there]


def with_pca(candidates: Sequence[Candidate], photos: HeldOut) -> list[Candidate]:
    """The candidates and PCA, with as many latents as the largest of them has."""
    if any(candidate.kind == PCA for candidate in candidates):
        return list(candidates)
    config = {"side": photos.side, "dim": max((candidate.dim for candidate in candidates), default=64)}
    rng = np.random.default_rng(0)
    chosen = sorted(rng.permutation(np.array(photos.train_ids))[:SAMPLE].tolist())
    key = hashlib.sha256(json.dumps([PCA, config, chosen]).encode()).hexdigest()[:16]
    name = PCA if all(candidate.name != PCA for candidate in candidates) else "pca-baseline"
    fitted: list[Codec] = []

    def fit() -> "Codec":
        if not fitted:
            fitted.append(_fit_pca(photos, config, chosen, name=name, key=key))
        return fitted[0]

    fresh = Candidate(
        name=name, kind=PCA, recipe=PCA, key=key, side=photos.side, dim=config["dim"], open=fit, folder=None
    )
    return [*candidates, fresh]


def siblings(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Models trained by one recipe in the same way from other seeds, two or more together."""
    found: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        recipe = _recipe(candidate)
        if recipe and candidate.kind != PCA:
            seed = recipe.pop("seed", 0)
            alike = found.setdefault(json.dumps(recipe, sort_keys=True, default=str), [])
            if all(_recipe(other).get("seed", 0) != seed for other in alike):
                alike.append(candidate)
    return [alike for alike in found.values() if len(alike) > 1]


def _trained(engine: Engine, name: str) -> Candidate:
    codec = engine.codec(name)
    return Candidate(
        name=name,
        kind=codec.kind,
        recipe=codec.recipe,
        key=codec.key,
        side=codec.side,
        dim=codec.dim,
        open=lambda: engine.codec(name),
        folder=engine.folder / "models" / name,
    )


def _recipe(candidate: Candidate) -> dict[str, Any]:
    if candidate.folder is None:
        return {}
    return dict(json.loads((candidate.folder / TRAINED_MARK).read_bytes()).get("recipe", {}))


def _fit_pca(photos: HeldOut, config: dict[str, int], chosen: Sequence[str], *, name: str, key: str) -> "Codec":
    from lookscape.representation.latents.codec import Codec
    from lookscape.representation.training.at_once import fit_at_once

    model = fit_at_once(PCA, config, photos.at(photos.side, chosen))
    return Codec(model, name=name, kind=PCA, recipe=PCA, key=key)
