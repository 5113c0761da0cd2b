"""Copies are found however they were made, one of them stays, and another colourway of the same shape is left alone."""

import itertools
import sys
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.catalogue.checks._listed import ImageU8, ListedPhotos, findings, silent, verdicts

from lookscape.catalogue.checking import Check
from lookscape.catalogue.checks import duplicate
from lookscape.catalogue.checks._duplicate import candidates
from lookscape.catalogue.checks._duplicate.alignment import Sight, align
from lookscape.catalogue.checks._duplicate.comparison import compare
from lookscape.catalogue.checks._duplicate.verdict import Likeness
from lookscape.catalogue.findings import Clear, Finding, Fix
from lookscape.catalogue.rendering import Colour, Factors, RenderedProduct, product_at, render, with_factors

SIDE = 192
PAINTS = ("upper", "panel", "accent", "sole", "outsole", "lace", "tongue")


def product(number: int) -> RenderedProduct:
    return product_at(number, seed=11, nuisance="none")


def photo_of(item: RenderedProduct) -> ImageU8:
    return np.asarray(cv2.resize(render(item), (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="module")
def shop() -> dict[str, ImageU8]:
    return {f"photo {number}": photo_of(product(number)) for number in range(8)}


def resaved(photo: ImageU8) -> ImageU8:
    _, encoded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 45])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def resized(photo: ImageU8) -> ImageU8:
    side = round(0.6 * len(photo))
    return np.asarray(cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def cropped(photo: ImageU8) -> ImageU8:
    kept = round(0.85 * len(photo))
    return np.ascontiguousarray(photo[len(photo) - kept :, :kept])


def mirrored(photo: ImageU8) -> ImageU8:
    return np.ascontiguousarray(photo[:, ::-1])


def tinted(photo: ImageU8) -> ImageU8:
    return np.asarray(photo * 0.85 + np.array([250, 120, 60]) * 0.15, np.uint8)


ALTERATIONS: list[Callable[[ImageU8], ImageU8]] = [resaved, resized, cropped, mirrored, tinted]


@pytest.mark.parametrize("how", ALTERATIONS)
def test_a_copy_is_found_and_the_photo_stays(shop: dict[str, ImageU8], how: Callable[[ImageU8], ImageU8]) -> None:
    photos = {**shop, **{f"copy {number}": how(shop[f"photo {number}"]) for number in range(0, 8, 2)}}
    found = findings("duplicate", ListedPhotos(photos))
    assert {name: finding.other_id for name, finding in found.items()} == {
        f"copy {number}": f"photo {number}" for number in range(0, 8, 2)
    }
    assert all(finding.fix == Fix(remove=True) for finding in found.values())


@pytest.mark.parametrize("how", list(itertools.combinations([resized, cropped, mirrored, tinted], 2)))
def test_two_alterations_at_once(
    shop: dict[str, ImageU8], how: tuple[Callable[[ImageU8], ImageU8], Callable[[ImageU8], ImageU8]]
) -> None:
    sights = [(Sight(photo), Sight(resaved(how[1](how[0](photo))))) for photo in list(shop.values())[:3]]
    found = findings(
        "duplicate",
        ListedPhotos({**shop, **{f"copy {number}": pair[1].photo for number, pair in enumerate(sights)}}),
    )
    assert {finding.other_id for finding in found.values()} == {f"photo {number}" for number in range(3)}


@pytest.mark.parametrize(
    ("how", "word"), [(resaved, "re-saved"), (resized, "smaller"), (cropped, "cropped"), (mirrored, "mirrored")]
)
def test_it_says_what_was_done(shop: dict[str, ImageU8], how: Callable[[ImageU8], ImageU8], word: str) -> None:
    found = findings("duplicate", ListedPhotos({**shop, "copy": how(shop["photo 1"])}))
    assert word in found["copy"].says
    others = {"re-saved", "smaller", "cropped", "mirrored", "tinted"} - {word}
    assert not any(other in found["copy"].says for other in others)


def test_a_tint_is_named_and_measured(shop: dict[str, ImageU8]) -> None:
    finding = findings("duplicate", ListedPhotos({**shop, "copy": tinted(shop["photo 2"])}))["copy"]
    assert "tinted" in finding.says
    np.testing.assert_allclose(finding.detail["gain"], [0.85] * 3, atol=0.03)
    np.testing.assert_allclose(finding.detail["offset"], [37.5, 18, 9], atol=5)


def repainted(item: RenderedProduct, *, seed: int, parts: int) -> RenderedProduct:
    """The same shape and the same photo, with some parts in other colours."""
    rng = np.random.default_rng(seed)
    donors = [product(int(number)).factors for number in rng.integers(100, 200, 40)]
    changes: dict[str, Colour] = {}
    for part in rng.permutation(PAINTS[:4])[:parts]:
        changes[str(part)] = next(
            getattr(donor, part) for donor in donors if _apart(getattr(donor, part), getattr(item.factors, part)) > 60
        )
    return with_factors(item, **changes)


def _apart(one: Colour, other: Colour) -> float:
    levels = [np.array([int(colour.hex[at : at + 2], 16) for at in (1, 3, 5)]) for colour in (one, other)]
    return float(np.abs(levels[0] - levels[1]).max())


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_another_colourway_is_no_copy(parts: int) -> None:
    called = 0
    for number in range(12):
        item = product(number)
        photos = {"one": photo_of(item), "other": photo_of(repainted(item, seed=number, parts=parts))}
        called += len(findings("duplicate", ListedPhotos(photos)))
    assert called == 0


def test_photographed_again_is_no_copy() -> None:
    item = product(3)
    turned = replace(item, nuisance=replace(item.nuisance, rotation=6.0, light_angle=30.0))
    assert not findings("duplicate", ListedPhotos({"one": photo_of(item), "again": photo_of(turned)}))


def test_copies_of_copies_are_one_group_of_which_the_largest_stays(shop: dict[str, ImageU8]) -> None:
    photo = shop["photo 4"]
    copies = {"small": resized(photo), "first": cropped(photo), "whole": photo, "mirror": mirrored(resized(photo))}
    found = findings("duplicate", ListedPhotos({**copies, **{name: shop[name] for name in ("photo 1", "photo 2")}}))
    assert {name: finding.other_id for name, finding in found.items()} == dict.fromkeys(
        ("small", "first", "mirror"), "whole"
    )


def test_the_largest_file_stays_though_all_are_seen_at_one_size(shop: dict[str, ImageU8]) -> None:
    pair = {"one": shop["photo 5"], "two": mirrored(shop["photo 5"])}
    found = findings("duplicate", ListedPhotos(pair, sizes={"one": (600, 600), "two": (1000, 1000)}))
    assert {name: finding.other_id for name, finding in found.items()} == {"one": "two"}
    assert "smaller" in found["one"].says


def test_what_does_not_match_the_one_that_stays_is_no_copy(
    shop: dict[str, ImageU8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alike two by two is not one photo: the first and the last of a chain both stay."""
    levels = {"first": 1, "middle": 2, "last": 3}
    photos = {name: np.full((40, 40, 3), level, np.uint8) for name, level in levels.items()}

    def look_at(one: Sight, other: Sight) -> Likeness | None:
        apart = abs(int(one.photo[0, 0, 0]) - int(other.photo[0, 0, 0]))
        return Likeness(confidence=0.9, says="a copy", detail={}) if apart < 2 else None

    monkeypatch.setattr(duplicate, "look_at", look_at)
    found = findings("duplicate", ListedPhotos(photos))
    assert {name: finding.other_id for name, finding in found.items()} == {"middle": "first"}


def test_of_equal_ones_the_better_described_stays_then_the_first(shop: dict[str, ImageU8]) -> None:
    pair = {"one": shop["photo 5"], "two": mirrored(shop["photo 5"])}
    assert list(findings("duplicate", ListedPhotos(pair))) == ["two"]
    known = {"shoe": {"brand": "Acme"}}
    assert list(findings("duplicate", ListedPhotos(pair, owners={"two": "shoe"}, known=known))) == ["one"]


def test_verdicts_do_not_depend_on_what_is_due(shop: dict[str, ImageU8]) -> None:
    photos = {**shop, **{f"copy {number}": cropped(shop[f"photo {number}"]) for number in range(4)}}
    every = verdicts("duplicate", ListedPhotos(photos))
    for start in (0, 5, 9):
        due = list(photos)[start:]
        assert verdicts("duplicate", ListedPhotos(photos, due=due)) == every[start:]


def test_the_picture_marks_what_differs(shop: dict[str, ImageU8]) -> None:
    photo = shop["photo 6"]
    altered = mirrored(tinted(photo))
    altered[90:110, 80:100] = 0, 200, 0
    finding = Finding(photo_id="copy", says="a copy", confidence=0.9, other_id="photo 6")
    drawn = Check("duplicate").picture(finding, altered, photo)
    height, width = drawn.shape[0], drawn.shape[1] // 3
    heat = drawn[:, 2 * width :, 0].astype(int) - drawn[:, 2 * width :, 2]
    assert height > 50
    assert (heat > 100).sum() > 50
    assert (heat > 100).mean() < 0.1


def test_blank_photos_are_not_copies_of_each_other_by_force() -> None:
    blank = {str(level): np.full((64, 64, 3), level, np.uint8) for level in (0, 128, 255)}
    assert all(isinstance(verdict, Clear) for verdict in verdicts("duplicate", ListedPhotos(blank)))


def test_what_a_square_was_padded_with_does_not_matter(shop: dict[str, ImageU8]) -> None:
    """A wide photo without a plain ground, padded in another colour each time."""
    rng = np.random.default_rng(5)
    scene = cv2.GaussianBlur(rng.integers(0, 256, (SIDE, SIDE, 3)).astype(np.float32), (0, 0), 6)
    scene = np.clip((scene - 128) * 6 + 128, 0, 255) * 0.5 + shop["photo 1"] * 0.5
    wide = scene[40:150].astype(np.uint8)
    padded = []
    for colour, photo in (((230, 180, 160), wide), ((60, 20, 10), wide[5:100, 10:170])):
        canvas = np.full((len(photo[0]), len(photo[0]), 3), colour, np.uint8)
        canvas[10 : 10 + len(photo)] = photo
        padded.append(canvas)
    found = align(*(Sight(canvas) for canvas in padded))
    assert found is not None
    np.testing.assert_allclose(found.matrix @ np.array([90, 60, 1]), [80, 55], atol=0.7)


@pytest.mark.parametrize("scale", [0.7, 0.85, 1.0])
def test_alignment_finds_the_place(shop: dict[str, ImageU8], scale: float) -> None:
    photo = shop["photo 7"]
    kept = round(SIDE * scale)
    cut = photo[20 : 20 + kept] if scale < 1 else photo
    cut = np.ascontiguousarray(cut[:, :kept])
    found = align(Sight(cut), Sight(photo))
    assert found is not None
    assert not found.mirrored
    corner = found.matrix @ np.array([kept / 2, kept / 2, 1])
    np.testing.assert_allclose(corner, [kept / 2, kept / 2 + (20 if scale < 1 else 0)], atol=0.7)
    assert found.skew < 0.03


def test_comparing_a_photo_with_itself_leaves_nothing(shop: dict[str, ImageU8]) -> None:
    sight = Sight(shop["photo 3"])
    found = align(sight, sight)
    assert found is not None
    seen = compare(sight, sight, found)
    assert seen.detail > 0.99
    assert seen.patch < 1
    assert seen.unfounded < 1
    assert seen.overlap > 0.98


def test_candidates_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((700, 16)).astype(np.float32)
    codes[350:] = codes[:350] + 0.5 * rng.standard_normal((350, 16))
    codes /= np.linalg.norm(codes, axis=1, keepdims=True)
    half = codes.astype(np.float16)
    found = {tuple(pair) for pair in candidates.near_pairs(half, bar=0.6, progress=silent).tolist()}
    cosines = half.astype(np.float32) @ half.astype(np.float32).T
    np.fill_diagonal(cosines, -1)
    expected = set()
    for row, near in enumerate(cosines):
        best = np.argsort(-near, kind="stable")[: candidates.NEAREST]
        expected |= {(min(row, at), max(row, at)) for at in best.tolist() if near[at] > 0.6}
    assert found == expected


def test_what_is_held_for_a_photo_is_small() -> None:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((60, 96)).astype(np.float32)
    forgetting = candidates.learn(features, features + 0.1)
    asked: list[int] = []

    def give(ids: list[str]) -> NDArray[np.float32]:
        asked.append(len(ids))
        return np.zeros((len(ids), 96), np.float32)

    codes = candidates.encode(forgetting, ["id"] * 9000, give, progress=silent)
    assert max(asked) <= candidates.BLOCK
    assert sys.getsizeof(codes) < 9000 * 2 * candidates.COMPONENTS + 1000


def test_factors_are_what_is_repainted() -> None:
    """The colourways of these tests differ in paint alone."""
    item = product(1)
    other = repainted(item, seed=1, parts=2)
    shape = {name: getattr(item.factors, name) for name in Factors.__dataclass_fields__ if name not in PAINTS}
    assert shape == {name: getattr(other.factors, name) for name in shape}
