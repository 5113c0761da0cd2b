"""The report's arithmetic beside a second way of computing each figure."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from sklearn.decomposition import PCA
from sklearn.metrics import mutual_info_score

from lookscape.catalogue.foreground import find_foreground, to_lab
from lookscape.catalogue.records import Photo
from lookscape.representation.latents.drawings import sheet
from lookscape.services.survey import cache, colours, eigen, labels, pictures
from lookscape.services.survey import sizes as survey_sizes
from lookscape.services.survey.groups import NOT_KNOWN, grouped

CHANNELS = {"rgb": range(3), "lab": range(3, 6)}


@pytest.fixture(scope="module")
def photos() -> np.ndarray:
    """40 squares of 24 pixels: a coloured block on white, each its own."""
    rng = np.random.default_rng(0)
    made = np.full((40, 24, 24, 3), 255, np.uint8)
    for photo in made:
        top, left = rng.integers(3, 8, 2)
        photo[top : top + 12, left : left + 12] = rng.integers(0, 200, 3) + rng.integers(0, 40, (12, 12, 3))
    return made


@pytest.fixture(scope="module")
def counts(photos: np.ndarray) -> np.ndarray:
    return np.stack([colours.counts(photo, background=False) for photo in photos])


def lab_of(pixels_P3: np.ndarray) -> np.ndarray:
    """CIELAB by its definition: IEC 61966-2-1 for sRGB, CIE 15 for L*a*b*, white point D65."""
    value = pixels_P3 / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]])
    xyz = linear @ to_xyz.T / np.array([0.950456, 1, 1.088754])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize("background", [False, True])
def test_colours_are_counted_as_their_definitions_say(photos: np.ndarray, *, background: bool) -> None:
    for photo in photos[:8]:
        mask = np.ones(photo.shape[:2], bool) if background else find_foreground(photo, to_lab(photo)).mask
        assert background or 100 < mask.sum() < 200
        found_L = colours.shares(colours.counts(photo, background=background)[None])[0]
        lab = lab_of(photo[mask].astype(float))
        edges = [np.arange(101), np.arange(-128, 129, 2), np.arange(-128, 129, 2)]
        for number in range(3):
            own = np.bincount(photo[mask][:, number], minlength=256) / mask.sum()
            np.testing.assert_allclose(colours.of_channel(found_L, number), own)
            own = np.histogram(lab[:, number], edges[number])[0] / mask.sum()
            apart = np.abs(colours.of_channel(found_L, number + 3) - own).sum() / 2
            near_an_edge = np.abs(lab[:, number, None] - edges[number]).min(axis=1) < 0.1
            assert apart <= near_an_edge.mean()
            assert background or near_an_edge.mean() < 0.4  # white lies on an edge of all three


def test_a_groups_distribution_is_the_mean_of_its_photos_own(counts: np.ndarray) -> None:
    codes_N = np.arange(40) % 3
    found_GL = colours.group_shares(counts, codes_N, num_groups=4)
    for group in range(3):
        each = [row / row[:256].sum() for row in counts[codes_N == group].astype(float)]
        np.testing.assert_allclose(found_GL[group], np.mean(each, axis=0))
        for number in range(6):
            assert colours.of_channel(found_GL[group], number).sum() == pytest.approx(1)
    assert not found_GL[3].any()
    mean, deviation = colours.moments(found_GL[0], 1)
    levels, shares = np.arange(256), colours.of_channel(found_GL[0], 1)
    assert mean == pytest.approx((levels * shares).sum())
    assert deviation == pytest.approx(np.sqrt(np.average((levels - mean) ** 2, weights=shares)))


@pytest.mark.parametrize("space", ["rgb", "lab"])
def test_mutual_information_and_divergence_are_what_the_libraries_say(counts: np.ndarray, space: str) -> None:
    shares_GL = colours.group_shares(counts, np.arange(40) % 2, num_groups=2)

    def classes(values: np.ndarray) -> np.ndarray:
        edges = sorted({float(np.quantile(values, k / 8)) for k in range(1, 8)})
        return np.array([sum(edge <= value for edge in edges) for value in values])

    first, second = ([colours.of_channel(row, number) for number in CHANNELS[space]] for row in shares_GL)
    nats = mutual_info_score(classes(np.concatenate(first)), classes(np.concatenate(second)))
    assert colours.mutual_information(*shares_GL, space=space) == pytest.approx(nats / np.log(2))
    apart = np.mean([jensenshannon(p, q, base=2) ** 2 for p, q in zip(first, second, strict=True)])
    assert colours.divergence(*shares_GL, space=space) == pytest.approx(apart)


def test_divergence_goes_from_nothing_to_one_bit() -> None:
    dark, light = np.zeros((1, colours.LEVELS)), np.zeros((1, colours.LEVELS))
    for number in range(6):
        colours.of_channel(dark, number)[0, 3] = colours.of_channel(light, number)[0, 90] = 1
    for space in ("rgb", "lab"):
        assert colours.divergence(dark[0], light[0], space=space) == 1
        assert colours.divergence(dark[0], dark[0], space=space) == 0


def test_eigenimages_are_the_principal_components(photos: np.ndarray) -> None:
    found = eigen.fit(photos, threads=1)
    assert found is not None
    rows_NP = photos.reshape(40, -1) / 255
    theirs = PCA(eigen.COMPONENTS, svd_solver="full").fit(rows_NP)
    np.testing.assert_allclose(found.explained_K, theirs.explained_variance_ratio_, rtol=1e-4)
    np.testing.assert_allclose(found.spread_K, np.sqrt(theirs.explained_variance_), rtol=1e-4)
    along = np.abs((found.components_KP * theirs.components_).sum(axis=1))
    np.testing.assert_allclose(along, 1, atol=1e-3)
    centred = rows_NP - rows_NP.mean(axis=0)
    _, singular, right = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(
        found.explained_K, (singular**2 / (singular**2).sum())[: len(found.explained_K)], rtol=1e-4
    )
    left = centred - centred @ right[: eigen.COMPONENTS].T @ right[: eigen.COMPONENTS]
    np.testing.assert_allclose(found.error_N, np.sqrt((left**2).mean(axis=1)), atol=1e-5)
    moved = (rows_NP.mean(axis=0) + 2 * found.spread_K[0] * found.components_KP[0]).clip(0, 1).reshape(24, 24, 3)
    assert np.abs(found.moved(0, by=2) - 255 * moved).max() <= 1
    again = eigen.unpacked(eigen.packed(found), num_photos=40)
    assert again is not None
    np.testing.assert_array_equal(again.components_KP, found.components_KP)
    np.testing.assert_array_equal(again.error_N, found.error_N)
    assert (again.fitted, again.side) == (40, 24)


def test_too_few_or_equal_photos_have_no_eigenimages(photos: np.ndarray) -> None:
    assert eigen.fit(photos[:2], threads=1) is None
    assert eigen.fit(np.repeat(photos[:1], 5, axis=0), threads=1) is None
    assert eigen.unpacked(eigen.packed(None), num_photos=2) is None
    three = eigen.fit(photos[:3], threads=1)
    assert three is not None
    assert len(three.components_KP) == 1


def test_of_many_photos_some_are_drawn(photos: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eigen, "FITTED", 20)
    found = eigen.fit(photos, threads=1)
    assert found is not None
    assert (found.fitted, len(found.error_N)) == (20, 40)


def test_mean_photos_are_means(photos: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "BLOCK", 7)
    codes_N = np.arange(40) ** 2 % 5
    found = pictures.means(photos, codes_N, num=6)
    for group in np.unique(codes_N):
        np.testing.assert_allclose(found[group], photos[codes_N == group].mean(axis=0))
    assert not found[5].any()
    assert set(pictures.mean_photos(found, codes_N)) == {"mean", "mean-0", "mean-1", "mean-4"}


def test_a_montage_shows_photos_of_its_group_only() -> None:
    codes_N = np.arange(100) % 2
    rows = pictures.drawn(codes_N, num=3, seed=1)
    assert [len(one) for one in rows] == [24, 24, 0]
    assert all((codes_N[one] == group).all() for group, one in enumerate(rows))
    np.testing.assert_array_equal(rows[0], pictures.drawn(codes_N, num=3, seed=1)[0])
    photos = [np.full((4, 4, 3), shade, np.uint8) for shade in range(10)]
    drawn = sheet(photos, wide=pictures.WIDE)
    assert drawn.shape == (8, 32, 3)
    assert (drawn[4:, 4:8] == 9).all()
    assert (drawn[4:, 8:] == 255).all()


def test_rare_values_go_together_and_unknown_ones_apart() -> None:
    values = ["a"] * 5 + ["b"] * 4 + ["c"] * 3 + ["d"] + [""] * 2
    groups = grouped("letter", values, most=3)
    assert groups.names == ("a", "b", "2 other values", NOT_KNOWN)
    assert groups.sizes.tolist() == [5, 4, 4, 2]
    assert grouped("letter", values, most=4).names == ("a", "b", "c", "d", NOT_KNOWN)
    assert [groups.names[code] for code in groups.codes_N] == ["a"] * 5 + ["b"] * 4 + ["2 other values"] * 4 + [
        NOT_KNOWN
    ] * 2
    balance = labels.balance(groups)
    assert balance.ratio == pytest.approx(5 / 4)
    share = np.array([5, 4, 4]) / 13
    assert balance.effective == pytest.approx(2 ** -(share * np.log2(share)).sum(), abs=1e-4)
    assert balance.merged == 2


def test_numbers_are_cut_into_quarters() -> None:
    numbers = np.random.default_rng(0).normal(50, 10, 200).round(2)
    groups = grouped("price", [str(value) for value in numbers] + [""], most=8)
    assert len(groups.names) == 5
    assert groups.names[-1] == NOT_KNOWN
    quarters = np.digitize(numbers, np.quantile(numbers, [0.25, 0.5, 0.75]))
    np.testing.assert_array_equal(groups.codes_N[:-1], quarters)
    low, high = numbers[quarters == 0].min(), numbers[quarters == 0].max()
    assert groups.names[0] == f"{low:.4g} to {high:.4g}"


def test_many_equal_numbers_give_fewer_parts() -> None:
    numbers = ["1"] * 60 + [str(value) for value in range(2, 22)]
    groups = grouped("size", numbers, most=8)
    assert groups.sizes.sum() == 80
    assert (groups.sizes > 0).all()
    assert len(groups.names) < 4


def test_sizes_are_those_of_files() -> None:
    rng = np.random.default_rng(3)
    sizes = rng.integers(90, 260, (30, 2))
    photos = [
        Photo(id=str(row), width=int(width), height=int(height), format="JPEG", num_bytes=1, blob="")
        for row, (width, height) in enumerate(sizes)
    ]
    files_N, codes_N = rng.integers(1, 4, 30), rng.integers(0, 2, 30)
    every = np.repeat(sizes, files_N, axis=0)
    for column, found in enumerate(survey_sizes.ranges(photos, files_N)[:2]):
        told = [found.low, found.quarter, found.median, found.three_quarters, found.high]
        np.testing.assert_allclose(told, np.percentile(every[:, column], [0, 25, 50, 75, 100]))
    aspect = survey_sizes.ranges(photos, files_N)[2]
    assert aspect.median == pytest.approx(np.median(every[:, 0] / every[:, 1]), abs=1e-4)
    for column, histogram in enumerate(survey_sizes.histograms(photos, files_N, codes_N, num=2)):
        for group in range(2):
            own = np.repeat(sizes[codes_N == group], files_N[codes_N == group], axis=0)[:, column]
            bins = zip(histogram.edges, histogram.edges[1:], strict=False)
            assert histogram.counts[group] == [int(((own >= low) & (own < high)).sum()) for low, high in bins]
        assert sum(map(sum, histogram.counts)) == len(every)
    spots = survey_sizes.spots(photos, files_N, codes_N)
    assert sum(spot.files for spot in spots) == len(every)
    first = spots[0]
    same = (sizes == [first.width, first.height]).all(axis=1) & (codes_N == first.group)
    assert first.files == files_N[same].sum()
    assert survey_sizes.ranges([], files_N[:0]) == []


def test_what_is_cached_is_computed_once_and_made_again_when_damaged(tmp_path) -> None:
    made = []

    def compute() -> np.ndarray:
        made.append(1)
        return np.arange(3)

    for _ in range(2):
        np.testing.assert_array_equal(cache.cached(tmp_path, "part", "these photos", compute), np.arange(3))
    assert len(made) == 1
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:20])
    np.testing.assert_array_equal(cache.cached(tmp_path, "part", "these photos", compute), np.arange(3))
    assert len(made) == 2
    cache.cached(tmp_path, "part", "other photos", compute)
    assert len(list(tmp_path.iterdir())) == 1
