"""Links taken in, and taken in again: what changed behind them is noticed, and nothing else is lost or read anew."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lookscape.catalogue.fetch.download import DownloadOptions
from lookscape.catalogue.imaging import MAX_BYTES
from lookscape.catalogue.ingest.run import IngestReport, ingest
from lookscape.catalogue.source import SourceOptions
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.tools.manage.ingest import Params
from server import Server, asked, body, running

PhotoBytes = Callable[..., bytes]


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def run(catalogue: Catalogue, table: Path, *, again: bool = False) -> IngestReport:
    options = SourceOptions(allow_private=True, downloads=catalogue.folder / "downloads")
    return ingest(catalogue, f"links:{table}", options=options, progress=lambda done, total, stage: None, again=again)


def shown(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    return {product.id: tuple(product.photo_ids) for product in catalogue.find().products}


def test_a_photo_that_changed_behind_its_link_replaces_the_old_one(
    empty_catalogue: Catalogue, tmp_path: Path, server: Server, photo_bytes: PhotoBytes
) -> None:
    table = tmp_path / "shop.csv"
    table.write_text("product_id,url\n" + "".join(f"P{n},{server.url(f'/{n}')}\n" for n in range(4)))
    server.answers |= {f"/{n}": asked(photo_bytes(n), etag=f'"{n}"') for n in range(4)}
    assert run(empty_catalogue, table) == IngestReport(listed=4, added=4, unchanged=0, removed=0, rejected=0)
    before = shown(empty_catalogue)
    server.answers["/2"] = asked(photo_bytes(7), etag='"other"')
    server.answers["/3"] = body(b"", status=404)
    report = run(empty_catalogue, table)
    assert (report.added, report.unchanged, report.rejected) == (1, 3, 0)
    assert report.notes == (f"{server.url('/3')}: kept as it was: the server answered 404 Not Found",)
    after = shown(empty_catalogue)
    assert after["P2"] != before["P2"]
    assert {name: after[name] for name in ("P0", "P1", "P3")} == {name: before[name] for name in ("P0", "P1", "P3")}
    assert empty_catalogue.counts().photos == 4


def test_a_cache_buster_that_changes_makes_no_new_photo(
    empty_catalogue: Catalogue, tmp_path: Path, server: Server, photo_bytes: PhotoBytes
) -> None:
    table = tmp_path / "shop.csv"
    for version in (1, 2):
        server.answers[f"/a.jpg?v={version}"] = body(photo_bytes(0))
        table.write_text(f"product_id,url\nP,{server.url(f'/a.jpg?v={version}')}\n")
        run(empty_catalogue, table)
        if version == 1:
            before = shown(empty_catalogue)
    assert shown(empty_catalogue) == before
    assert empty_catalogue.counts().photos == 1


def test_the_largest_download_is_the_largest_file(server: Server) -> None:
    """The option, its default and the library's default are the limit of the decoder."""
    assert DownloadOptions().max_bytes == SourceOptions().max_bytes == MAX_BYTES
    assert Params(source="x").max_mb * 1_000_000 == MAX_BYTES
