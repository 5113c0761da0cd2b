"""Pixels: every factor shows, every size agrees, and the nuisances do what they say."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from lookscape.catalogue.rendering import Nuisance, jpeg, product_at, products, render, with_factors
from lookscape.catalogue.rendering.brands import BRANDS
from lookscape.catalogue.rendering.factors import Colour, Construction, Material, Pattern, SoleShape

MAGENTA = Colour(name="Magenta", hex="#ff00c8")


@pytest.fixture(scope="module")
def shoe():
    """A laced low top in the canonical pose, with a print so that its period shows."""
    plain = next(p for p in products(300, nuisance="none") if p.factors.construction is Construction.COURT)
    return with_factors(
        plain, pattern=Pattern.STRIPES, material=Material.LEATHER, sole_shape=SoleShape.CUPSOLE, silhouette="low"
    )


def seen(product, size=96):
    return render(product, size=size).astype(np.float64)


def silhouette(picture):
    """Where something stands before the white paper, the soft shadow left out."""
    return picture.min(axis=2) < 150


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("brand", "Astrelle"),
        ("construction", Construction.RUNNER),
        ("collar_height", 0.47),
        ("toe_roundness", 1.0),
        ("toe_height", 0.15),
        ("heel_height", 0.06),
        ("heel_flare", 0.035),
        ("sole_shape", SoleShape.WEDGE),
        ("sole_thickness", 0.13),
        ("material", Material.SUEDE),
        ("pattern", Pattern.DOTS),
        ("pattern_scale", 1.4),
    ],
)
def test_every_shape_factor_changes_the_picture(shoe, name, value):
    base = replace(shoe, factors=replace(shoe.factors, toe_roundness=0.4, heel_height=0.0, heel_flare=0.0))
    change = np.abs(seen(base) - seen(with_factors(base, **{name: value}))).max(axis=2)
    assert (change > 10).sum() > 15


@pytest.mark.parametrize("role", ["upper", "panel", "accent", "sole", "outsole", "lace", "tongue"])
def test_a_colour_factor_colours_its_region(shoe, role):
    grey = Colour(name="Grey", hex="#808080")
    roles = ("upper", "panel", "accent", "sole", "outsole", "lace", "tongue")
    base = with_factors(shoe, pattern=Pattern.PLAIN, **dict.fromkeys(roles, grey))
    before, after = seen(base), seen(with_factors(base, **{role: MAGENTA}))
    changed = np.abs(after - before).max(axis=2) > 60
    assert 20 < changed.sum() < 0.5 * changed.size
    was, now = before[changed].mean(axis=0), after[changed].mean(axis=0)
    assert np.ptp(was) < 6
    assert now[0] > was[0] + 25
    assert now[1] < was[1] - 25
    assert now[2] > was[2] + 10


@pytest.mark.parametrize("pattern", list(Pattern)[1:])
@pytest.mark.parametrize("other", list(Pattern))
def test_patterns_look_different(shoe, pattern, other):
    if pattern is other:
        return
    pair = [
        with_factors(shoe, pattern=p, upper=MAGENTA, panel=Colour(name="", hex="#101010")) for p in (pattern, other)
    ]
    assert np.abs(seen(pair[0]) - seen(pair[1])).mean() > 0.8


@pytest.mark.parametrize("material", list(Material))
@pytest.mark.parametrize("other", list(Material))
def test_materials_look_different(shoe, material, other):
    if material is other:
        return
    pair = [with_factors(shoe, material=m, pattern=Pattern.PLAIN) for m in (material, other)]
    assert (np.abs(seen(pair[0], 128) - seen(pair[1], 128)).max(axis=2) > 3).sum() > 300


def test_brands_differ_by_their_marks_alone(shoe):
    base = with_factors(shoe, pattern=Pattern.PLAIN, upper=Colour(name="", hex="#ffffff"), accent=MAGENTA)
    views = {brand: seen(with_factors(base, brand=brand)) for brand in BRANDS}
    for brand, view in views.items():
        for other, against in views.items():
            differ = np.abs(view - against).max(axis=2) > 40
            assert bool(differ.sum() > 25) is (brand != other)
            assert not differ[:, :18].any()
            assert not differ[:, 70:].any()


def test_every_size_shows_the_same_shoe():
    chosen = [product_at(index, nuisance="none") for index in range(0, 40, 5)]
    small = np.stack([seen(product, 128) for product in chosen])
    large = np.stack([cv2.resize(seen(product, 512), (128, 128), interpolation=cv2.INTER_AREA) for product in chosen])
    distance = np.abs(small[:, None] - large[None]).mean(axis=(2, 3, 4))
    # What remains is the width of the anti-aliased edges, a quarter of a pixel at 128 px.
    assert np.diag(distance).max() < 3.0
    assert (distance.argmin(axis=1) == np.arange(len(chosen))).all()
    for one, other in zip(small, large, strict=True):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.985


@pytest.mark.parametrize("size", [16, 33, 100, 700])
def test_any_size_can_be_asked_for(shoe, size):
    picture = render(shoe, size=size)
    assert (picture.shape, picture.dtype) == ((size, size, 3), np.uint8)
    assert picture[0, 0].tolist() == [255, 255, 255]
    share = silhouette(picture.astype(float)).mean()
    assert share == pytest.approx(silhouette(seen(shoe, 256)).mean(), abs=0.05)


def test_the_shaft_rises_with_the_silhouette(shoe):
    black = with_factors(shoe, **dict.fromkeys(("upper", "panel", "accent", "lace", "tongue"), Colour("", "#101010")))
    heights = []
    for kind in ("low", "mid", "high", "boot"):
        rows = np.flatnonzero(silhouette(seen(with_factors(black, silhouette=kind), 128)).any(axis=1))
        heights.append(int(rows[-1] - rows[0]))
    assert np.diff(heights).min() > 5


def test_facing_left_is_the_mirror_image():
    for product in products(3):
        right = replace(product, nuisance=replace(product.nuisance, facing="right"))
        left = replace(product, nuisance=replace(product.nuisance, facing="left"))
        np.testing.assert_array_equal(render(left, size=64), render(right, size=64)[:, ::-1])


def test_a_right_facing_shoe_has_its_low_toe_on_the_right(shoe):
    mask = silhouette(seen(with_factors(shoe, upper=Colour("", "#101010"), panel=Colour("", "#101010")), 128))
    tops = [np.flatnonzero(mask[:, slice(*columns)].any(axis=1))[0] for columns in ((8, 24), (104, 120))]
    assert tops[0] + 8 < tops[1]


def test_rotation_turns_and_scale_shrinks_about_the_centre(shoe):
    dark = with_factors(shoe, **dict.fromkeys(("upper", "panel", "sole", "outsole"), Colour("", "#101010")))
    still = silhouette(seen(dark, 192))
    for view, angle, scale in ((Nuisance(rotation=10.0), 10.0, 1.0), (Nuisance(scale=0.7), 0.0, 0.7)):
        moved = silhouette(seen(replace(dark, nuisance=view), 192))
        matrix = cv2.getRotationMatrix2D((95.5, 95.5), angle, scale)
        expected = cv2.warpAffine(still.astype(np.uint8), matrix, (192, 192)) > 0
        assert (moved & expected).sum() / (moved | expected).sum() > 0.93


def test_light_warmth_and_backdrop(shoe):
    plain = seen(shoe)
    dim = seen(replace(shoe, nuisance=Nuisance(light=0.8)))
    assert dim.mean() < plain.mean() - 2
    warm = seen(replace(shoe, nuisance=Nuisance(warmth=1.0)))
    mask = silhouette(plain)
    assert (warm - plain)[mask][:, 0].mean() > (warm - plain)[mask][:, 2].mean() + 2
    tinted = render(replace(shoe, nuisance=Nuisance(backdrop="tint", background="#80a0c0")), size=64)
    assert tinted[0, 0].tolist() == [0x80, 0xA0, 0xC0]


def test_wild_photos_never_stand_on_white():
    for product in products(12, nuisance="wild"):
        corners = render(product, size=48)[[0, 0, -1, -1], [0, -1, 0, -1]]
        assert corners.min() < 250


def test_a_jpeg_is_the_picture_at_its_own_quality(shoe):
    fine, coarse = (jpeg(replace(shoe, nuisance=Nuisance(quality=q)), size=128) for q in (95, 30))
    assert len(coarse) < 0.6 * len(fine)
    with Image.open(io.BytesIO(fine)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (128, 128), "RGB")
        decoded = np.asarray(image, np.float64)
    assert np.abs(decoded - seen(shoe, 128)).mean() < 2.5
