"""Every model turns photos of any size into finite vectors, the same ones every time, alone or in company.

A file with `build` is an encoder that is ready or fitted. One with `Model` is trained by the loop: its losses reach all
its weights, it comes back from disk as it was, and a run that was stopped ends as one that was not.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from lookscape import parts
from lookscape.errors import UsageError
from lookscape.index.protocol import Metric
from lookscape.representation.inference.samples import pictures
from lookscape.representation.latents.codec import Codec, to_unit
from lookscape.representation.protocol import Encoder, FittedEncoder, ImageU8
from lookscape.representation.specs import MODELS, resolve
from lookscape.representation.trainable import StepContext, Trainable
from lookscape.representation.training.arguments import TrainingArguments
from lookscape.representation.training.devices import Place, open_fabric
from lookscape.representation.training.loop import Batches, Run, set_up, train
from lookscape.representation.training.recipe import Recipe
from lookscape.representation.training.run import write_model
from lookscape.representation.training.state import last_state, save_state

NAMES = parts.names(MODELS)
each_model = pytest.mark.parametrize("model", [name for name in NAMES if hasattr(parts.load(MODELS, name), "build")])
each_trainable = pytest.mark.parametrize("kind", [name for name in NAMES if hasattr(parts.load(MODELS, name), "Model")])

TINY = {
    "side": 16,
    "dim": 8,
    "width": 4,
    "critic_width": 4,
    "draws": 16,
    "fooling": 0.1,
    "sharpness": 20.0,
    "ties": ("height",),
}
"""As far as a model's Config has these fields."""


def test_every_file_is_one_or_the_other() -> None:
    modules = [parts.load(MODELS, name) for name in NAMES]
    assert all(hasattr(module, "Config") for module in modules)
    assert all(hasattr(module, "build") != hasattr(module, "Model") for module in modules)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


def photos() -> list[ImageU8]:
    """Large, small, wide, tall, one pixel, black, white, grey."""
    scene = pictures(1, side=300)[0]
    sizes = [scene, scene[:64, :64], scene[:40, :200], scene[:251, 90:123], scene[150:151, 150:151]]
    return [*sizes, np.zeros_like(scene), np.full_like(scene, 255), np.repeat(scene[:, :, :1], 3, axis=2)]


def ready(model: str, folder: Path) -> Encoder:
    """The default model of that name; one that has to be fitted has seen eight pictures."""
    encoder = resolve(model, models=folder)
    if isinstance(encoder, FittedEncoder):
        encoder.fit(pictures(8, side=96))
    return encoder


@each_model
def test_vectors_are_finite_and_do_not_depend_on_company(model: str, folder: Path) -> None:
    encoder = ready(model, folder)
    assert isinstance(encoder, Encoder)
    together = encoder.encode(photos())
    assert together.shape == (8, encoder.dim)
    assert together.dtype == np.float32
    assert np.isfinite(together).all()
    alone = np.concatenate([encoder.encode([photo]) for photo in photos()])
    np.testing.assert_array_equal(together, alone)


@each_model
def test_photos_may_come_from_a_generator_and_there_may_be_none(model: str, folder: Path) -> None:
    encoder = ready(model, folder)
    np.testing.assert_array_equal(encoder.encode(iter(photos())), encoder.encode(photos()))
    assert encoder.encode([]).shape == (0, encoder.dim)


@each_model
def test_different_photos_get_different_vectors_and_similar_ones_similar(model: str, folder: Path) -> None:
    encoder = ready(model, folder)
    first, second = pictures(2, side=224)
    darker = np.asarray(first * 0.9, np.uint8)
    vectors = encoder.encode([first, darker, second])
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = vectors @ vectors.T / np.outer(lengths, lengths)
    assert cosines[0, 1] > cosines[0, 2]


@each_model
def test_a_second_opening_gives_the_same_vectors_under_the_same_key(model: str, folder: Path) -> None:
    first, second = ready(model, folder), ready(model, folder)
    assert first.key == second.key
    np.testing.assert_array_equal(first.encode(photos()), second.encode(photos()))


@each_model
def test_the_key_changes_with_what_is_computed(model: str, folder: Path) -> None:
    fields = parts.load(MODELS, model).Config.model_fields
    given = [f"{name}={value}" for name, value in {"side": 64, "weights": "none"}.items() if name in fields]
    specs = [model, *(f"{model}?{','.join(given[:num])}" for num in range(1, len(given) + 1))]
    assert len(specs) > 1
    assert len({ready(spec, folder).key for spec in specs}) == len(specs)


@each_model
def test_threads_may_encode_at_once(model: str, folder: Path) -> None:
    encoder = ready(model, folder)
    expected = encoder.encode(photos())
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: encoder.encode(photos()), range(4)):
            np.testing.assert_array_equal(vectors, expected)


