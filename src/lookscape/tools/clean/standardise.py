"""Apply accepted findings: cut out, crop, turn, mirror and pad photos, and bring them to one size.

Only photos with accepted findings change, or all with `every`; those whose findings were undone get their original
picture back. The original is always kept, a photo keeps its id, and the whole run is one act that can be undone.
Running it again changes nothing; a stopped run resumes. Run `lookscape embed` afterwards: it recomputes what was made
from other pictures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from lookscape.catalogue.records import Photo, Picture
from lookscape.catalogue.standardising import SIZE, Recipe
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.labels.change import who
from lookscape.services.review.findings import LONGEST_NAME
from lookscape.services.review.standard import made, recipes
from lookscape.tools import _tool

SLOW = True

LEAST, MOST = 32, 512


class Params(_tool.Params):
    """How large, which photos."""

    size: int = Field(default=SIZE, ge=LEAST, le=MOST, description="side of the square, pixels")
    every: bool = Field(
        default=False, description="include photos without accepted findings, so that all have one size"
    )
    dry_run: bool = Field(default=False, description="change nothing, only count")
    by: str = Field(default="", max_length=LONGEST_NAME, description="who does it; default: the settings' user")


class Result(_tool.Result):
    """What was changed; with dry_run, what would be."""

    act: int | None = Field(description="the act, to undo; None when nothing was changed")
    changed: int = Field(description="photos that got a new picture")
    restored: int = Field(description="photos that got their original picture back")
    unchanged: int = Field(description="photos that needed no change")
    cut_out: int = Field(description="of those changed")
    cropped: int = Field(description="of those changed")
    turned: int = Field(description="of those changed")
    mirrored: int = Field(description="of those changed")
    failed: list[str] = Field(description="photos that could not be read, with the reason")


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What each photo's picture should be, and which photos have another."""

    recipes: Mapping[str, Recipe]
    unchanged: int
    restore: Sequence[Photo]
    make: Sequence[Photo]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Standardise. Raises UsageError without photos, ConflictError while another run is at it."""
    with engine.catalogue.exclusive("standardise"):
        plan = _plan(engine, params)
        act, failed = (None, []) if params.dry_run else _apply(engine, plan, who(engine, params.by), progress)
    fixes = [plan.recipes[photo.id].fix for photo in plan.make]
    return Result(
        act=act,
        changed=len(plan.make) - len(failed),
        restored=len(plan.restore),
        unchanged=plan.unchanged,
        cut_out=sum(bool(fix.cut_out) for fix in fixes),
        cropped=sum(fix.crop is not None for fix in fixes),
        turned=sum(fix.rotate != 0 for fix in fixes),
        mirrored=sum(fix.mirror for fix in fixes),
        failed=failed,
    )


def _plan(engine: Engine, params: Params) -> _Plan:
    """Compare the recipe that each photo should have with the one that it has."""
    photos = engine.catalogue.photos(engine.catalogue.photo_ids())
    if not photos:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    found = recipes(photos, engine.catalogue.accepted_findings(), size=params.size)
    plain = {one for one, recipe in found.items() if recipe.fix.is_empty and not params.every}
    restore = [photo for photo in photos if photo.id in plain and photo.recipe is not None]
    make = [photo for photo in photos if photo.id not in plain and photo.recipe != found[photo.id].text]
    return _Plan(recipes=found, unchanged=len(photos) - len(restore) - len(make), restore=restore, make=make)


def _apply(engine: Engine, plan: _Plan, by: str, progress: _tool.Progress) -> tuple[int | None, list[str]]:
    """Store pictures batch by batch, blobs before the rows that name them, all in one act."""
    catalogue, act_id = engine.catalogue, None
    failed: list[str] = []
    if plan.restore:
        pictures = [Picture(photo_id=one.id, blob=one.original or one.blob, recipe=None) for one in plan.restore]
        act_id = catalogue.alter_photos(pictures, by=by).id
    for batch in made(engine, plan.make, lambda photo: plan.recipes[photo.id], progress):
        failed += [item.reason for item in batch if item.reason]
        well = [item for item in batch if not item.reason]
        blobs = catalogue.blobs.put_many(item.data for item in well)
        pairs = zip(well, blobs, strict=True)
        pictures = [Picture(photo_id=item.photo.id, blob=blob, recipe=item.recipe.text) for item, blob in pairs]
        if pictures:
            act_id = catalogue.alter_photos(pictures, by=by, act_id=act_id).id
    return act_id, failed
