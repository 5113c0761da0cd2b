"""Compare all trained models, and PCA, on photos none of them has seen.

How faithfully photos are reconstructed, how real invented products look, how even blends are, whether numbers represent
single factors, and whether altered photos are found again: every figure with its 95 % interval, and a recommendation in
words. Existing results are not measured again, and an interrupted run resumes.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.board.figures import (
    Agreement,
    Disentanglement,
    FactorsFound,
    Interpolation,
    LatentSpace,
    Reconstruction,
    Samples,
    Search,
)
from lookscape.services.board.words import Advice
from lookscape.services.figures import Figure
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.services.board.run import Board, Tables

SLOW = True


class Params(_tool.Params):
    """Which models, on how many photos."""

    models: tuple[str, ...] = Field(default=(), description="trained models to compare, by name; default: all")
    photos: int = Field(default=400, ge=20, le=5000, description="test photos that are decoded and compared, at most")
    pairs: int = Field(default=50, ge=5, le=1000, description="pairs of products that are blended")
    side: int | None = Field(
        default=None,
        ge=32,
        le=256,
        multiple_of=16,
        description="pixels at which photos are compared; the smallest model's",
    )
    factors: tuple[str, ...] = Field(
        default=(), description="attributes that are true factors; default: a drawn catalogue's own"
    )
    seed: int = Field(default=0, ge=0, description="which photos, pairs and samples")


class Model(_tool.Result):
    """A model on the board; `fitted_here` says that it is the baseline, fitted for this comparison."""

    model: str
    kind: str
    recipe: str
    side: int = Field(description="side of its photos, pixels")
    dim: int = Field(description="how many numbers represent a photo")
    fitted_here: bool


class Result(_tool.Result):
    """Every model side by side. A figure is * where it is the best and = where it ties with the best."""

    made_at: datetime
    seed: int
    side: int = Field(description="pixels at which photos are compared")
    photos: int = Field(description="test photos that were decoded and compared")
    held_out: int = Field(description="test photos in all; latents are those of all of them")
    groups: int = Field(description="products, or groups of near-identical photos, in them")
    features: str = Field(description="what Fréchet distances are measured in")
    stages: str = Field(description="what perceptual distances are measured in")
    real_photos: Figure | None = Field(description="Fréchet distance of as many other real photos: the best possible")
    true_factors: list[str] = Field(description="what disentanglement is measured against")
    models: list[Model]
    reconstruction: list[Reconstruction]
    samples: list[Samples]
    interpolation: list[Interpolation]
    disentanglement: list[Disentanglement]
    factors_found: list[FactorsFound]
    agreement: list[Agreement]
    search: list[Search]
    latents: list[LatentSpace]
    advice: list[Advice]
    recommendation: str = Field(description="the advice in one text")
    notes: str = Field(description="what was not measured, and why")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Judge what is new, put it beside what is known, and keep the board for the studio's page."""
    from lookscape.services.board.cache import write_latest
    from lookscape.services.board.photos import Choice
    from lookscape.services.board.run import prepare_board

    choice = Choice(photos=params.photos, pairs=params.pairs, seed=params.seed)
    board = prepare_board(
        engine, choice, models=params.models, side=params.side, factors=params.factors, progress=progress
    )
    result = _result(board, board.judge(progress))
    write_latest(engine.folder, result.model_dump_json().encode())
    return result


def _result(board: "Board", tables: "Tables") -> Result:
    advice = board.advice(tables)
    photos = board.photos
    return Result(
        made_at=datetime.now(UTC),
        seed=photos.choice.seed,
        side=photos.side,
        photos=photos.num_seen,
        held_out=len(photos.ids),
        groups=len(set(photos.groups.tolist())),
        features=board.reference.pooled.name,
        stages=board.reference.stages.name,
        real_photos=board.real_photos(),
        true_factors=list(board.factors),
        models=[
            Model(
                model=one.name,
                kind=one.kind,
                recipe=one.recipe,
                side=one.side,
                dim=one.dim,
                fitted_here=one.folder is None,
            )
            for one in board.candidates
        ],
        **tables,
        advice=advice,
        recommendation="\n".join(f"{one.topic.value}: {one.says}" for one in advice),
        notes=" ".join(board.notes(tables)),
    )