@each_model
def test_the_metric_and_side_are_usable(model: str, folder: Path) -> None:
    encoder = ready(model, folder)
    assert Metric(encoder.default_metric)
    assert encoder.side >= 32


@each_model
def test_what_was_fitted_can_be_carried_over(model: str, folder: Path) -> None:
    encoder = resolve(model, models=folder)
    if not isinstance(encoder, FittedEncoder):
        pytest.skip("learns nothing from the catalogue")
    assert encoder.num_fitted == 0
    with pytest.raises(UsageError, match="embed"):
        encoder.encode(photos())
    unfitted = encoder.key
    encoder.fit(pictures(8, side=96))
    assert encoder.num_fitted == 8
    assert encoder.key != unfitted
    other = resolve(model, models=folder)
    assert isinstance(other, FittedEncoder)
    other.restore(encoder.state())
    assert other.key == encoder.key
    np.testing.assert_array_equal(other.encode(photos()), encoder.encode(photos()))


def tiny_recipe(kind: str, *, steps: int) -> Recipe:
    """A recipe that takes milliseconds a step."""
    fields = parts.load(MODELS, kind).Config.model_fields
    config = {name: value for name, value in TINY.items() if name in fields}
    return Recipe(model=kind, config=config, num_steps=steps, batch_size=8, learning_rate=3e-3, ema_decay=0.5)


def tiny(kind: str) -> Trainable:
    """A small model of that kind that has looked at its photos."""
    torch.manual_seed(0)
    model = tiny_recipe(kind, steps=1).new_model()
    model.start_from(batch())
    return model


def small_photos(count: int = 16) -> np.ndarray:
    return np.stack(pictures(count, side=16))


def batch() -> Tensor:
    return to_unit(small_photos())


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Such small work is slower on two."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@each_trainable
@pytest.mark.usefixtures("one_thread")
def test_photos_go_to_latents_and_back(kind: str) -> None:
    model = tiny(kind).eval()
    with torch.inference_mode():
        posterior = model.posterior(batch())
        rebuilt_BCHW = model.decode(posterior.mean_BD)
        drawn_BD = model.draw(3)
        wild_BCHW = model.decode(100 * torch.randn(3, model.dim))
    assert posterior.mean_BD.shape == (16, model.dim) == (16, 8)
    assert posterior.log_variance_BD is None or posterior.log_variance_BD.shape == (16, 8)
    assert drawn_BD.shape == (3, 8)
    assert rebuilt_BCHW.shape == (16, 3, 16, 16)
    for x_BCHW in (rebuilt_BCHW, wild_BCHW):
        assert x_BCHW.dtype == torch.float32
        assert x_BCHW.min() >= 0
        assert x_BCHW.max() <= 1


@each_trainable
@pytest.mark.usefixtures("one_thread")
def test_every_players_losses_are_finite_and_reach_all_its_weights(kind: str) -> None:
    model = tiny(kind).train()
    owned: list[Tensor] = []
    for step in range(2):  # what begins at zero (a gate, a last layer) lets gradients through from the second step on
        for player in model.players:
            optimizer = model.optimizer(player, learning_rate=1e-2)
            losses = model(batch(), StepContext(step=step, num_steps=10, player=player))
            assert losses.total.shape == ()
            assert losses.total.isfinite()
            assert losses.measured
            for value in losses.measured.values():
                assert value.isfinite().all()
                assert not value.requires_grad
            optimizer.zero_grad()
            losses.total.backward()
            reached = {id(weight): weight.grad is not None and bool(weight.grad.any()) for weight in model.parameters()}
            optimizer.step()
            if step:
                named = {id(weight): name for name, weight in model.named_parameters()}
                mine = model.parameters_of(player)
                assert [named[id(weight)] for weight in mine if not reached[id(weight)]] == []
                owned += mine
    assert {id(weight) for weight in owned} == {id(weight) for weight in model.parameters()}
    assert len(owned) == len({id(weight) for weight in owned}), "a weight belongs to two players"


def run_tiny(kind: str, *, steps: int, stop: int | None = None, states: Path | None = None) -> Run:
    """Train by the loop; `stop` ends after that many steps, `states` is gone on from and written to."""
    recipe = tiny_recipe(kind, steps=steps)
    with open_fabric(recipe.precision, Place(), players=1) as fabric:
        run = set_up(tiny(kind), recipe, fabric=fabric)
        state = last_state(states) if states else None
        if state is not None:
            state.restore(run)
        start = state.step if state else 0
        batches = Batches(array_NHWC=small_photos(), rows=np.arange(16), batch_size=8, seed=0)

        def halt(done: int, measured: object) -> None:
            if done == stop:
                raise InterruptedError

        if stop is None:
            train(run, recipe, batches, start=start, hooks=[])
        else:
            with pytest.raises(InterruptedError):
                train(run, recipe, batches, start=start, hooks=[halt])
            assert states is not None
            save_state(states, run, step=stop, seconds=0.0, fingerprint="")
    return run


