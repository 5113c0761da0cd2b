"""Every file in measures/ documents its names, and gives finite values for any photo, the same ones every time."""

import math
from types import ModuleType

import numpy as np
import pytest

from lookscape import parts
from lookscape.catalogue.imaging import ImageU8
from lookscape.catalogue.measuring import MEASURES, Subject, descriptions
from lookscape.catalogue.rendering import product_at, render


@pytest.fixture(params=parts.names(MEASURES))
def module(request: pytest.FixtureRequest) -> ModuleType:
    return parts.load(MEASURES, request.param)


def photos() -> dict[str, ImageU8]:
    rng = np.random.default_rng(3)
    line = np.full((64, 64, 3), 255, np.uint8)
    line[30, 5:60] = 0
    dot = np.full((64, 64, 3), 255, np.uint8)
    dot[30:33, 30:33] = 0
    return {
        "one pixel": np.full((1, 1, 3), 7, np.uint8),
        "two pixels": np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8),
        "blank": np.full((50, 50, 3), 255, np.uint8),
        "black": np.zeros((50, 80, 3), np.uint8),
        "noise": rng.integers(0, 256, (64, 48, 3), dtype=np.uint8),
        "a line": line,
        "a standing line": np.ascontiguousarray(line.transpose(1, 0, 2)),
        "a dot": dot,
        "tiny": render(product_at(0), size=28),
        "a shoe": render(product_at(1), size=160),
        "a boot": render(product_at(2), size=400),
    }


def test_it_documents_its_names(module: ModuleType) -> None:
    assert len(module.__doc__ or "") > 20
    assert module.measure.__doc__
    for name, meaning in module.UNITS.items():
        group, _, rest = name.partition(".")
        assert group.isidentifier(), f"{name} is not like group.name"
        assert rest.isidentifier(), f"{name} is not like group.name"
        assert len(meaning) > 10


def test_no_two_measures_share_a_name() -> None:
    modules = [parts.load(MEASURES, name) for name in parts.names(MEASURES)]
    assert sum(len(module.UNITS) for module in modules) == len(descriptions())


@pytest.mark.parametrize("kind", photos())
def test_values_are_documented_and_finite(module: ModuleType, kind: str) -> None:
    found = module.measure(Subject.of(photos()[kind]))
    assert found.keys() <= module.UNITS.keys()
    assert all(isinstance(value, str) or (type(value) is float and math.isfinite(value)) for value in found.values())


def test_a_shoe_gets_values_and_the_same_ones_again(module: ModuleType) -> None:
    photo = render(product_at(1), size=160)
    found = module.measure(Subject.of(photo))
    assert found
    assert module.measure(Subject.of(photo.copy())) == found


def test_a_photo_is_not_changed(module: ModuleType) -> None:
    photo = render(product_at(3), size=96)
    subject = Subject.of(photo)
    before = subject.lab.copy(), subject.mask.copy()
    module.measure(subject)
    np.testing.assert_array_equal(subject.lab, before[0])
    np.testing.assert_array_equal(subject.mask, before[1])
