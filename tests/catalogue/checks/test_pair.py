"""The pair check: pieces side by side on drawn photos, overlapping ones by what was learned."""

import cv2
import numpy as np
import pytest
from _listed import ListedPhotos, findings

from lookscape.catalogue.checking import find_check
from lookscape.catalogue.checks._pair.learning import Pairs, compose, folds
from lookscape.catalogue.checks._pair.pieces import Pieces
from lookscape.catalogue.imaging import ImageU8

SIDE = 160


def ovals(*places: tuple[float, float, float, float]) -> ImageU8:
    """Dark ovals on white: middle across and down, width and height, in shares."""
    photo = np.full((SIDE, SIDE, 3), 255, np.uint8)
    for across, down, wide, high in places:
        centre, axes = (round(across * SIDE), round(down * SIDE)), (round(wide * SIDE / 2), round(high * SIDE / 2))
        cv2.ellipse(photo, centre, axes, 0, 0, 360, (40, 60, 90), -1)
    return photo


def widest(image: ImageU8) -> np.ndarray:
    """Stands in for the network: how many ovals there are, told from how long their outline is for what it bounds."""
    outlines, _ = cv2.findContours(
        (image.mean(axis=2) < 150).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    found = np.zeros(65, np.float32)
    found[0] = 1
    if outlines:
        hull = cv2.contourArea(cv2.convexHull(np.vstack(outlines)))
        found[1] = 4 * (1 - sum(map(cv2.contourArea, outlines)) / max(hull, 1))
        found[2] = len(outlines) - 1
    return found


def test_two_alike_side_by_side_are_a_pair() -> None:
    pair = Pieces.of(ovals((0.3, 0.5, 0.3, 0.7), (0.72, 0.5, 0.3, 0.7)))
    assert pair.sure > 0.9
    assert len(pair.boxes) == 2
    assert pair.boxes[0][2] - pair.boxes[0][0] == pytest.approx(0.3, abs=0.03)
    above = Pieces.of(ovals((0.5, 0.25, 0.8, 0.3), (0.5, 0.72, 0.75, 0.3)))
    assert above.sure > 0.9


@pytest.mark.parametrize(
    "photo",
    [
        ovals((0.5, 0.5, 0.8, 0.4)),
        ovals((0.5, 0.6, 0.8, 0.4), (0.2, 0.15, 0.15, 0.1)),
        ovals((0.5, 0.7, 0.9, 0.3), (0.5, 0.2, 0.15, 0.6)),
        np.full((SIDE, SIDE, 3), 255, np.uint8),
    ],
    ids=["one", "and a tag", "and something long", "nothing"],
)
def test_one_product_is_no_pair(photo: ImageU8) -> None:
    assert Pieces.of(photo).sure < 0.2


def test_pieces_are_told_in_a_small_catalogue_without_learning() -> None:
    photos = {str(number): ovals((0.5, 0.5, 0.8, 0.3 + 0.01 * number)) for number in range(8)}
    photos["pair"] = ovals((0.3, 0.5, 0.3, 0.7), (0.72, 0.5, 0.3, 0.7))
    photos["three"] = ovals(*((0.18 + 0.32 * n, 0.5, 0.25, 0.6) for n in range(3)))
    found = findings("pair", ListedPhotos(photos))
    assert found.keys() == {"pair", "three"}
    assert found["pair"].says == "2 products side by side"
    assert found["three"].says == "3 products side by side"
    drawn = find_check("pair").picture(found["pair"], photos["pair"])
    assert (drawn == (20, 90, 220)).all(axis=2).any()
    assert (drawn == (230, 110, 0)).all(axis=2).any()


def test_where_pairs_are_usual_nothing_is_told() -> None:
    photos = {str(number): ovals((0.3, 0.5, 0.3, 0.5 + 0.01 * number), (0.72, 0.5, 0.3, 0.7)) for number in range(12)}
    assert findings("pair", ListedPhotos(photos)) == {}


def test_a_composed_pair_shows_twice_the_product_and_a_single_one_once() -> None:
    photo = ovals((0.5, 0.5, 0.6, 0.3))
    rng = np.random.default_rng(0)
    for _ in range(10):
        single, pair = compose(photo, rng, copies=1), compose(photo, rng, copies=2)
        assert single is not None
        assert pair is not None
        assert single.shape == pair.shape == (224, 224, 3)
        assert (pair[[0, -1]] > 200).mean() > 0.8
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert compose(noise, rng, copies=2) is None


def test_one_behind_the_other_is_learned_from_the_catalogues_own_products() -> None:
    rng = np.random.default_rng(7)
    photos = {f"{number:03}": ovals((0.5, 0.5, *rng.uniform((0.5, 0.25), (0.8, 0.4)))) for number in range(130)}
    listed = ListedPhotos(photos, features=widest)
    pairs = Pairs.learn(listed)
    assert pairs is not None
    unseen = [ovals((0.5, 0.5, *rng.uniform((0.5, 0.25), (0.8, 0.4)))) for _ in range(60)]
    sure = {}
    for copies in (1, 2):
        made = [compose(photo, rng, copies=copies) for photo in unseen]
        sure[copies] = pairs.confidences(np.stack([widest(one) for one in made if one is not None]), [0] * len(made))
    assert np.mean(sure[2][:, None] > sure[1][None, :]) > 0.75
    assert np.mean(sure[1] >= 0.5) < 0.2
    assert set(folds(listed, listed.ids).values()) == {0, 1}
    assert pairs.confidences(np.full((1, 65), np.nan, np.float32), [0]).tolist() == [0.0]
