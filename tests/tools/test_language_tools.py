"""Named factors: learned once, named by people, kept, put on products, said in words."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from scipy.stats import rankdata

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Filter
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, RefusedError, UnknownNameError, UsageError
from lookscape.representation.language.language import Language
from lookscape.representation.latents.code import from_code
from lookscape.services.language.axes import axes_of
from lookscape.services.language.factors import open_factors
from lookscape.services.language.language import names_path, open_language
from lookscape.services.language.opened import open_model
from lookscape.settings import Settings
from lookscape.tools._tool import find_tool
from lookscape.tools.latent import describe
from lookscape.tools.latent import language as language_tool


@pytest.fixture(scope="module")
def learned(drawn_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """260 drawn products, measured, with principal components of their photos."""
    folder = tmp_path_factory.mktemp("language") / "catalogue"
    shutil.copytree(drawn_folder, folder)
    engine = Engine(Catalogue(Settings(catalogue=folder, workers=1, user="Ada")))
    engine.manage.gauge()
    engine.manage.train("pca", dim=24)
    open_factors(open_model(engine, None))
    engine.catalogue.close()
    return folder


@pytest.fixture
def engine(learned: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy to work on."""
    shutil.copytree(learned, tmp_path / "catalogue")
    opened = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1, user="Ada")))
    yield opened
    opened.catalogue.close()


def test_factors_are_ranked_named_and_shown_by_real_products(engine: Engine) -> None:
    found = engine.latent.factors(limit=24, examples=3)
    shares = [factor.share for factor in found.factors]
    assert [factor.rank for factor in found.factors] == list(range(1, 25))
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)
    named = [factor for factor in found.factors if factor.named_by == "suggested"]
    assert len(named) >= 3
    assert all(factor.confidence >= 0.8 and factor.low_words and factor.high_words for factor in named)
    assert all(factor.factor == f"Factor {factor.rank}" for factor in found.factors if not factor.named_by)
    for factor in found.factors:
        low, high = [one.value for one in factor.low], [one.value for one in factor.high]
        assert low == sorted(low)
        assert high == sorted(high, reverse=True)
        assert max(low) < min(high)
        assert len({one.product_id for one in (*factor.low, *factor.high)}) == 6


def test_suggested_names_say_what_the_measures_say(engine: Engine) -> None:
    """On products at both ends, by the attribute itself."""
    factors = open_factors(open_model(engine, None))
    products = engine.catalogue.products(factors.product_ids)
    for place, factor in enumerate(factors.shown):
        if not factor.is_named or factor.suggestion is None or factor.suggestion.value:
            continue
        name = factor.suggestion.attribute
        order = np.argsort(factors.values_NF[:, place])
        values = [float(products[factors.product_ids[row]].attributes.get(name, "nan")) for row in order]
        low, high = np.nanmean(values[:26]), np.nanmean(values[-26:])
        assert (high - low) * factor.suggestion.strength > 0


def test_a_strip_moves_its_factor_alone(engine: Engine) -> None:
    opened = open_model(engine, None)
    product = engine.catalogue.find(limit=1).products[0].id
    found = engine.latent.factors(product, limit=2, columns=5)
    own_F = axes_of(opened).to_factors(opened.latents_of([product]))[0]
    for place, factor in enumerate(found.factors):
        code = factor.strip_url.rpartition("/")[2].removesuffix(".webp")
        values_CF = axes_of(opened).to_factors(from_code(code, dim=24))
        np.testing.assert_allclose(values_CF[:, place], [-2.5, -1.25, 0, 1.25, 2.5], atol=0.02)
        others = [other for other in range(8) if other != place]
        np.testing.assert_allclose(values_CF[:, others], np.tile(own_F[others], (5, 1)), atol=0.05)


def test_a_name_is_shown_everywhere_and_survives_a_new_process(engine: Engine) -> None:
    done = engine.latent.rename("2", "shape: slim ... tall")
    assert (done.factor, done.low_words, done.high_words, done.acts) == ("shape", "slim", "tall", 1)
    again = Engine.open(engine.folder)
    factor = again.latent.factors(limit=2).factors[1]
    assert (factor.factor, factor.named_by, factor.confidence) == ("shape", "Ada", 1)
    assert again.latent.traverse(factors=("shape",), columns=2).rows[0].rank == 2
    slider = again.latent.steer(factors=("shape=1.5",), limit=0).sliders[1]
    assert (slider.factor, slider.value, slider.low_words, slider.high_words) == ("shape", 1.5, "slim", "tall")


