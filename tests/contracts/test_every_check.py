"""Every check of photos judges what is due, in order, the same each time; it draws why; odd photos do not stop it."""

import json
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from lookscape import parts
from lookscape.catalogue.checking import CHECKS, SIDE, Check, Verdict, every_check, find_check
from lookscape.catalogue.findings import Clear, Finding, Fix
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.services.photos.photos import CataloguePhotos

NAMES = parts.names(CHECKS)


def silent(done: int, total: int, stage: str) -> None:
    pass


@pytest.fixture(scope="module", params=NAMES)
def check(request: pytest.FixtureRequest) -> Check:
    return Check(request.param)


@pytest.fixture(scope="module")
def verdicts(check: Check, engine: Engine) -> list[Verdict]:
    return list(check.run(CataloguePhotos(engine), progress=silent))


class OddPhotos(CataloguePhotos):
    """The catalogue's photos with some that no shop would take among them."""

    def __init__(self, engine: Engine, odd: Sequence[np.ndarray]) -> None:
        super().__init__(engine)
        self.odd = dict(zip(self.ids, odd, strict=False))

    def read(self, photo_id: str) -> np.ndarray:
        return self.odd[photo_id] if photo_id in self.odd else super().read(photo_id)

    def features(self, ids: Sequence[str]) -> np.ndarray:
        found = super().features(ids)
        found[[place for place, photo_id in enumerate(ids) if photo_id == self.ids[-1]]] = np.nan
        return found


def odd_images() -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    flat = [np.full((64, 64, 3), value, np.uint8) for value in (0, 255, 128)]
    noise = rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    bar = np.full((64, 64, 3), 255, np.uint8)
    bar[:, 30:32] = 0
    tiny = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return [*flat, noise, bar, tiny, np.full((1, 1, 3), 7, np.uint8), rng.integers(0, 256, (9, 200, 3), dtype=np.uint8)]


def test_it_says_what_it_looks_for(check: Check) -> None:
    assert 4 <= len(check.title) <= 40
    assert 20 <= len(check.what) <= 160
    assert "\n" not in check.title + check.what
    assert not check.what.endswith(".")
    assert 0 < check.review_from <= 1
    assert check.version >= 1


def test_it_judges_each_photo_that_is_due_in_order(engine: Engine, verdicts: list[Verdict]) -> None:
    assert [verdict.photo_id for verdict in verdicts] == list(CataloguePhotos(engine).ids)
    assert all(isinstance(verdict, Clear | Finding) for verdict in verdicts)


def test_it_leaves_ordinary_photos_alone_mostly(check: Check, verdicts: list[Verdict]) -> None:
    shown = [item for item in verdicts if isinstance(item, Finding) and item.confidence >= check.review_from]
    assert len(shown) <= len(verdicts) // 2


def test_its_findings_are_whole(engine: Engine, verdicts: list[Verdict]) -> None:
    ids = set(CataloguePhotos(engine).ids)
    for finding in (verdict for verdict in verdicts if isinstance(verdict, Finding)):
        assert_whole(finding, ids)


def assert_whole(finding: Finding, ids: set[str]) -> None:
    assert 0 <= finding.confidence <= 1
    assert isinstance(finding.confidence, float)
    assert 3 <= len(finding.says) <= 120
    assert not finding.says.endswith(".")
    assert Fix.from_json(finding.fix.to_json()) == finding.fix
    assert finding.other_id is None or finding.other_id in ids - {finding.photo_id}
    assert len(json.dumps(dict(finding.detail))) < 4000


def test_it_draws_why(check: Check, engine: Engine, verdicts: list[Verdict]) -> None:
    photos = CataloguePhotos(engine)
    finding = next((verdict for verdict in verdicts if isinstance(verdict, Finding)), None)
    if finding is None:
        pytest.skip("it finds nothing here; its own tests have photos in which it does")
    assert_drawn(check, finding, photos.read)


def assert_drawn(check: Check, finding: Finding, read: Callable[[str], np.ndarray]) -> None:
    photo = read(finding.photo_id)
    before = photo.copy()
    drawn = check.picture(finding, photo, read(finding.other_id) if finding.other_id else None)
    assert drawn.dtype == np.uint8
    assert drawn.ndim == 3
    assert drawn.shape[2] == 3
    assert drawn.size
    np.testing.assert_array_equal(photo, before)


def test_it_judges_only_what_is_due(check: Check, engine: Engine) -> None:
    due = CataloguePhotos(engine).ids[3:9]
    judged = list(check.run(CataloguePhotos(engine, due=due), progress=silent))
    assert [verdict.photo_id for verdict in judged] == list(due)


def test_the_same_photos_give_the_same_verdicts(check: Check, engine: Engine, verdicts: list[Verdict]) -> None:
    assert list(check.run(CataloguePhotos(engine), progress=silent)) == verdicts


def test_nothing_due_and_nothing_there(check: Check, engine: Engine, empty_catalogue: object) -> None:
    assert list(check.run(CataloguePhotos(engine, due=[]), progress=silent)) == []
    assert list(check.run(CataloguePhotos(Engine(empty_catalogue)), progress=silent)) == []


def test_odd_photos_do_not_stop_it(check: Check, engine: Engine) -> None:
    photos = OddPhotos(engine, odd_images())
    judged = list(check.run(photos, progress=silent))
    assert [verdict.photo_id for verdict in judged] == list(photos.ids)
    for finding in (verdict for verdict in judged if isinstance(verdict, Finding)):
        assert_whole(finding, set(photos.ids))
        assert_drawn(check, finding, photos.read)


def test_checks_are_found_by_name() -> None:
    assert [check.name for check in every_check()] == list(NAMES)
    assert find_check(NAMES[0].replace("_", "-")).name == NAMES[0]
    with pytest.raises(UnknownNameError):
        find_check("nothing")
