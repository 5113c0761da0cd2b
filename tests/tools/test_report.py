"""The report of a small catalogue: every figure beside a direct computation, and catalogues that are hardly any."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import mutual_info_score
from sklearn.metrics.pairwise import euclidean_distances

from lookscape.catalogue.checking import find_check
from lookscape.catalogue.findings import Finding, FindingState, Fix
from lookscape.catalogue.foreground import find_foreground, to_lab
from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError, UnknownNameError, UsageError
from lookscape.reports import kept as reports_kept
from lookscape.representation.spaces.preprocess import decode, square
from lookscape.services.survey import colours, eigen, words
from lookscape.services.survey.figures import Survey as Result
from lookscape.tools._tool import find_tool
from maps_catalogue import engine_with_heaps, vectors

BY = "silhouette"
SIDE = 64


@pytest.fixture
def engine(catalogue_copy: Catalogue) -> Engine:
    return Engine(catalogue_copy)


@pytest.fixture(scope="module")
def shared(catalogue_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The rendered catalogue with a Space of three heaps; for looking only."""
    opened = engine_with_heaps(tmp_path_factory.mktemp("report") / "catalogue", catalogue_folder)
    yield opened
    opened.catalogue.close()


@pytest.fixture(scope="module")
def made(shared: Engine) -> Result:
    return shared.report.catalogue(by=BY, product=shared.catalogue.ids()[3])


@pytest.fixture(scope="module")
def photos_of(shared: Engine) -> dict[str, np.ndarray]:
    """Every photo as a square."""
    ids = sorted(shared.catalogue.photo_ids())
    return {one: square(decode(shared.catalogue.read_photo(one), side=SIDE), side=SIDE) for one in ids}


@pytest.fixture(scope="module")
def label_of(shared: Engine) -> dict[str, str]:
    owners = shared.catalogue.products_of_photos(shared.catalogue.photo_ids())
    return {photo: shared.catalogue.product(owner[0]).attributes[BY] for photo, owner in owners.items()}


def of_group(made: Result, name: str) -> int:
    return [group.name for group in made.groups].index(name)


def histograms(photo: np.ndarray) -> dict[str, np.ndarray]:
    """Shares of the levels of the product's pixels, by channel."""
    lab = to_lab(photo)
    found = find_foreground(photo, lab)
    mask = found.mask if found.confidence >= 0.5 else np.ones(photo.shape[:2], bool)
    bins = {
        "lightness": np.arange(101),
        "green to red": np.arange(-128, 129, 2),
        "blue to yellow": np.arange(-128, 129, 2),
    }
    counted = {
        name: np.histogram(photo[mask][:, number], np.arange(257))[0]
        for number, name in enumerate(("red", "green", "blue"))
    }
    counted |= {name: np.histogram(lab[mask][:, number], edges)[0] for number, (name, edges) in enumerate(bins.items())}
    return {name: each / mask.sum() for name, each in counted.items()}


def test_groups_are_the_values_and_their_shares(made: Result, label_of: dict[str, str]) -> None:
    counted = Counter(label_of.values())
    assert [(group.name, group.photos) for group in made.groups] == sorted(counted.items(), key=lambda x: (-x[1], x[0]))
    for group in made.groups:
        assert group.share == pytest.approx(group.photos / 24)
        assert group.products == group.photos
        assert {label_of[photo_id] for photo_id in group.shown} == {group.name}
    assert made.balance.ratio == pytest.approx(max(counted.values()) / min(counted.values()), abs=1e-4)


def test_attributes_are_counted_product_by_product(engine: Engine) -> None:
    ids = engine.catalogue.ids()
    some = [Attribute(product_id=one, name="fit", value="wide", origin=Origin.HUMAN) for one in ids[:5]]
    some += [
        Attribute(product_id=one, name="fit", value="slim", origin=Origin.PREDICTED, confidence=0.8) for one in ids[4:7]
    ]
    engine.catalogue.annotate(some, by="a test")
    engine.annotate.clear("brand", products=(ids[9],))
    made = engine.report.catalogue()
    products = [engine.catalogue.product(one) for one in ids]
    names = {name for product in products for name in product.attributes}
    assert {one.name for one in made.attributes} == names
    for one in made.attributes:
        values = [product.attributes[one.name] for product in products if one.name in product.attributes]
        assert (one.known, one.missing) == (len(values), 24 - len(values))
        assert one.values == len(set(values))
        assert one.commonest_share == pytest.approx(values.count(one.commonest) / len(values), abs=1e-5)
        assert values.count(one.commonest) == max(Counter(values).values())
    fit, brand = (next(one for one in made.attributes if one.name == name) for name in ("fit", "brand"))
    assert (fit.human, fit.predicted, fit.given, fit.missing) == (5, 2, 0, 17)
    assert (brand.given, brand.missing, brand.undecided) == (23, 1, 1)
    assert made.attributes[0] == fit
    light = next(one for one in made.attributes if one.name == "view_light")
    numbers = [float(product.attributes["view_light"]) for product in products]
    assert (light.low, light.median, light.high) == pytest.approx((min(numbers), np.median(numbers), max(numbers)))


