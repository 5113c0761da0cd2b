"""Tools on a model's latents: against brute force and closed forms, in Python and over HTTP."""

import io
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from lookscape.catalogue import imaging
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import ConflictError, NotFoundError, RefusedError, UnknownNameError, UsageError
from lookscape.interfaces.http.app import create_app
from lookscape.representation.latents.code import from_code, to_code
from lookscape.representation.metrics.interpolation import Route
from lookscape.representation.metrics.pixels import psnr
from lookscape.representation.spaces.preprocess import square
from lookscape.services.language.axes import axes_of
from lookscape.services.language.opened import Opened, open_model
from lookscape.services.language.ordered import rising
from lookscape.services.language.path import Path as LatentPath
from lookscape.services.language.path import changes, even_positions, plain_positions
from lookscape.settings import Settings
from lookscape.tools._tool import find_tool


@pytest.fixture(scope="module")
def engine(catalogue_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The rendered catalogue with principal components of its photos: 64 latents, 23 of them alive."""
    folder = tmp_path_factory.mktemp("latent") / "catalogue"
    shutil.copytree(catalogue_folder, folder)
    opened = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    opened.manage.train("pca")
    yield opened
    opened.catalogue.close()


@pytest.fixture(scope="module")
def opened(engine: Engine) -> Opened:
    return open_model(engine, None)


@pytest.fixture(scope="module")
def client(engine: Engine) -> httpx.Client:
    """The server over it."""
    app = create_app(engine, worker=False)
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.fixture(scope="module")
def ids(engine: Engine) -> list[str]:
    return [product.id for product in engine.catalogue.find(limit=100).products]


def latents_in(url: str, *, dim: int = 64) -> np.ndarray:
    """The latents that an image's address holds."""
    return from_code(url.rpartition("/")[2].removesuffix(".webp"), dim=dim)


def brute_force(opened: Opened, latent_D: np.ndarray, *, without: set[str] = frozenset()) -> dict[str, float]:
    """Products by Euclidean distance of their photos, the closest first, computed without the index."""
    owners = opened.engine.catalogue.products_of_photos(opened.space.ids)
    distances = np.linalg.norm(opened.space.vectors - latent_D, axis=1)
    order = sorted(zip(distances.tolist(), opened.space.ids, strict=True), reverse=True)
    nearest = {product: distance for distance, photo_id in order for product in owners[photo_id]}
    return {product: nearest[product] for product in sorted(nearest, key=nearest.__getitem__) if product not in without}


def are_closest(products: list[str], distances: dict[str, float]) -> bool:
    """Whether these are the first of them; a few products in many dimensions are equally far but for rounding."""
    closest = list(distances.values())[: len(products)]
    return len(set(products)) == len(products) and np.allclose(
        [distances[name] for name in products], closest, atol=0.02
    )


# steer


def test_steering_nothing_shows_the_product_itself(engine: Engine, opened: Opened, ids: list[str]) -> None:
    found = engine.latent.steer(ids[3])
    own_D = opened.latents_of([ids[3]])[0]
    np.testing.assert_allclose(latents_in(found.drawn_url)[0], own_D, atol=0.01)
    values_F = axes_of(opened).to_factors(own_D[None])[0]
    np.testing.assert_allclose([slider.value for slider in found.sliders], values_F, rtol=1e-5)
    assert len(found.matches) == 8
    assert are_closest([match.product_id for match in found.matches], brute_force(opened, own_D, without={ids[3]}))
    assert [slider.rank for slider in found.sliders] == list(range(1, 65))


def test_steering_moves_one_factor_and_matches_what_is_there(engine: Engine, opened: Opened, ids: list[str]) -> None:
    first = engine.latent.steer(ids[0]).sliders[0]
    for name in (first.factor, "1"):
        found = engine.latent.steer(ids[0], factors=(f"{name}=2.5",), limit=5)
        assert found.sliders[0].value == 2.5
        moved_D = latents_in(found.drawn_url)[0]
        assert len(found.matches) == 5
        assert are_closest(
            [match.product_id for match in found.matches], brute_force(opened, moved_D, without={ids[0]})
        )
        difference_F = axes_of(opened).to_factors(moved_D[None] - opened.latents_of([ids[0]]) + opened.mean)[0]
        assert difference_F[0] == pytest.approx(2.5 - first.value, abs=0.01)
        np.testing.assert_allclose(difference_F[1:20], 0, atol=0.01)


def test_steering_the_average_needs_no_product(engine: Engine, opened: Opened) -> None:
    found = engine.latent.steer(limit=0)
    assert (found.product, found.matches) == ("", [])
    np.testing.assert_allclose(latents_in(found.drawn_url)[0], opened.mean, atol=1e-3)
    np.testing.assert_allclose([slider.value for slider in found.sliders], 0, atol=1e-4)


@pytest.mark.parametrize(
    ("factors", "error"),
    [(("1",), UsageError), (("1=high",), UsageError), (("1=nan",), UsageError), (("none such=1",), UnknownNameError)],
)
def test_factors_that_are_none_are_refused(engine: Engine, factors: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        engine.latent.steer(factors=factors)


def test_filters_limit_the_matches(engine: Engine, ids: list[str]) -> None:
    low = {
        product.id for product in engine.catalogue.find(limit=100).products if product.attributes["silhouette"] == "low"
    }
    found = engine.latent.steer(ids[0], where=("silhouette=low",), limit=50)
    assert {match.product_id for match in found.matches} == low - {ids[0]}
    with pytest.raises(UsageError, match="no product passes"):
        engine.latent.steer(ids[0], where=("silhouette=none such",))


# traverse


def test_a_row_varies_its_own_factor_only(engine: Engine, opened: Opened, ids: list[str]) -> None:
    found = engine.latent.traverse(ids[5], limit=4, columns=5, reach=2)
    assert found.columns == [-2, -1, 0, 1, 2]
    assert [row.rank for row in found.rows] == [1, 2, 3, 4]
    own_F = axes_of(opened).to_factors(opened.latents_of([ids[5]]))[0]
    for place, row in enumerate(found.rows):
        assert row.value == pytest.approx(own_F[place], abs=1e-4)
        factors_CF = axes_of(opened).to_factors(latents_in(row.strip_url))
        np.testing.assert_allclose(factors_CF[:, place], found.columns, atol=0.01)
        others = [other for other in range(20) if other != place]
        np.testing.assert_allclose(factors_CF[:, others], np.tile(own_F[others], (5, 1)), atol=0.02)
        assert [cell.value for cell in row.cells] == found.columns
        assert ids[5] not in {cell.product_id for cell in row.cells}
        assert (row.low, row.high) == (row.cells[0].product_id, row.cells[-1].product_id)


def test_rows_come_by_rank_and_say_how_much_pixels_change(engine: Engine, opened: Opened) -> None:
    rows = engine.latent.traverse(limit=23, columns=2, reach=1).rows
    assert [row.rank for row in rows] == list(range(1, 24))
    assert rows[0].change > 3 * rows[-1].change
    low, high = opened.codec.decode(latents_in(rows[0].strip_url)).astype(float)
    assert np.sqrt(((high - low) ** 2).mean()) / 2 == pytest.approx(rows[0].change, rel=0.02)
    assert [row.factor for row in engine.latent.traverse(factors=("3", rows[0].factor)).rows] == [
        rows[2].factor,
        rows[0].factor,
    ]


def test_axes_lead_there_and_back(opened: Opened) -> None:
    axes = axes_of(opened)
    rows_ND = opened.space.vectors
    np.testing.assert_allclose(axes.to_latents(axes.to_factors(rows_ND)), rows_ND, atol=1e-4)
    alive = axes.to_factors(rows_ND)[:, :20]
    np.testing.assert_allclose(alive.std(axis=0), 1, rtol=1e-4)


# interpolate


def test_a_path_goes_from_one_to_the_other_in_order_without_repeats(
    engine: Engine, opened: Opened, ids: list[str]
) -> None:
    for one, other in itertools.pairwise(ids[:8]):
        found = engine.latent.interpolate((one, other), steps=8)
        products = [step.product_id for step in found.steps]
        assert (products[0], products[-1]) == (one, other)
        assert len(set(products)) == found.distinct == 8
        start_D, end_D = opened.latents_of([one, other])
        along = (opened.latents_of(products) - start_D) @ (end_D - start_D)
        inner = np.clip(along[1:-1] / along[-1], 0, 1)
        assert (np.diff(inner) >= -0.005).all()
        positions = [step.position for step in found.steps]
        assert positions == sorted(positions)
        wanted = start_D + np.array(positions)[:, None] * (end_D - start_D)
        np.testing.assert_allclose(latents_in(found.strip_url), wanted, atol=0.02)


def test_even_steps_are_more_even_than_plain_ones(opened: Opened) -> None:
    rng = np.random.default_rng(0)
    ratios = {True: [], False: []}
    for _ in range(6):
        pair = rng.choice(len(opened.space), 2, replace=False)
        path = LatentPath(knots_KD=opened.space.vectors[pair], route=Route.SPHERICAL)
        for even in (True, False):
            positions = even_positions(path, 10, opened.codec.decode) if even else plain_positions(path, 10)
            moved = changes(opened.codec.decode(path.at(positions)))
            ratios[even].append(moved.max() / np.median(moved))
    assert np.mean(ratios[True]) < np.mean(ratios[False])
    assert max(ratios[True]) < 1.4


def test_a_path_through_several_products_meets_each(engine: Engine, ids: list[str]) -> None:
    found = engine.latent.interpolate(tuple(ids[:4]), steps=9, route="spherical")
    met = {round(step.position): step for step in found.steps if step.position == round(step.position)}
    assert [met[number].product_id for number in range(4)] == ids[:4]
    assert [met[number].distance for number in range(4)] == [0, 0, 0, 0]
    runs = [product for product, _ in itertools.groupby(step.product_id for step in found.steps)]
    assert len(found.steps) == 9
    assert len(runs) == len(set(runs)) == found.distinct >= 4  # a few products in 64 dimensions leave few between
    with pytest.raises(UsageError, match="4 products need at least as many steps"):
        engine.latent.interpolate(tuple(ids[:4]), steps=3)


def test_more_steps_than_products_repeat_in_order(engine: Engine, ids: list[str]) -> None:
    found = engine.latent.interpolate((ids[0], ids[1]), steps=48)
    groups = [product for product, _ in itertools.groupby(step.product_id for step in found.steps)]
    assert len(groups) == len(set(groups)) == found.distinct <= 24
    assert found.strip_url
    assert found.steps[0].product_id == ids[0]
    assert found.steps[-1].product_id == ids[1]


def test_a_product_to_itself_stands_still(engine: Engine, ids: list[str]) -> None:
    found = engine.latent.interpolate((ids[0], ids[0]), steps=4)
    assert [step.change for step in found.steps] == [0, 0, 0, 0]
    assert found.largest_step is None


def test_a_path_is_written_to_a_file(engine: Engine, ids: list[str], tmp_path: Path, client: httpx.Client) -> None:
    for name, frames in (("path.webp", 8), ("path.gif", 8), ("path.png", 1)):
        found = engine.latent.interpolate((ids[0], ids[1]), steps=5, out=tmp_path / name)
        assert found.written == str(tmp_path / name)
        with Image.open(tmp_path / name) as image:
            assert getattr(image, "n_frames", 1) == frames
    with pytest.raises(UsageError, match="must end in"):
        engine.latent.interpolate((ids[0], ids[1]), out="path.jpg")
    with pytest.raises(UsageError, match="cannot be written"):
        engine.latent.interpolate((ids[0], ids[1]), out=tmp_path / "no such folder" / "path.gif")
    asked = {"products": [ids[0], ids[1]], "out": str(tmp_path / "server.gif")}
    assert client.post("/api/v1/latent/interpolate", json=asked).status_code == 403
    assert not (tmp_path / "server.gif").exists()
    with pytest.raises(RefusedError, match="strip_url"):
        find_tool("latent/interpolate").validate(asked)


def test_the_rising_choice_is_the_best_of_all() -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        costs = rng.random((int(rng.integers(2, 5)), int(rng.integers(4, 8))))
        costs[rng.random(costs.shape) < 0.15] = np.inf
        for repeats in (False, True):
            pick = itertools.combinations_with_replacement if repeats else itertools.combinations
            choices = pick(range(costs.shape[1]), len(costs))
            best = min(sum(costs[row, column] for row, column in enumerate(choice)) for choice in choices)
            found = rising(costs, repeats=repeats)
            if found is None:
                assert best == np.inf
            else:
                assert sum(costs[row, column] for row, column in enumerate(found)) == pytest.approx(best)
                assert (np.diff(found) >= (0 if repeats else 1)).all()


# arithmetic, sample, reconstruct


def test_a_sum_is_average_plus_weighted_differences(engine: Engine, opened: Opened, ids: list[str]) -> None:
    one, other, third = opened.latents_of(ids[:3])
    found = engine.latent.arithmetic(plus=(ids[0], f"{ids[1]}=0.5"), minus=(ids[2],), inside=False)
    wanted = opened.mean + (one - opened.mean) + 0.5 * (other - opened.mean) - (third - opened.mean)
    np.testing.assert_allclose(latents_in(found.drawn_url)[0], wanted, atol=0.02)
    assert [(term.weight, term.product_id) for term in found.terms] == [(1, ids[0]), (0.5, ids[1]), (-1, ids[2])]
    assert found.kept == 1
    expected = brute_force(opened, latents_in(found.drawn_url)[0], without=set(ids[:3]))
    assert len(found.matches) == 8
    assert are_closest([match.product_id for match in found.matches], expected)


def test_a_sum_outside_the_catalogue_is_drawn_back(engine: Engine, opened: Opened, ids: list[str]) -> None:
    inside = engine.latent.arithmetic(plus=(f"{ids[0]}=5",))
    outside = engine.latent.arithmetic(plus=(f"{ids[0]}=5",), inside=False)
    near, far = (latents_in(found.drawn_url)[0] - opened.mean for found in (inside, outside))
    assert 0 < inside.kept < 1 == outside.kept
    np.testing.assert_allclose(near, inside.kept * far, atol=0.05)
    assert np.linalg.norm(near) <= np.linalg.norm(opened.space.vectors - opened.mean, axis=1).max() * 1.01


def test_terms_that_are_no_products_are_refused(engine: Engine, ids: list[str]) -> None:
    for term in ("no such", "no such=2", f"{ids[0]}=much"):
        with pytest.raises(NotFoundError):
            engine.latent.arithmetic(plus=(term,))
    with pytest.raises(UsageError, match="weight must be a number"):
        engine.latent.arithmetic(plus=(f"{ids[0]}=inf",))
    with pytest.raises(UsageError):
        engine.latent.arithmetic(plus=())


def test_samples_are_seeded_and_matched(engine: Engine, opened: Opened) -> None:
    one, again, other = (engine.latent.sample(count=5, source="prior", seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.strip_url != other.strip_url
    for sample, latent_D in zip(one.samples, latents_in(one.strip_url), strict=True):
        assert are_closest([sample.product_id], brute_force(opened, latent_D))
    tame = latents_in(engine.latent.sample(count=5, source="prior", seed=1, temperature=0.5).strip_url)
    np.testing.assert_allclose(tame, 0.5 * latents_in(one.strip_url), atol=0.01)
    assert engine.latent.sample(count=2).source in {"mixture", "prior"}


def test_rebuilding_measures_what_was_lost(engine: Engine, opened: Opened, ids: list[str], photo_bytes) -> None:
    known, strange = engine.latent.reconstruct((ids[1],), photo=photo_bytes(5)).rebuilt
    assert (known.source, strange.source) == (ids[1], "photo")
    photo = square(imaging.standardise(photo_bytes(5)).pixels, side=opened.codec.side)
    decoded = opened.codec.decode(opened.codec.encode([photo]))
    assert strange.psnr == pytest.approx(psnr(photo[None], reconstructions_NHWC=decoded)[0], abs=0.01)
    assert strange.psnr < 25
    assert known.psnr is None or known.psnr > strange.psnr
    assert strange.ssim < known.ssim <= 1
    assert known.nats is None
    assert known.source_url == f"/photos/{engine.catalogue.product(ids[1]).photo_ids[0]}.jpg"
    own_D = latents_in(known.drawn_url)[0]
    assert are_closest([known.product_id], brute_force(opened, own_D, without={ids[1]}))


def test_rebuilding_takes_a_photo_too(engine: Engine, client: httpx.Client, photo_bytes) -> None:
    answer = client.post("/api/v1/latent/reconstruct", files={"photo": ("a.jpg", photo_bytes(3))})
    assert answer.status_code == 200, answer.text
    (rebuilt,) = answer.json()["rebuilt"]
    assert (rebuilt["source"], rebuilt["source_url"]) == ("photo", "")
    assert client.post("/api/v1/latent/reconstruct", json={"photo": None}).status_code == 422
    with pytest.raises(UsageError, match="give a product's id, or a photo"):
        engine.latent.reconstruct()


# images and models


def test_an_address_shows_what_the_model_decodes(client: httpx.Client, opened: Opened, ids: list[str]) -> None:
    found = client.post("/api/v1/latent/interpolate", json={"products": ids[:2], "steps": 5}).json()
    one = client.get(found["steps"][2]["drawn_url"])
    assert one.headers["content-type"] == "image/webp"
    assert "immutable" in one.headers["cache-control"]
    shown = np.asarray(Image.open(io.BytesIO(one.content)).convert("RGB"), float)
    meant = opened.codec.decode(latents_in(found["steps"][2]["drawn_url"]))[0]
    assert np.abs(shown - meant).mean() < 6
    again = client.get(found["steps"][2]["drawn_url"], headers={"if-none-match": one.headers["etag"]})
    assert again.status_code == 304
    large = client.get(found["steps"][2]["drawn_url"], params={"side": 256})
    assert Image.open(io.BytesIO(large.content)).size == (256, 256)
    assert Image.open(io.BytesIO(client.get(found["strip_url"]).content)).size == (5 * 64 + 4 * 2, 64)
    assert Image.open(io.BytesIO(client.get(found["animation_url"]).content)).n_frames == 8


def test_addresses_that_cannot_be_shown_say_why(client: httpx.Client, opened: Opened) -> None:
    name, key = opened.codec.name, opened.codec.key
    code = to_code(np.zeros((1, 64), np.float32))
    for address, status, said in (
        (f"/decoded/{name}/0123456789abcdef/one/{code}.webp", 404, "trained again"),
        (f"/decoded/none-such/{key}/one/{code}.webp", 404, "no trained model named"),
        (f"/decoded/{name}/{key}/one/AAAA.webp", 422, "half-precision"),
        (f"/decoded/{name}/{key}/one/{code}.webp?side=63", 422, "side 63 is not one of"),
        (f"/decoded/{name}/{key}/film/{code}.webp", 422, "form"),
    ):
        answer = client.get(address)
        assert answer.status_code == status, address
        assert said in answer.json()["detail"]


def test_a_model_that_changed_or_was_never_embedded_says_what_to_run(engine: Engine, monkeypatch) -> None:
    codec = engine.codec()
    monkeypatch.setattr(codec, "key", "another")
    with pytest.raises(ConflictError, match="run: lookscape embed trained:pca"):
        engine.latent.steer()
    monkeypatch.setattr(codec, "name", "unheard")
    with pytest.raises(NotFoundError, match="run: lookscape embed trained:unheard"):
        engine.latent.steer()
    with pytest.raises(UnknownNameError, match="no trained model named 'x'"):
        engine.latent.steer(model="x")
    with pytest.raises(NotFoundError):
        engine.latent.steer("no such product")


def test_a_catalogue_without_models_says_so(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="lookscape train language"):
        Engine(catalogue).latent.steer()
