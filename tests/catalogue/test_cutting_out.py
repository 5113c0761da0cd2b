"""Products cut out of their photo: outlines as part of a fix, on white, recorded in the recipe."""

import json

import numpy as np
import pytest

from lookscape.catalogue.findings import CORNERS, Finding, Fix
from lookscape.catalogue.standardising import Recipe, cut_out, standardise
from lookscape.errors import UsageError
from lookscape.services.review.findings import effect

SQUARE = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
HOLE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))


def test_a_fix_is_read_as_it_was_written() -> None:
    fix = Fix(crop=(0.1, 0.1, 0.9, 0.9), cut_out=(SQUARE, HOLE))
    assert Fix.from_json(fix.to_json()) == fix
    assert not fix.is_empty
    assert "cut_out" not in Fix(mirror=True).to_json()


@pytest.mark.parametrize("outline", [SQUARE[:2], (*SQUARE, (1.2, 0.5)), (*SQUARE, (float("nan"), 0.5))])
def test_what_is_no_outline_is_refused(outline: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(UsageError, match="three corners or more, all within the photo"):
        Fix(cut_out=(outline,))


def test_endless_outlines_are_refused() -> None:
    with pytest.raises(UsageError, match="at most"):
        Fix(cut_out=(SQUARE * (CORNERS // 4 + 1),))


def test_white_outside_and_in_holes() -> None:
    photo = np.full((256, 256, 3), 40, np.uint8)
    done = cut_out(photo, [SQUARE, HOLE])
    assert (done[:60] == 255).all()
    assert (done[128, 70:98] == 40).all()
    assert (done[112:144, 112:144] == 255).all()
    share = (255 - done[..., 0].astype(float)).sum() / 215 / 256**2
    assert share == pytest.approx(0.5**2 - 0.2**2, rel=0.04)


def test_cutting_out_comes_first_so_turning_shows_white() -> None:
    photo = np.random.default_rng(0).integers(0, 120, (64, 64, 3), dtype=np.uint8)
    done = standardise(photo, Recipe(fix=Fix(cut_out=(SQUARE,), crop=(-0.2, -0.2, 1.2, 1.2), rotate=30), size=96))
    assert done.shape == (96, 96, 3)
    assert (done[0] == 255).all()
    assert (done[:, -1] == 255).all()
    assert done[48, 48].max() < 140


def test_the_recipe_says_it_and_older_recipes_stay_the_same() -> None:
    cut = Finding(photo_id="a", says="floor", confidence=0.9, fix=Fix(cut_out=(SQUARE,), crop=(0, 0, 0.5, 0.5)))
    turn = Finding(photo_id="a", says="turned", confidence=0.95, fix=Fix(rotate=3))
    recipe = Recipe.of([cut, turn], size=96)
    assert recipe.words == ["cut out", "cropped", "turned by 3.0° left", "96 x 96 pixels"]
    assert json.loads(recipe.text)["cut_out"] == [[list(corner) for corner in SQUARE]]
    assert set(json.loads(Recipe.of([turn], size=96).text)) == {"crop", "mirror", "remove", "rotate", "size", "version"}
    assert effect(recipe.fix) == "makes the background white, then crops, then turns by 3.0° to the left"