def test_colours_are_the_means_of_the_photos_histograms(
    made: Result, photos_of: dict[str, np.ndarray], label_of: dict[str, str]
) -> None:
    own = {photo_id: histograms(photo) for photo_id, photo in photos_of.items()}
    assert len(made.distributions) == 6 * len(made.groups)
    for one in made.distributions:
        name = made.groups[one.group].name
        expected = np.mean([own[photo_id][one.channel] for photo_id in own if label_of[photo_id] == name], axis=0)
        np.testing.assert_allclose(one.shares, expected, atol=1e-7)
        levels = one.first + one.step * np.arange(len(expected))
        assert one.mean == pytest.approx((levels * expected).sum(), abs=1e-3)
        assert one.deviation == pytest.approx(np.sqrt(expected @ (levels - one.mean) ** 2), abs=1e-3)


def test_likeness_is_computed_from_these_distributions(
    made: Result, shared: Engine, photos_of: dict[str, np.ndarray]
) -> None:
    shares = {(made.groups[one.group].name, one.space, one.channel): np.array(one.shares) for one in made.distributions}
    product = shared.catalogue.product(shared.catalogue.ids()[3])
    for channel, values in histograms(photos_of[product.photo_ids[0]]).items():
        space = "rgb" if channel in ("red", "green", "blue") else "lab"
        shares[made.compared, space, channel] = values
    assert made.compared_photo == product.photo_ids[0]
    assert len(made.between_groups) == 2 * 6
    assert len(made.photo_to_groups) == 2 * 4
    for pair in [*made.between_groups, *made.photo_to_groups]:
        first, second = (
            [values for (name, space, _), values in shares.items() if (name, space) == (which, pair.space)]
            for which in (pair.first, pair.second)
        )
        joined = [np.concatenate(one) for one in (first, second)]
        ranks = [np.searchsorted(np.unique(np.quantile(one, np.arange(1, 8) / 8)), one, side="right") for one in joined]
        assert pair.mutual_information == pytest.approx(mutual_info_score(*ranks) / np.log(2), abs=2e-2)
        assert pair.divergence == pytest.approx(np.mean(list(map(jensen_shannon, first, second))), abs=1e-5)
    for space in ("lab", "rgb"):
        apart = [one.divergence for one in made.photo_to_groups if one.space == space]
        assert apart == sorted(apart)


def jensen_shannon(first: np.ndarray, second: np.ndarray) -> float:
    """The entropy of the mixture less the mean of the entropies, in bits."""

    def entropy(shares: np.ndarray) -> float:
        return float(-(shares[shares > 0] * np.log2(shares[shares > 0])).sum())

    return entropy((first + second) / 2) - (entropy(first) + entropy(second)) / 2


def test_eigenimages_are_those_of_scikit_learn(made: Result, photos_of: dict[str, np.ndarray]) -> None:
    rows = np.stack(list(photos_of.values())).reshape(24, -1) / 255
    theirs = PCA(eigen.COMPONENTS, svd_solver="full").fit(rows)
    np.testing.assert_allclose([one.explained for one in made.eigenimages], theirs.explained_variance_ratio_, atol=1e-5)
    np.testing.assert_allclose(
        [one.up_to for one in made.eigenimages], theirs.explained_variance_ratio_.cumsum(), atol=1e-5
    )
    left = rows - theirs.inverse_transform(theirs.transform(rows))
    errors = dict(zip(photos_of, 255 * np.sqrt((left**2).mean(axis=1)), strict=True))
    oddity = next(one for one in made.oddities if one.how == "rebuilding")
    strangest = sorted(errors, key=errors.__getitem__, reverse=True)[:12]
    assert [one.photo_id for one in oddity.outliers] == strangest
    np.testing.assert_allclose([one.score for one in oddity.outliers], [errors[one] for one in strangest], rtol=1e-3)