@pytest.mark.parametrize(
    ("factor", "name", "error"),
    [
        ("none such", "x", UnknownNameError),
        ("99", "x", UnknownNameError),
        ("1", "7", UsageError),
        ("1", "a=b", UsageError),
    ],
)
def test_names_that_would_confuse_are_refused(engine: Engine, factor: str, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        engine.latent.rename(factor, name)
    engine.latent.rename("1", "height")
    with pytest.raises(UsageError, match="already called 'height'"):
        engine.latent.rename("2", "Height: low ... high")


def test_merged_factors_move_together_and_part_again(engine: Engine) -> None:
    opened = open_model(engine, None)
    before = open_factors(opened)
    done = engine.latent.merge(("3", "1"), name="both")
    assert (done.rank, done.factor) == (3, "both")
    factors = open_factors(opened)
    place = [factor.name for factor in factors.shown].index("both")
    assert factors.shown[place].parts == (2, 0)
    assert len(factors.shown) == 23
    summed_N = before.values_NF[:, 2] + before.values_NF[:, 0]
    assert np.corrcoef(factors.values_NF[:, place], summed_N)[0, 1] == pytest.approx(1, abs=1e-3)
    assert factors.values_NF[:, place].std() == pytest.approx(1, abs=0.01)
    axes = axes_of(opened)
    rows_ND = opened.space.vectors[:9]
    np.testing.assert_allclose(axes.to_latents(axes.to_factors(rows_ND)), rows_ND, atol=1e-3)
    assert engine.latent.undo().undone == "merge"
    assert [factor.name for factor in open_factors(opened).shown] == [factor.name for factor in before.shown]


def test_hidden_factors_are_left_out_and_come_back(engine: Engine) -> None:
    opened = open_model(engine, None)
    product = engine.catalogue.find(limit=1).products[0].id
    moved = engine.latent.steer(product, factors=("2=1",), limit=0).drawn_url
    assert engine.latent.hide("1").hidden
    assert [slider.rank for slider in engine.latent.steer(limit=0).sliders] == list(range(2, 25))
    assert [factor.rank for factor in engine.latent.factors(hidden=True).factors] == [1]
    assert engine.latent.factors().hidden == 1
    now, then = (
        from_code(url.rpartition("/")[2].removesuffix(".webp"), dim=24)
        for url in (moved, engine.latent.steer(product, factors=("2=1",), limit=0).drawn_url)
    )
    np.testing.assert_allclose(now, then, atol=0.02)
    with pytest.raises(UnknownNameError):
        engine.latent.steer(factors=("1=1",))
    assert not engine.latent.show("1").hidden
    assert len(axes_of(opened).names) == 24


def test_undo_goes_back_to_what_was_learned(engine: Engine) -> None:
    start = engine.latent.factors()
    engine.latent.rename("1", "one")
    engine.latent.hide("2")
    assert (engine.latent.undo().undone, engine.latent.undo().name) == ("hide", "one")
    assert engine.latent.factors() == start
    with pytest.raises(UsageError, match="nothing can be undone"):
        engine.latent.undo()


def test_a_language_is_kept_while_people_have_worked_on_it(engine: Engine) -> None:
    opened = open_model(engine, None)
    learned = open_language(opened).language.key
    engine.latent.rename("1", "mine")
    shutil.rmtree(engine.folder / "models" / "pca" / "language")
    ingest(engine.catalogue, "rendered:300,size=64", progress=lambda done, total, stage: None)
    engine.manage.gauge()
    engine.manage.embed("trained:pca", space="pca")
    grown = open_language(open_model(engine, None))
    assert grown.language.key == learned
    assert grown.kept
    assert len(grown.product_ids) > 260
    found = engine.latent.factors(limit=1)
    assert (found.factors[0].factor, found.kept) == ("mine", True)
    engine.latent.undo()
    fresh = open_language(open_model(engine, None))
    assert fresh.language.key != learned
    assert not fresh.kept


def test_the_fit_is_read_from_the_disk_and_made_again_when_it_is_damaged(engine: Engine) -> None:
    folder = engine.folder / "models" / "pca" / "language"
    first = (folder / "about.json").read_bytes()
    key = open_language(open_model(engine, None)).language.key
    assert (folder / "about.json").read_bytes() == first
    (folder / "weights.safetensors").write_bytes(b"damaged")
    again = Engine.open(engine.folder)
    again.manage.gauge()
    open_language.__globals__["_open"].cache_clear()
    assert open_language(open_model(again, None)).language.key == key
    assert Language.load(folder).key == key


def test_damaged_names_are_never_overwritten(engine: Engine) -> None:
    engine.latent.rename("1", "mine")
    path = names_path(open_model(engine, None))
    path.write_text("{")
    with pytest.raises(NotFoundError, match="damaged"):
        engine.latent.rename("2", "other")
    assert path.read_text() == "{"


def test_percentiles_are_midranks(engine: Engine) -> None:
    factors = open_factors(open_model(engine, None))
    found_NF = factors.percentiles(factors.values_NF)
    expected_NF = 100 * (rankdata(factors.values_NF, axis=0) - 0.5) / len(found_NF)
    np.testing.assert_allclose(found_NF, expected_NF)
    assert factors.percentiles(np.full((1, 24), 99.0)).tolist() == [[100.0] * 24]


def test_every_product_gets_its_percentiles_and_one_undo_takes_them_back(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    engine.latent.rename("5", "sheen: dull ... glossy")
    found = engine.latent.language(out=path)
    factors = open_factors(open_model(engine, None))
    place = [factor.name for factor in factors.shown].index("sheen")
    percentile_N = factors.percentiles(factors.values_NF)[:, place]
    assert (found.products, found.written) == (260, str(path))
    assert "sheen" in found.factors
    for product_id, product in engine.catalogue.products(factors.product_ids).items():
        expected = percentile_N[factors.row_of[product_id]]
        assert float(product.attributes["look.sheen"]) == pytest.approx(expected, abs=0.51)
    glossy = engine.catalogue.matching(Filter(where={"look": ("sheen: glossy",)}))
    assert glossy == {one for one, value in zip(factors.product_ids, percentile_N, strict=True) if value >= 80}
    one = next(item for item in engine.catalogue.attributes(factors.product_ids[0]) if item.name == "look.sheen")
    assert (one.origin, one.by, one.confidence) == ("predicted", "look", 1)
    assert open_factors(open_model(engine, None)) is factors
    engine.catalogue.undo(found.act)
    assert not engine.catalogue.matching(Filter(where={"look": ("sheen: glossy",)}))
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["product_id"] for row in rows] == list(factors.product_ids)
    written = [float(row["sheen percentile"]) for row in rows]
    np.testing.assert_allclose(written, percentile_N, atol=0.01)


def test_the_table_as_parquet_is_the_same(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    found = engine.latent.language(store=False, out=path)
    assert found.act is None
    table = pyarrow.parquet.read_table(path)
    columns = language_tool.columns_of(open_factors(open_model(engine, None)))
    assert table.column_names == list(columns)
    assert len(table.column_names) == 1 + 2 * 24
    np.testing.assert_array_equal(table["Factor 24 sd"].to_numpy(), columns["Factor 24 sd"])
    with pytest.raises(UsageError, match="must end in"):
        engine.latent.language(out="table.xlsx")
    with pytest.raises(RefusedError):
        find_tool("latent/language").validate({"out": str(path)})


def test_a_product_in_words(engine: Engine) -> None:
    factors = open_factors(open_model(engine, None))
    place = next(place for place, factor in enumerate(factors.shown) if factor.is_named)
    extreme = factors.product_ids[int(factors.values_NF[:, place].argmax())]
    found = engine.latent.describe(extreme)
    assert {one.factor for one in found.places} == {factor.name for factor in factors.shown if factor.is_named}
    far = [abs(one.percentile - 50) for one in found.words]
    assert far == sorted(far, reverse=True)
    assert min(far) >= 30
    assert any(one.word == factors.shown[place].high for one in found.words)
    assert factors.shown[place].high.lower() in found.sentence.lower()
    assert "above 99 % of the catalogue" in found.sentence or "below 99 %" in found.sentence
    assert "100 %" not in found.sentence
    with pytest.raises(NotFoundError):
        engine.latent.describe("none such")


def test_a_value_set_apart_has_no_percentiles_in_the_sentence() -> None:
    def place(factor: str, word: str, percentile: float, *, ordered: bool) -> describe.Place:
        ends = {"low_words": "low", "high_words": "high", "confidence": 1.0}
        return describe.Place(rank=1, factor=factor, percentile=percentile, ordered=ordered, word=word, **ends)

    words = [
        place("silhouette: mid", "not mid", 2.0, ordered=False),
        place("sole lightness", "light sole", 96.0, ordered=True),
        place("height", "flat", 7.0, ordered=True),
    ]
    assert describe._sentence(words, any_named=True) == (
        "Silhouette: not mid, light sole (sole lightness above 96 % of the catalogue), flat (height below 93 %)."
    )


def test_too_few_products_have_no_language_but_still_sliders(tmp_path: Path) -> None:
    engine = Engine(Catalogue(Settings(catalogue=tmp_path / "few", workers=1)))
    ingest(engine.catalogue, "rendered:12,size=32", progress=lambda done, total, stage: None)
    engine.manage.train("pca", dim=8)
    with pytest.raises(UsageError, match="at least 20 products"):
        engine.latent.factors()
    assert all(slider.factor.startswith("latent-") for slider in engine.latent.steer(limit=0).sliders)