@each_trainable
@pytest.mark.usefixtures("one_thread")
def test_a_run_that_was_stopped_ends_as_one_that_was_not(kind: str, tmp_path: Path) -> None:
    straight = run_tiny(kind, steps=6)
    run_tiny(kind, steps=6, stop=1 if straight.optimizers else None, states=tmp_path)
    if straight.optimizers:
        run_tiny(kind, steps=6, stop=3, states=tmp_path)
    resumed = run_tiny(kind, steps=6, states=tmp_path)
    assert weights(straight) == weights(resumed)


def weights(run: Run) -> dict[str, str]:
    """A digest of every tensor, the averages among them."""
    both = [run.model, *([run.average] if run.average is not None else [])]
    tensors = {
        f"{number}.{name}": tensor for number, one in enumerate(both) for name, tensor in one.state_dict().items()
    }
    return {name: hashlib.sha256(tensor.contiguous().numpy().tobytes()).hexdigest() for name, tensor in tensors.items()}


@each_trainable
@pytest.mark.usefixtures("one_thread")
def test_some_steps_rebuild_photos_better(kind: str) -> None:
    before, x_BCHW = tiny(kind).eval(), batch()
    if not before.players:
        pytest.skip("learns without steps")
    after = run_tiny(kind, steps=60).model.eval()
    with torch.inference_mode():
        errors = [(model.decode(model.posterior(x_BCHW).mean_BD) - x_BCHW).square().mean() for model in (before, after)]
    assert errors[1] < 0.9 * errors[0]


@each_trainable
@pytest.mark.usefixtures("one_thread")
def test_a_saved_one_opens_as_an_encoder_that_also_decodes(kind: str, tmp_path: Path) -> None:
    model = tiny(kind).eval()
    recipe = tiny_recipe(kind, steps=1)
    order = TrainingArguments(name="tiny", recipe_name="none", recipe=recipe, models=tmp_path, cache=tmp_path)
    write_model(order, model, folder=order.folder)
    codec = Codec.open(order.folder)
    assert isinstance(codec, Encoder)
    assert (codec.name, codec.kind, codec.dim, codec.side) == ("tiny", kind, 8, 16)
    assert Metric(codec.default_metric)
    with torch.inference_mode():
        expected_BD = model.posterior(to_unit(small_photos(32))).mean_BD.numpy()
        rebuilt_BCHW = model.decode(torch.from_numpy(expected_BD))
    found_BD = codec.encode(list(small_photos(32)))
    np.testing.assert_array_equal(found_BD, expected_BD)
    rebuilt_BHWC = (rebuilt_BCHW * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    np.testing.assert_array_equal(codec.decode(found_BD), rebuilt_BHWC)


@each_trainable
@pytest.mark.usefixtures("one_thread")
def test_company_does_not_change_a_photos_latents(kind: str, tmp_path: Path) -> None:
    order = TrainingArguments(
        name="a", recipe_name="", recipe=tiny_recipe(kind, steps=1), models=tmp_path, cache=tmp_path
    )
    write_model(order, tiny(kind), folder=order.folder)
    codec = Codec.open(order.folder)
    together = codec.latents(photos())
    assert together.means_ND.shape == together.variances_ND.shape == (8, 8)
    assert np.isfinite(together.means_ND).all()
    assert (together.variances_ND >= 0).all()
    for row, photo in enumerate(photos()):
        alone = codec.latents(iter([photo]))
        np.testing.assert_array_equal(alone.means_ND[0], together.means_ND[row])
        np.testing.assert_array_equal(alone.variances_ND[0], together.variances_ND[row])
    assert codec.encode([]).shape == (0, 8)


@each_trainable
def test_the_key_follows_the_weights(kind: str, tmp_path: Path) -> None:
    order = TrainingArguments(
        name="a", recipe_name="", recipe=tiny_recipe(kind, steps=1), models=tmp_path, cache=tmp_path
    )
    keys = []
    for amount in (0.0, 0.0, 0.25):
        model = tiny(kind)
        first = next(tensor for tensor in model.state_dict().values() if tensor.is_floating_point())
        first.add_(amount)
        write_model(order, model, folder=order.folder)
        keys.append(Codec.open(order.folder).key)
    assert keys[0] == keys[1] != keys[2]


@each_trainable
def test_it_has_to_be_trained_before_it_can_be_named(kind: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="lookscape train"):
        resolve(kind, models=tmp_path)


@each_trainable
def test_its_config_refuses_what_it_does_not_know(kind: str) -> None:
    with pytest.raises(UsageError, match=f"{kind}: nonsense"):
        replace(tiny_recipe(kind, steps=1), config={"nonsense": 1}).checked_config()
