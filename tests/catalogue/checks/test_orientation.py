"""The orientation check on rendered shoes, whose facing and turn are known."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from _listed import ListedPhotos, findings, verdicts

from lookscape.catalogue.checking import find_check
from lookscape.catalogue.checks._orientation.edges import Lines
from lookscape.catalogue.checks._orientation.habits import folds, learn, stand
from lookscape.catalogue.checks._orientation.learning import learn_facing
from lookscape.catalogue.checks._orientation.sight import Sight, features
from lookscape.catalogue.findings import Clear, Finding, Fix
from lookscape.catalogue.foreground import find_foreground, to_lab
from lookscape.catalogue.imaging import ImageU8
from lookscape.catalogue.rendering import Nuisance, product_at, render
from lookscape.catalogue.standardising import Recipe, standardise

NUM_SHOES, SIDE = 120, 112
NAMES = [f"{number:03}" for number in range(NUM_SHOES)]


@cache
def shoe(number: int, *, rotation: float = 0.0, facing: str = "right") -> ImageU8:
    """Turned counter-clockwise before it is mirrored; small enough to stay in the frame however it is turned."""
    nuisance = Nuisance(facing=facing, rotation=rotation, scale=0.75)
    return render(replace(product_at(number), nuisance=nuisance), size=SIDE)


def upright() -> dict[str, ImageU8]:
    return {name: shoe(int(name)) for name in NAMES}


def mirrored(photo: ImageU8) -> ImageU8:
    return np.ascontiguousarray(photo[:, ::-1])


def silhouette(photo: ImageU8) -> np.ndarray:
    return find_foreground(photo, to_lab(photo)).mask


def overlap(one: ImageU8, other: ImageU8) -> float:
    first, second = silhouette(one), silhouette(other)
    return float((first & second).sum() / (first | second).sum())


def silent(done: int, total: int, stage: str) -> None:
    pass


def test_what_is_seen_changes_its_sign_in_a_mirror() -> None:
    photo = shoe(3, rotation=10)
    seen, other = Sight.of(photo), Sight.of(mirrored(photo))
    for turned in (0.0, 17.0):
        one, two = features(seen.canvas, turned=turned), features(other.canvas, turned=-turned)
        assert np.linalg.norm(one + two) < 0.05 * np.linalg.norm(one)
    assert seen.drop == pytest.approx(-other.drop)


def test_what_is_seen_does_not_depend_on_place_and_size() -> None:
    photo = shoe(5)
    matrix = np.array([[0.7, 0, 20.0], [0, 0.7, 5.0]])
    other = cv2.warpAffine(photo, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA, borderValue=tuple(photo[0, 0].tolist()))
    one, two = features(Sight.of(photo).canvas), features(Sight.of(np.asarray(other, np.uint8)).canvas)
    assert np.corrcoef(one, two)[0, 1] > 0.9


def test_a_turn_is_undone_before_looking() -> None:
    straight, turned = Sight.of(shoe(7)), Sight.of(shoe(7, rotation=-25))
    back = np.corrcoef(features(straight.canvas), features(turned.canvas, turned=25))[0, 1]
    assert back > 0.9
    assert back > 0.2 + np.corrcoef(features(straight.canvas), features(turned.canvas))[0, 1]


def test_lines_tell_facing_and_turn_mostly() -> None:
    lines = [Lines.of(shoe(number, rotation=-12)) for number in range(40)]
    others = [Lines.of(mirrored(shoe(number))) for number in range(40)]
    assert np.mean([abs(own.turn - 12) < 3 for own in lines]) > 0.6
    assert np.mean([own.facing < 0 for own in others]) > 0.7
    assert Lines.of(np.full((64, 64, 3), 255, np.uint8)).facing == 0
    assert Lines.of(np.full((64, 64, 3), 255, np.uint8)).turn == 0


def test_those_that_stand_otherwise_are_found_and_put_right() -> None:
    photos = upright()
    changed = {"010": (0.0, "left"), "020": (0.0, "left"), "030": (15.0, "right"), "040": (-30.0, "right")}
    changed |= {"050": (12.0, "left"), "060": (-40.0, "left")}
    for name, (rotation, facing) in changed.items():
        photos[name] = shoe(int(name), rotation=rotation, facing=facing)
    found = findings("orientation", ListedPhotos(photos))
    assert found.keys() >= changed.keys()
    assert len(found) <= len(changed) + 3
    for name, (rotation, facing) in changed.items():
        fix = found[name].fix
        assert fix.mirror == (facing == "left")
        clockwise = rotation if facing == "left" else -rotation
        assert fix.rotate == pytest.approx(clockwise, abs=3)
        mended = standardise(photos[name], Recipe(fix=fix, size=photos[name].shape[0]))
        size = photos[name].shape[0]
        assert overlap(mended, standardise(shoe(int(name)), Recipe(fix=Fix(), size=size))) > 0.7
    assert "points left, most point the other way" in found["010"].says
    assert "turned by" in found["030"].says


def test_the_usual_way_is_that_of_the_catalogue() -> None:
    photos = {name: mirrored(photo) for name, photo in upright().items()}
    photos["015"] = shoe(15)
    found = findings("orientation", ListedPhotos(photos))
    assert found["015"].fix.mirror
    assert found["015"].detail["way"] == "right"
    assert len(found) <= 4


def test_without_a_usual_way_shoes_should_point_right() -> None:
    signs = np.random.default_rng(0).choice([-1, 1], NUM_SHOES)
    photos = {name: photo if sign > 0 else mirrored(photo) for (name, photo), sign in zip(upright().items(), signs)}  # noqa: B905
    found = findings("orientation", ListedPhotos(photos))
    told = np.array([name in found and found[name].fix.mirror for name in photos])
    assert (told == (signs < 0)).mean() > 0.9
    assert all(finding.detail["way"] == "left" for finding in found.values() if finding.fix.mirror)


def test_a_catalogue_that_is_turned_as_a_whole() -> None:
    angles = np.random.default_rng(1).uniform(-35, 35, NUM_SHOES)
    photos = ListedPhotos({name: shoe(int(name), rotation=-angle) for name, angle in zip(NAMES, angles, strict=True)})
    habits = learn(photos, progress=silent)
    assert habits is not None
    assert not habits.turn.upright
    fold_of = folds(photos, NAMES)
    turns = [stand(Sight.of(photos.read(name)), habits, fold=fold_of[name]).turn for name in NAMES]
    assert np.mean(np.abs(turns - angles) < 5) > 0.8


def test_what_looks_alike_either_way_is_left_alone() -> None:
    rng = np.random.default_rng(2)
    photos = {}
    for name in NAMES:
        photo = np.full((SIDE, SIDE, 3), 255, np.uint8)
        axes = tuple(int(v) for v in rng.integers(18, 45, 2))
        cv2.ellipse(photo, (SIDE // 2, SIDE // 2), axes, 0, 0, 360, rng.integers(0, 160, 3).tolist(), -1)
        photos[name] = np.clip(photo + rng.normal(0, 3, photo.shape), 0, 255).astype(np.uint8)
    assert len(findings("orientation", ListedPhotos(photos))) <= 2


def test_photos_of_one_product_are_judged_by_the_same_model() -> None:
    photos = ListedPhotos(dict.fromkeys(NAMES, shoe(0)), owners={name: f"P{int(name) // 3}" for name in NAMES})
    fold_of = folds(photos, NAMES)
    assert all(len({fold_of[name] for name in NAMES[at : at + 3]}) == 1 for at in range(0, NUM_SHOES, 3))
    assert set(fold_of.values()) == {0, 1}


def test_wrong_labels_do_not_mislead_what_is_learned() -> None:
    rng = np.random.default_rng(3)
    way = rng.normal(size=20)
    signs = np.where(rng.random(400) < 0.2, -1.0, 1.0)
    features_ND = (signs[:, None] * way + rng.normal(0, 1, (400, 20))).astype(np.float32)
    folds_N = np.arange(400) % 2
    facing = learn_facing(features_ND, hints_N=np.ones(400), folds_N=folds_N)
    scores = np.array([facing.score(row, fold=int(fold)) for row, fold in zip(features_ND, folds_N, strict=True)])
    assert facing.majority
    assert facing.share == pytest.approx((signs > 0).mean(), abs=0.02)
    assert (np.sign(scores) == signs).mean() > 0.98


def test_a_few_photos_are_judged_by_their_lines_and_less_surely() -> None:
    photos = {name: shoe(int(name)) for name in NAMES[:12]}
    photos["003"] = mirrored(photos["003"])
    judged = verdicts("orientation", ListedPhotos(photos))
    assert all(isinstance(own, Clear) or own.confidence < find_check("orientation").review_from for own in judged)
    assert next(own for own in judged if own.photo_id == "003").fix.mirror


def test_why_is_drawn_with_an_arrow_that_follows_the_facing() -> None:
    photo = shoe(4)
    check = find_check("orientation")

    def drawn(way: str) -> ImageU8:
        return check.picture(Finding(photo_id="4", says="points", confidence=1.0, detail={"way": way}), photo)

    assert drawn("left").shape == photo.shape
    assert (drawn("left") != drawn("right")).any()
