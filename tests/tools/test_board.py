"""The board on a small drawn catalogue, its words on boards made up, its scores on codes made up."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import CancelledError, UnknownNameError, UsageError
from lookscape.representation.latents.codec import Codec, Latents
from lookscape.services.board import judge
from lookscape.services.board.cache import Cache, read_latest
from lookscape.services.board.factors import RENDERED, factor_table, tones
from lookscape.services.board.figures import TABLES, Row
from lookscape.services.board.marks import marked, marks_of
from lookscape.services.board.meanings import MEANINGS, Better
from lookscape.services.board.models import Candidate, siblings
from lookscape.services.board.words import Facts, Topic, recommend
from lookscape.services.figures import Figure, Mark, shown
from lookscape.settings import Settings
from lookscape.tools.measure.board import Result

SETTINGS = {"photos": 20, "pairs": 5}


@pytest.fixture(scope="module")
def trained(drawn_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """260 drawn products and an autoencoder of two steps."""
    folder = tmp_path_factory.mktemp("board") / "catalogue"
    shutil.copytree(drawn_folder, folder)
    catalogue = Catalogue(Settings(catalogue=folder, workers=1))
    engine = Engine(catalogue)
    engine.manage.train("autoencoder", steps=2, name="small")
    yield engine
    catalogue.close()


@pytest.fixture(scope="module")
def board(trained: Engine) -> Result:
    return trained.measure.board(**SETTINGS)


def column(board: Result, figure: str) -> dict[str, Figure]:
    rows = [row for table in TABLES for row in getattr(board, table.name) if figure in table.figures]
    return {row.model: getattr(row, figure) for row in rows if getattr(row, figure)}


def test_every_model_and_pca_are_judged_on_photos_that_none_has_seen(trained: Engine, board: Result) -> None:
    assert [(model.model, model.fitted_here) for model in board.models] == [("small", False), ("pca", True)]
    assert board.photos == 20
    assert 20 <= board.held_out < 60
    assert board.true_factors == list(RENDERED)
    for figure in ("psnr_db", "ssim", "perceptual", "frechet", "samples_normal", "largest_step", "active_units"):
        assert set(column(board, figure)) == {"small", "pca"}, figure
    for name in MEANINGS:
        for found in column(board, name).values():
            assert found.low <= found.value + 1e-9 or name in {"active_units", "largest_step"}
            assert np.isfinite([found.low, found.value, found.high]).all()
    assert column(board, "psnr_db")["pca"].value > column(board, "psnr_db")["small"].value + 3
    assert column(board, "psnr_db")["pca"].mark is Mark.BEST
    assert board.real_photos is not None
    assert board.real_photos.value < column(board, "samples_normal")["small"].value
    assert "too few to compare numbers with true factors" in board.notes


def test_its_psnr_is_that_of_the_pixels(trained: Engine, board: Result) -> None:
    from lookscape.representation.metrics.pixels import psnr
    from lookscape.services.board.photos import Choice, held_out

    choice = Choice(photos=20, pairs=5, seed=0)
    photos = held_out(trained, sides={64}, side=64, choice=choice, progress=lambda *_: None)
    assert not set(photos.ids) & set(photos.train_ids)
    real = photos.at(64, photos.ids[:20])
    codec = trained.codec("small")
    wanted = psnr(real, reconstructions_NHWC=codec.decode(codec.encode(real))).mean()
    assert column(board, "psnr_db")["small"].value == pytest.approx(wanted, abs=1e-6)


def test_the_second_run_measures_nothing_again(trained: Engine, board: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a network was run again")

    for name in ("latents", "decode", "decode_unit"):
        monkeypatch.setattr(Codec, name, refuse)
    again = trained.measure.board(**SETTINGS)
    assert again.model_dump(exclude={"made_at"}) == board.model_dump(exclude={"made_at"})


def test_a_run_that_was_stopped_goes_on(trained: Engine, board: Result) -> None:
    asked = {**SETTINGS, "models": ("pca",), "seed": 1}
    folder = trained.folder / "boards" / "figures"
    before = set(folder.iterdir())

    def stop(done: int, total: int, stage: str) -> None:
        if stage == "evaluating pca: blends":
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        trained.measure.board(**asked, progress=stop)
    kept = {path: path.stat().st_mtime_ns for path in set(folder.iterdir()) - before}
    assert len(kept) == 2
    content = read_latest(trained.folder)
    assert content is not None
    assert Result.model_validate_json(content).seed == 0
    assert trained.measure.board(**asked).seed == 1
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(set(folder.iterdir()) - before) > len(kept)


def test_what_is_kept_is_what_was_answered(trained: Engine, board: Result) -> None:
    again = trained.measure.board(**SETTINGS)
    content = read_latest(trained.folder)
    assert content is not None
    assert Result.model_validate_json(content) == again


def test_models_are_chosen_by_name_and_unknown_ones_refused(trained: Engine) -> None:
    alone = trained.measure.board(models=("pca",), **SETTINGS)
    assert [model.model for model in alone.models] == ["pca"]
    assert "train one to compare it with" in alone.recommendation
    with pytest.raises(UnknownNameError, match="smal"):
        trained.measure.board(models=("smal",))
    with pytest.raises(UnknownNameError, match="no attribute named 'wings'"):
        trained.measure.board(factors=("wings",), **SETTINGS)


def test_too_few_photos_are_said_to_be_too_few(catalogue: Catalogue, empty_catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="bring in at least 240 photos"):
        Engine(catalogue).measure.board()
    with pytest.raises(UsageError, match="no photos yet"):
        Engine(empty_catalogue).measure.board()


def test_a_damaged_cache_is_measured_again(tmp_path: Path) -> None:
    cache, calls = Cache(tmp_path), list[int]()

    def compute() -> dict[str, Figure]:
        calls.append(1)
        return {"mig": Figure(value=0.5, low=0.4, high=0.6)}

    assert cache.get({"model": "a"}, compute) == cache.get({"model": "a"}, compute)
    assert len(calls) == 1
    cache.get({"model": "b"}, compute)
    assert len(calls) == 2
    for path in tmp_path.rglob("*.json"):
        path.write_text("{")
    cache.get({"model": "a"}, compute)
    assert len(calls) == 3


def test_every_figure_of_every_table_is_explained_and_no_other() -> None:
    named = [name for table in TABLES for name in table.figures]
    assert sorted(named) == sorted(MEANINGS)
    assert all(len(meaning.words) > 60 for meaning in MEANINGS.values())


# True factors, on a stub of a model whose codes are made up.


def stub(means_ND: np.ndarray, *, variances_ND: np.ndarray | None = None) -> Any:
    zeros = np.zeros_like(means_ND)
    photos = SimpleNamespace(
        groups=np.arange(len(means_ND)).astype(str), choice=SimpleNamespace(seed=0, pairs=5), num_seen=len(means_ND)
    )
    latents = Latents(means_ND=means_ND, variances_ND=zeros if variances_ND is None else variances_ND)
    return SimpleNamespace(latents=latents, photos=photos)


def test_a_code_that_is_the_factors_scores_above_its_rotation() -> None:
    rng = np.random.default_rng(0)
    factors = {name: rng.normal(size=300) for name in ("height", "sole", "tone")}
    code = np.stack([*factors.values(), rng.normal(size=300)], axis=1).astype(np.float32)
    turned = (code @ np.linalg.qr(rng.normal(size=(4, 4)))[0]).astype(np.float32)
    pure, mixed = (judge.true_factors(stub(one), factors) for one in (code, turned))
    for name in ("mig", "disentanglement", "completeness", "sap"):
        assert pure[name].low > mixed[name].high, name
        assert pure[name].low <= pure[name].value <= pure[name].high
    assert pure["disentanglement"].value > 0.85
    assert judge.true_factors(stub(code[:40]), {name: one[:40] for name, one in factors.items()}) == {}


def test_divergence_and_distance_from_the_prior_of_codes_made_up() -> None:
    rng = np.random.default_rng(1)
    means = rng.normal(scale=0.6, size=(150, 3)).astype(np.float32)
    means[:, 2] = 0
    variances = np.broadcast_to(np.float32([0.64, 0.64, 1.0]), means.shape)
    found = judge.latent_space(stub(means, variances_ND=np.array(variances)))
    nats = ((means[:, :2] ** 2 + 0.64 - 1 - np.log(0.64)) / 2).sum(axis=1).mean()
    assert found["kl_nats"].value == pytest.approx(nats, rel=1e-4)
    assert found["active_units"].value == 2
    assert abs(found["prior_mmd"].value) < 0.05
    assert "kl_nats" not in judge.latent_space(stub(means))


def test_colours_become_three_quantities_and_numbers_numbers(trained: Engine) -> None:
    ids = trained.catalogue.photo_ids()[:30]
    photos: Any = SimpleNamespace(ids=tuple(ids))
    table = factor_table(trained, ("collar_height", "pattern", "upper_hex"), photos)
    assert list(table) == ["collar_height", "pattern", "upper_lightness", "upper_redness", "upper_yellowness"]
    assert table["collar_height"].dtype == np.float64
    owner = trained.catalogue.products_of_photos(ids)[ids[0]][0]
    given = trained.catalogue.product(owner).attributes
    assert table["pattern"][0] == given["pattern"]
    grey = np.mean(list(bytes.fromhex(given["upper_hex"][1:])))
    assert abs(table["upper_lightness"][0] - grey / 2.55) < 25


def test_a_colour_has_a_tone(trained: Engine) -> None:
    ids = trained.catalogue.photo_ids()[:30]
    photos: Any = SimpleNamespace(ids=tuple(ids))
    table = factor_table(trained, RENDERED, photos)
    assert list(table) == list(RENDERED)
    assert set(table["upper_tone"]) <= {"dark", "medium", "light"}
    with pytest.raises(UnknownNameError):
        factor_table(trained, ("roof_tone",), photos)


def test_tones_are_those_of_lightness() -> None:
    # L* of greys (CIE 15:2004): #404040 has 27.1, #808080 53.6, #c0c0c0 77.7; #525252 34.8, #ababab 69.9, #acacac 70.3.
    shown = np.array(["#404040", "#808080", "#c0c0c0", "#525252", "#ababab", "#acacac", ""])
    assert tones(shown).tolist() == ["dark", "medium", "light", "dark", "medium", "light", ""]


def test_models_of_one_recipe_and_other_seeds_are_siblings(tmp_path: Path) -> None:
    def candidate(name: str, *, seed: int, steps: int = 10, kind: str = "beta_vae") -> Candidate:
        (tmp_path / name).mkdir()
        recipe = {"recipe": {"model": kind, "num_steps": steps, "seed": seed}}
        (tmp_path / name / "trained.json").write_text(json.dumps(recipe))
        nothing: Any = None
        return Candidate(
            name=name, kind=kind, recipe=kind, key=name, side=64, dim=8, open=nothing, folder=tmp_path / name
        )

    one, two = candidate("one", seed=0), candidate("two", seed=1)
    same, longer = candidate("same", seed=1), candidate("longer", seed=2, steps=20)
    flat = [candidate(f"pca-{seed}", seed=seed, kind="pca") for seed in range(2)]
    found = siblings([one, two, same, longer, *flat])
    assert [[each.name for each in alike] for alike in found] == [["one", "two"]]


# Marks and words, on boards made up.


def figure(value: float, spread: float = 0.01) -> Figure:
    return Figure(value=value, low=value - spread, high=value + spread)


def test_overlapping_intervals_are_ties_and_others_are_not() -> None:
    column = [figure(24, 0.3), figure(24.4, 0.3), figure(22, 0.3), None]
    assert marks_of(column, better=Better.HIGHER) == [Mark.TIE, Mark.TIE, Mark.NONE, Mark.NONE]
    assert marks_of(column, better=Better.LOWER) == [Mark.NONE, Mark.NONE, Mark.BEST, Mark.NONE]
    assert marks_of(column, better=Better.NEITHER) == [Mark.NONE] * 4
    assert marks_of([figure(1), None], better=Better.HIGHER) == [Mark.NONE, Mark.NONE]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (24.04, "24.0"),
        (0.4567, "0.46"),
        (0.00123, "0.0012"),
        (131.4, "131"),
        (64.0, "64"),
        (0.0, "0.00"),
        (3.14, "3.14"),
    ],
)
def test_figures_are_written_short(value: float, text: str) -> None:
    assert shown(value) == text


Make = Callable[..., Facts]


@pytest.fixture
def facts() -> Make:
    """`facts({"psnr_db": {"a": 24.0, ...}})`: a board with intervals of 1 % of the values."""

    def make(columns: dict[str, dict[str, float]], **more: Any) -> Facts:
        models = list(dict.fromkeys(name for column in columns.values() for name in column))
        tables: dict[str, list[Row]] = {}
        for table in TABLES:
            given = {name: columns[name] for name in table.figures if name in columns}
            rows = [
                table.row(model=m, **{f: figure(c[m], abs(c[m]) / 100) for f, c in given.items() if m in c})
                for m in models
            ]
            tables[table.name] = marked(rows) if given else []
        kinds = {name: "pca" if name == "pca" else name for name in models if name != "lookalike"}
        usual = {"dims": dict.fromkeys(kinds, 64), "recipes": kinds, "photos": 600, "groups": 590}
        return Facts(tables=tables, kinds=kinds, **{**usual, **more})

    return make


def said(given: Facts) -> dict[Topic, Any]:
    return {advice.topic: advice for advice in recommend(given)}


def test_the_most_disentangled_model_is_named_and_why(facts: Make) -> None:
    columns = {
        "disentanglement": {"language": 0.66, "autoencoder": 0.3, "pca": 0.25},
        "mig": {"language": 0.37, "autoencoder": 0.04, "pca": 0.1},
        "informativeness": {"language": 0.5, "autoencoder": 0.7, "pca": 0.6},
    }
    advice = said(facts(columns))[Topic.SLIDERS]
    assert advice.use == ["language"]
    assert "disentanglement 0.66, MIG 0.37" in advice.says
    assert "autoencoder has 0.30 and 0.04; pca has 0.25 and 0.10" in advice.says
    assert "autoencoder predicts the factors better (informativeness 0.70 against 0.50)" in advice.says


def test_ties_are_named_together_and_told(facts: Make) -> None:
    columns = {
        "psnr_db": {"one": 24.0, "two": 24.2, "pca": 22.0},
        "perceptual": {"one": 0.300, "two": 0.301, "pca": 0.5},
    }
    found = said(facts(columns))
    assert found[Topic.PHOTOS].use == ["two", "one"]
    assert "Use two or one, which are tied" in found[Topic.PHOTOS].says
    assert "are tied for: keeping photos as they are" in found[Topic.SURE].says


def test_pixels_and_eye_may_disagree(facts: Make) -> None:
    columns = {"psnr_db": {"one": 25.1, "two": 22.0}, "perceptual": {"one": 0.5, "two": 0.3}}
    found = said(facts(columns))
    assert found[Topic.PHOTOS].use == ["one", "two"]
    assert "one is closest pixel by pixel (25.1 dB), two to the eye" in found[Topic.PHOTOS].says
    assert "ties" not in found[Topic.SURE].says


def test_samples_are_judged_over_both_ways_to_draw_them(facts: Make) -> None:
    columns = {
        "samples_normal": {"one": 200.0, "pca": 130.0},
        "samples_mixture": {"one": 100.0},
        "mixture_gain": {"one": 0.5},
    }
    advice = said(facts(columns, real_photos=figure(30)))[Topic.SAMPLES]
    assert advice.use == ["one"]
    assert "sampled from its fitted mixture" in advice.says
    assert "100, where other real photos get 30" in advice.says
    assert "50 % closer than blind samples" in advice.says


def test_the_search_that_is_in_use_is_kept_unless_beaten(facts: Make) -> None:
    worse = said(facts({"copies_first": {"one": 0.4, "lookalike": 0.99}}, usual="lookalike"))[Topic.SEARCH]
    assert worse.use == ["lookalike"]
    assert "The best of the others, one, finds 40 %" in worse.says
    better = said(facts({"copies_first": {"one": 0.99, "lookalike": 0.4}}, usual="lookalike"))[Topic.SEARCH]
    assert better.use == ["one"]
    assert "more than lookalike, the current search model (40 %)" in better.says


def test_sliders_without_true_factors(facts: Make) -> None:
    agreed = said(facts({"udr": {"one": 0.7, "two": 0.4}, "kl_nats": {"one": 50.0}}))[Topic.SLIDERS]
    assert agreed.use == ["one"]
    little = said(facts({"udr": {"one": 0.07, "two": 0.07}}))[Topic.SLIDERS]
    assert little.use == []
    assert "No model's sliders are stable" in little.says
    unknown = said(facts({"kl_nats": {"one": 50.0}, "psnr_db": {"one": 20.0}}))
    assert "cannot be measured here" in unknown[Topic.SLIDERS].says
    assert "lookscape train one --seed 1 --name one-2" in unknown[Topic.NEXT].says
    assert "train language" in said(facts({"psnr_db": {"pca": 20.0}}))[Topic.SLIDERS].says


def test_what_to_try_next_names_what_is_wrong(facts: Make) -> None:
    columns = {
        "active_units": {"one": 5.0, "pca": 64.0},
        "perceptual": {"one": 0.6, "pca": 0.5},
        "samples_normal": {"one": 100.0, "pca": 90.0},
    }
    says = said(facts(columns))[Topic.NEXT].says
    assert "one uses only 5 of its 64 numbers" in says
    assert "one reconstructs photos no better, to the eye, than PCA" in says
    assert "one has no fitted mixture" in says
    assert "wide intervals" in said(facts(columns, photos=40))[Topic.SURE].says