def test_outliers_are_far_from_their_nearest_and_the_fence_is_tukeys(made: Result, shared: Engine) -> None:
    oddity = next(one for one in made.oddities if one.how == "space")
    apart = euclidean_distances(vectors(24).astype(np.float64))
    np.fill_diagonal(apart, np.inf)
    scores = np.sort(apart, axis=1)[:, :5].mean(axis=1)
    ids = sorted(shared.catalogue.photo_ids())
    found = {one.photo_id: one.score for one in oddity.outliers}
    assert set(found) == {ids[row] for row in np.argsort(-scores)[:12]}
    for photo_id, score in found.items():
        assert score == pytest.approx(scores[ids.index(photo_id)], abs=1e-3)
    low, high = np.percentile(scores, [25, 75])
    assert oddity.fence == pytest.approx(high + 1.5 * (high - low), abs=1e-3)
    assert oddity.median == pytest.approx(np.median(scores), abs=1e-3)
    assert oddity.beyond == (scores > oddity.fence).sum()


def test_pictures_on_the_page_are_the_means_and_the_photos(
    made: Result, shared: Engine, photos_of: dict[str, np.ndarray], label_of: dict[str, str]
) -> None:
    page = Path(made.file).read_text(encoding="utf-8")
    for group in made.groups:
        expected = np.mean([photos_of[one] for one in photos_of if label_of[one] == group.name], axis=0)
        shown = picture_of(page, f"Mean photo of {group.name}")
        small = cv2.resize(shown, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        assert np.abs(small.astype(float) - expected).mean() < 3
    first = made.oddities[1].outliers[0]
    tile = square(decode(shared.catalogue.read_photo(first.photo_id), side=112), side=112)
    shown = picture_of(page, f"{first.score:.3g} levels")
    assert np.abs(shown.astype(float) - tile).mean() < 3
    assert page.count('picked at random"') == len(made.groups)


def picture_of(page: str, alt: str) -> np.ndarray:
    import base64

    data = re.search(rf'src="data:image/webp;base64,([^"]+)" alt="{re.escape(alt)}"', page)
    assert data is not None
    pixels = cv2.imdecode(np.frombuffer(base64.b64decode(data[1]), np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def test_the_page_needs_nothing_but_itself_and_says_the_numbers(made: Result) -> None:
    page = Path(made.file).read_text(encoding="utf-8")
    assert re.findall(r"""(?:src|href)=["'](?!data:|#)""", page) == []
    assert not re.search(r"<script|<link|@import|url\(|https?://", page)
    assert r"\sstyle=" not in page
    for sentence in made.in_short:
        assert sentence.split("'")[0] in page
    for one in made.between_groups:
        assert f"{one.mutual_information:.2f} bits" in page
    assert all(f"explains {one.explained * 100:.0f}" in page for one in made.eigenimages if one.explained > 0.1)
    assert len(re.findall('<svg[^>]*role=.img.[^>]*aria-label=.[^"]{20}', page)) == 4 + 6
    assert len(re.findall('<img(?![^>]* alt=.[^"])', page)) == 0


def test_sizes_and_repeats_are_those_of_the_files(tmp_path: Path, empty_catalogue: Catalogue, photo_bytes) -> None:
    sizes = [(40, 30), (64, 64), (30, 52), (100, 20)]
    lines = ["file_name,kind"]
    for number, size in enumerate(sizes):
        content = photo_bytes(number, size=size)
        for copy in range(number + 1):
            (tmp_path / "in").mkdir(exist_ok=True)
            (tmp_path / "in" / f"{number}-{copy}.jpg").write_bytes(content)
            lines.append(f"{number}-{copy}.jpg,{'wide' if size[0] > size[1] else 'other'}")
    (tmp_path / "in" / "broken.jpg").write_bytes(b"not a photo")
    (tmp_path / "in" / "metadata.csv").write_text("\n".join([*lines, "broken.jpg,wide"]))
    ingest(empty_catalogue, str(tmp_path / "in"), progress=lambda done, total, stage: None)
    made = Engine(empty_catalogue).report.catalogue(by="kind")
    counted = made.counted
    assert (counted.files, counted.unusable, counted.photos, counted.repeats) == (11, 1, 4, 6)
    every = np.repeat(sizes, [1, 2, 3, 4], axis=0)
    told = [[one.low, one.quarter, one.median, one.three_quarters, one.high] for one in made.ranges]
    np.testing.assert_allclose(told[:2], np.percentile(every, [0, 25, 50, 75, 100], axis=0).T)
    spots = {(made.groups[spot.group].name, spot.width, spot.height): spot.files for spot in made.spots}
    assert spots == {("wide", 40, 30): 1, ("other", 64, 64): 2, ("other", 30, 52): 3, ("wide", 100, 20): 4}
    assert [repeat.files for repeat in made.copies.repeats] == [4, 3, 2]
    assert made.copies.repeated == 3
    paths = [str(tmp_path / "in" / f"3-{copy}.jpg") for copy in range(4)]
    assert sorted(made.copies.repeats[0].paths) == paths
    assert str(tmp_path / "in") not in Path(made.file).read_text(encoding="utf-8")


def test_copies_are_what_the_check_found(engine: Engine) -> None:
    ids = engine.catalogue.photo_ids()
    check = find_check("duplicate")
    assert engine.report.catalogue().copies.judged == 0
    found = [
        Finding(photo_id=ids[row], says="mirrored", confidence=sure, fix=Fix(remove=True), other_id=ids[row + 10])
        for row, sure in enumerate((0.9, 0.2, 0.7))
    ]
    engine.catalogue.put_verdicts(check.name, check.version, found)
    copies = engine.report.catalogue().copies
    assert (copies.judged, copies.due, copies.open, copies.accepted) == (3, 21, 2, 0)
    assert [(one.photo_id, one.other_id) for one in copies.copies] == [(ids[0], ids[10]), (ids[2], ids[12])]
    [first, *_] = engine.clean.findings().findings
    engine.catalogue.decide([first.id], FindingState.ACCEPTED, by="a test")
    made = engine.report.catalogue()
    assert (made.copies.open, made.copies.accepted, made.counted.aside, made.counted.photos) == (1, 1, 1, 23)
    assert "run <code>lookscape clean check duplicate" in Path(made.file).read_text(encoding="utf-8")


def test_an_empty_catalogue_says_what_to_do(empty_catalogue: Catalogue) -> None:
    made = Engine(empty_catalogue).report.catalogue()
    assert made.counted.photos == 0
    assert made.in_short == ["There are no photos yet. Bring some in with: lookscape ingest PHOTOS."]
    assert made.in_short[0] in Path(made.file).read_text(encoding="utf-8")


def test_one_photo_alone_is_a_report_too(empty_catalogue: Catalogue, tmp_path: Path, photo_bytes) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.jpg").write_bytes(photo_bytes(1))
    ingest(empty_catalogue, str(tmp_path / "in"), progress=lambda done, total, stage: None)
    engine = Engine(empty_catalogue)
    made = engine.report.catalogue(photo=photo_bytes(1))
    assert [(group.name, group.photos) for group in made.groups] == [("all photos", 1)]
    assert (made.eigenimages, made.oddities, made.between_groups) == ([], [], [])
    assert made.photo_to_groups[0].divergence < 0.05
    page = Path(made.file).read_text(encoding="utf-8")
    assert "eigenimages need at least three" in page
    assert "Too few photos to call one odd" in page
    assert "Nothing is known about the products except their photos" in page


def test_without_a_grouping_and_with_a_group_of_one_it_says_so(engine: Engine) -> None:
    alone = engine.catalogue.ids()[0]
    engine.catalogue.annotate([Attribute(product_id=alone, name="fit", value="wide", origin=Origin.HUMAN)], by="a test")
    made = engine.report.catalogue()
    assert made.kind == "none"
    assert any("not grouped" in sentence for sentence in made.in_short)
    made = engine.report.catalogue(by="fit")
    assert [(group.name, group.photos) for group in made.groups] == [("wide", 1), ("not known", 23)]
    assert any("only one group" in sentence for sentence in made.in_short)
    assert any("wide has only one photo" in sentence for sentence in made.in_short)
    assert made.balance.ratio is None


def test_any_label_column_makes_groups(engine: Engine) -> None:
    engine.catalogue.annotate(
        [
            Attribute(product_id=one, name="cluster", value=str(row % 3 + 1), origin=Origin.PREDICTED, confidence=0.7)
            for row, one in enumerate(engine.catalogue.ids())
        ],
        by="clusters",
    )
    assert [group.photos for group in engine.report.catalogue(by="cluster").groups] == [8, 8, 8]
    quarters = engine.report.catalogue(by="view_scale")
    assert quarters.kind == "parts"
    assert sum(group.photos for group in quarters.groups) == 24
    merged = engine.report.catalogue(by="upper_colour", groups=3)
    assert [group.name for group in merged.groups][-1] == "10 other values"
    assert merged.balance.merged == 10


def test_a_photo_that_cannot_be_read_is_left_out_and_told(engine: Engine) -> None:
    shutil.rmtree(engine.folder / "cache", ignore_errors=True)  # what another test read is kept there
    gone, damaged = engine.catalogue.photos(engine.catalogue.photo_ids()[:2])
    for photo in (gone, damaged):
        engine.catalogue.blobs.delete([photo.blob])
    made = engine.report.catalogue(by=BY)
    assert made.counted.unreadable == 2
    assert sum(group.photos for group in made.groups) == 24
    assert "2 photos could not be read" in Path(made.file).read_text(encoding="utf-8")
    owner = engine.catalogue.products_of_photos([gone.id])[gone.id][0]
    with pytest.raises(PhotoError, match="ingest"):
        engine.report.catalogue(product=owner)


def test_another_grouping_computes_nothing_twice(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first = engine.report.catalogue(by=BY)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(colours, "counts", refuse)
    monkeypatch.setattr(eigen, "fit", refuse)
    second = engine.report.catalogue(by="hype")
    assert second.eigenimages == first.eigenimages
    with pytest.raises(AssertionError, match="computed again"):
        engine.report.catalogue(background=True)


def test_the_same_catalogue_gives_the_same_report(engine: Engine) -> None:
    first, second = (engine.report.catalogue(by=BY) for _ in range(2))
    assert first.model_copy(update={"made_at": second.made_at}) == second


def test_a_photo_between_two_groups_is_not_called_either(engine: Engine, photo_bytes) -> None:
    made = engine.report.catalogue(by="hype", photo=photo_bytes(5))
    near, far = (one for one in made.photo_to_groups if one.space == "lab")
    told = next(sentence for sentence in made.in_short if "your photo" in sentence)
    assert f"nearest to {near.second} (mutual information {near.mutual_information:.2f} bits" in told
    assert f"then {far.second} ({far.mutual_information:.2f} bits" in told
    close = far.divergence - near.divergence < words.CLOSE
    assert any("too close to say" in sentence for sentence in made.in_short) == close


def test_compare_tells_what_the_report_would(engine: Engine, photo_bytes) -> None:
    with pytest.raises(NotFoundError, match="report catalogue"):
        engine.report.compare(photo=photo_bytes(5))
    made = engine.report.catalogue(by="hype", photo=photo_bytes(5))
    found = engine.report.compare(photo=photo_bytes(5))
    assert (found.by, found.compared) == ("hype", "your photo")
    for one, other in zip(found.groups, made.photo_to_groups, strict=True):
        assert (one.second, one.space) == (other.second, other.space)
        assert one.divergence == pytest.approx(other.divergence, abs=1e-5)
        assert one.mutual_information == pytest.approx(other.mutual_information, abs=2e-2)
    with pytest.raises(UsageError, match="photo or a product"):
        engine.report.compare()


def test_it_is_written_where_it_was_asked_for_and_kept_for_the_studio(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "mine.html"
    made = engine.report.catalogue(by="hype", out=str(path))
    assert made.file == str(path)
    kept = reports_kept.latest(engine.folder)
    assert kept is not None
    assert kept.result == made
    assert kept.body in path.read_text(encoding="utf-8")
    assert not list(tmp_path.glob(".*.tmp"))
    (engine.folder / "reports" / "latest.json").write_text(json.dumps({"result": {}, "body": ""}))
    assert reports_kept.latest(engine.folder) is None


def test_words_for_what_cannot_be_done(engine: Engine, tmp_path: Path, photo_bytes) -> None:
    with pytest.raises(UnknownNameError, match="attribute"):
        engine.report.catalogue(by="no such thing")
    with pytest.raises(NotFoundError, match="nobody"):
        engine.report.catalogue(product="nobody")
    with pytest.raises(UsageError, match="not both"):
        engine.report.catalogue(product=engine.catalogue.ids()[0], photo=photo_bytes(1))
    for out in (str(tmp_path), str(tmp_path / "nowhere" / "a.html")):
        with pytest.raises(UsageError, match="cannot be a file"):
            engine.report.catalogue(out=out)
    with pytest.raises(UsageError, match="over HTTP"):
        find_tool("report/catalogue").validate({"out": "a.html"})
