"""Every model turns photos of any size into finite vectors, the same ones every time, alone or in company."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from lookscape import parts
from lookscape.errors import UsageError
from lookscape.index.protocol import Metric
from lookscape.representation._samples import pictures
from lookscape.representation.protocol import Encoder, FittedEncoder, ImageU8
from lookscape.representation.specs import MODELS, resolve

each_model = pytest.mark.parametrize("model", parts.names(MODELS))


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
    usual = ready(model, folder)
    keys = {usual.key, ready(f"{model}?side=64", folder).key, ready(f"{model}?side=64,weights=none", folder).key}
    assert len(keys) == 3


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
