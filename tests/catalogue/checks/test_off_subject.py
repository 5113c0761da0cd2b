"""The off-subject check with features that are known: one kind of thing, and others among it."""

import numpy as np
import pytest
from _listed import ListedPhotos, findings, verdicts

from lookscape.catalogue.checking import find_check
from lookscape.catalogue.checks._off_subject_usual import FEW, Usual
from lookscape.catalogue.findings import Clear, Fix
from lookscape.catalogue.imaging import ImageU8

NUM_FEATURES = 64


def features(image: ImageU8) -> np.ndarray:
    """A photo's first two pixels say what it shows: its kind, and which one of the kind."""
    kind, number = int(image[0, 0, 0]), int(image[0, 1, 0])
    middle = np.random.default_rng(kind).gamma(0.15, size=NUM_FEATURES)
    own = np.random.default_rng(1000 * kind + number).gamma(0.15, size=NUM_FEATURES)
    return np.asarray(0.9 * middle + 0.1 * own, np.float32)


def photo(kind: int, number: int) -> ImageU8:
    picture = np.full((16, 16, 3), 200, np.uint8)
    picture[0, 0], picture[0, 1] = kind, number
    return picture


def listed(**counts: int) -> ListedPhotos:
    """So many photos of each kind: a=60, b=3."""
    kinds = {name: number for number, name in enumerate("abcdef", start=1)}
    images = {
        f"{name}{number:03}": photo(kinds[name], number) for name, count in counts.items() for number in range(count)
    }
    return ListedPhotos(images, features=features)


@pytest.mark.parametrize("others", [1, 10, 35])
def test_what_is_of_another_kind_is_told_however_many_there_are(others: int) -> None:
    found = findings("off_subject", listed(a=60, b=others))
    assert sum(name.startswith("b") for name in found) >= 0.9 * others
    assert sum(name.startswith("a") for name in found) <= 1
    assert all(one.fix == Fix(remove=True) for one in found.values())


def test_it_names_the_usual_photo_that_is_most_alike_and_says_how_many_are_nearer() -> None:
    found = findings("off_subject", listed(a=99, b=1))["b000"]
    assert found.other_id is not None
    assert found.other_id.startswith("a")
    assert found.says == "shows something else: 99 % of the photos are more like what is usual here"


def test_one_kind_alone_is_left_in_peace() -> None:
    assert findings("off_subject", listed(a=80)) == {}


def test_from_a_few_photos_nothing_is_learned() -> None:
    photos = listed(a=FEW - 2, b=1)
    assert Usual.of(photos) is None
    assert all(isinstance(verdict, Clear) for verdict in verdicts("off_subject", photos))


def test_photos_without_features_are_left_alone() -> None:
    class Torn(ListedPhotos):
        def features(self, ids: list[str]) -> np.ndarray:
            found = super().features(ids)
            found[[place for place, photo_id in enumerate(ids) if photo_id == "a007"]] = np.nan
            return found

    photos = listed(a=60, b=2)
    torn = Torn({photo_id: photos.read(photo_id) for photo_id in photos.ids}, features=features)
    assert isinstance(dict(zip(torn.ids, verdicts("off_subject", torn), strict=True))["a007"], Clear)
    assert findings("off_subject", torn).keys() == {"b000", "b001"}


def test_the_usual_one_stands_beside_it_in_the_picture() -> None:
    photos = listed(a=60, b=1)
    found = findings("off_subject", photos)["b000"]
    other = np.full((32, 32, 3), 90, np.uint8)
    drawn = find_check("off_subject").picture(found, photos.read("b000"), other)
    assert drawn.shape == (24, 32, 3)
    assert (drawn[8, 20] == 90).all()
    assert (drawn == (220, 30, 30)).all(axis=2).any()
