"""Worker processes: order, bounded reading ahead, and death that takes down one item only."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from lookscape.catalogue.ingest import pool
from lookscape.catalogue.ingest.pool import CRASHED, prepared
from lookscape.catalogue.source import FileRow, Item, read_file

PhotoBytes = Callable[..., bytes]


@pytest.fixture
def photo(tmp_path: Path, photo_bytes: PhotoBytes) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo_bytes(1))
    return path


def item(number: int, load: Callable[[], bytes]) -> Item:
    return Item(file=FileRow(path=f"{number:03d}", stamp="1"), load=load)


def good(photo: Path, count: int) -> list[Item]:
    return [item(number, partial(read_file, str(photo))) for number in range(count)]


def test_results_come_in_order_with_reasons_for_what_failed(photo: Path) -> None:
    items = good(photo, 100)
    items[7] = item(7, partial(read_file, "/not/there"))
    items[20] = item(20, partial(bytes, 10))
    items[99] = Item(file=FileRow(path="099", stamp=""), problem="a fifo")
    found = list(prepared(items, side=64, num_workers=2))
    assert [result.item.file.path for result in found] == [f"{number:03d}" for number in range(100)]
    reasons = {number: result.reason for number, result in enumerate(found) if result.photo is None}
    assert sorted(reasons) == [7, 20, 99]
    assert reasons[7] == "cannot be read: No such file or directory"
    assert reasons[99] == "a fifo"
    assert len({result.photo for number, result in enumerate(found) if number not in reasons}) == 1


def test_bytes_that_come_again_bring_their_photo_but_not_their_blob(photo: Path) -> None:
    first, again = (list(prepared(good(photo, 60), side=64, num_workers=1)) for _ in range(2))
    for found in (first, again):  # what one run has seen says nothing to the next, which may be another catalogue's
        assert found[0].blob
        assert [result.blob for result in found[1:]] == [b""] * 59
        assert len({result.photo for result in found}) == 1


def test_nothing_to_do_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_submit", None)
    assert list(prepared([], side=64, num_workers=2)) == []


def test_it_reads_only_a_bounded_number_ahead(photo: Path) -> None:
    taken = 0

    def endless() -> Iterator[Item]:
        nonlocal taken
        while True:
            taken += 1
            yield item(taken, partial(read_file, str(photo)))

    results = prepared(endless(), side=64, num_workers=1)
    for _ in range(50):
        next(results)
    assert taken <= 50 + pool.CHUNK * (pool.AHEAD + 1)
    results.close()  # type: ignore[attr-defined]


def test_an_item_that_kills_its_process_is_rejected_and_no_other(photo: Path) -> None:
    items = good(photo, 60)
    items[0] = item(0, partial(os._exit, 3))
    items[33] = item(33, os.abort)
    items[34] = item(34, partial(signal.raise_signal, signal.SIGKILL))
    found = list(prepared(items, side=64, num_workers=2))
    assert [result.item.file.path for result in found] == [f"{number:03d}" for number in range(60)]
    assert [number for number, result in enumerate(found) if result.reason == CRASHED] == [0, 33, 34]
    assert sum(result.photo is not None for result in found) == 57


SCRIPT = """
import os, sys
from functools import partial
from lookscape.catalogue.ingest.pool import prepared
from lookscape.catalogue.source import FileRow, Item, read_file
items = [Item(file=FileRow(path=str(n), stamp=""), load=partial(read_file, {photo!r})) for n in range(20)]
items[3] = Item(file=FileRow(path="3", stamp=""), load=os.abort)
print(sum(result.photo is not None for result in prepared(items, side=64, num_workers=1)))
"""


@pytest.mark.parametrize("way", ["script without a main guard", "standard input"])
def test_any_caller_will_do_and_a_crash_is_quiet(tmp_path: Path, photo: Path, way: str) -> None:
    code = SCRIPT.format(photo=str(photo))
    script = tmp_path / "script.py"
    script.write_text(code)
    arguments, given = ([str(script)], "") if way.startswith("script") else (["-"], code)
    done = subprocess.run(
        [sys.executable, *arguments], input=given, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "19\n", "")
