"""Links taken in, and taken in again: what changed behind them is noticed, and nothing else is lost or read anew."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lookscape.catalogue.fetch.download import DownloadOptions
from lookscape.catalogue.imaging import MAX_BYTES
from lookscape.catalogue.ingest.run import IngestReport, ingest
from lookscape.catalogue.source import Item, SourceOptions, read_source
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.tools.manage.ingest import Params
from server import Server, asked, body, running

PhotoBytes = Callable[..., bytes]
READ = "shop.csv: UTF-8 text separated by commas; 'product_id' is product, 'url' is photo"


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
    report = run(empty_catalogue, table)
    assert (report.listed, report.added, report.rejected, report.notes) == (4, 4, 0, (READ,))
    before = shown(empty_catalogue)
    server.answers["/2"] = asked(photo_bytes(7), etag='"other"')
    server.answers["/3"] = body(b"", status=404)
    report = run(empty_catalogue, table)
    assert (report.added, report.unchanged, report.rejected) == (1, 3, 0)
    assert report.notes == (READ, f"{server.url('/3')}: kept as it was: the server answered 404 Not Found")
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


def paths(catalogue: Catalogue) -> dict[str, list[str]]:
    return {
        product.id: [source.path.rsplit("/", 1)[-1] for source in catalogue.sources([product.id])]
        for product in catalogue.find().products
    }


def test_a_table_may_hold_files_addresses_and_photos_themselves(
    empty_catalogue: Catalogue, tmp_path: Path, server: Server, photo_bytes: PhotoBytes
) -> None:
    server.answers["/a.jpg"] = asked(photo_bytes(1), etag='"a"')
    (tmp_path / "b.jpg").write_bytes(photo_bytes(2))
    packed = base64.b64encode(photo_bytes(3)).decode()
    rows = [
        ("P1", "b.jpg"),
        ("P2", server.url("/a.jpg")),
        ("P3", f"data:image/jpeg;base64,{packed}"),
        ("P4", "not-there.jpg"),
        ("P5", server.url("/gone.jpg")),
        ("P6", "data:image/jpeg;base64,////"),
        ("P7", server.url("/a.jpg")),
    ]
    table = tmp_path / "shop.csv"
    table.write_text("product_id,image\n" + "".join(f'{product},"{photo}"\n' for product, photo in rows))
    report = run(empty_catalogue, table)
    assert (report.listed, report.added, report.rejected) == (7, 4, 3)
    assert [product.id for product in empty_catalogue.find().products] == ["P1", "P2", "P3", "P7"]
    assert shown(empty_catalogue)["P2"] == shown(empty_catalogue)["P7"]
    reasons = {bad.path: bad.reason for bad in empty_catalogue.rejections()}
    assert reasons[server.url("/gone.jpg")] == "the server answered 404 Not Found"
    assert "not there (line 5)" in reasons[str(tmp_path / "not-there.jpg")]
    assert len(reasons) == 3
    server.answers["/a.jpg"] = asked(photo_bytes(4), etag='"other"')
    again = run(empty_catalogue, table)
    assert (again.added, again.removed) == (2, 0)
    assert empty_catalogue.counts().photos == 3


def test_metadata_of_a_folder_may_name_addresses_and_they_are_asked_again(
    empty_catalogue: Catalogue, tmp_path: Path, server: Server, photo_bytes: PhotoBytes
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "b.jpg").write_bytes(photo_bytes(1))
    server.answers["/a.jpg"] = asked(photo_bytes(2), etag='"a"')
    lines = [("P1", server.url("/a.jpg")), ("P2", "b.jpg"), ("P3", server.url("/gone.jpg"))]
    (folder / "metadata.csv").write_text(
        "product_id,file_name\n" + "".join(f"{product},{name}\n" for product, name in lines)
    )
    options = SourceOptions(allow_private=True, downloads=empty_catalogue.folder / "downloads")

    def once() -> IngestReport:
        return ingest(empty_catalogue, str(folder), options=options, progress=lambda done, total, stage: None)

    assert (once().added, paths(empty_catalogue)) == (2, {"P1": ["a.jpg"], "P2": ["b.jpg"]})
    assert [bad.path for bad in empty_catalogue.rejections()] == [server.url("/gone.jpg")]
    before = shown(empty_catalogue)
    server.answers["/a.jpg"] = asked(photo_bytes(3), etag='"other"')
    assert once().added == 1
    after = shown(empty_catalogue)
    assert (after["P1"] != before["P1"], after["P2"] == before["P2"]) == (True, True)


@pytest.mark.parametrize("column", ["image", "image_url"])
def test_links_without_a_scheme_are_links_where_the_column_says_so_or_others_have_one(
    empty_catalogue: Catalogue, tmp_path: Path, server: Server, photo_bytes: PhotoBytes, column: str
) -> None:
    server.answers |= {f"/{n}.jpg": body(photo_bytes(n)) for n in range(4)}
    bare = [server.url(f"/{n}.jpg").removeprefix("http:") for n in range(4)]
    written = [bare[0], bare[1], bare[2], bare[3].removeprefix("//")]
    if column == "image_url":
        written = [address.removeprefix("//") for address in written]
    table = tmp_path / "shop.csv"
    table.write_text(f"product_id,{column}\n" + "".join(f"P{n},{address}\n" for n, address in enumerate(written)))
    report = run(empty_catalogue, table)
    assert report.added == 4
    assert report.notes[1:] == tuple(
        f"{address}: read as {server.url(f'/{n}.jpg')}" for n, address in enumerate(written)
    )


def test_a_table_of_files_asks_nobody(
    empty_catalogue: Catalogue, tmp_path: Path, server: Server, photo_bytes: PhotoBytes
) -> None:
    """A folder may be called as a host is."""
    table = tmp_path / "shop.csv"
    (tmp_path / "a.jpg").write_bytes(photo_bytes(0))
    table.write_text(f"product_id,image\nP0,a.jpg\nP1,127.0.0.1:{server.port}/b.jpg\n")
    report = run(empty_catalogue, table)
    assert (report.added, report.rejected, server.seen.total()) == (1, 1, 0)


@pytest.mark.parametrize(
    "cell",
    [
        "{0}, {1}",
        "{0};{1}",
        "{0}|{1}",
        "{0}\n{1}",
        "{0} {1}",
        " {0} , {1}, ",
        "\u200b{0}\xa0{1}\ufeff",
        '["{0}", "{1}"]',
        "['{0}', '{1}']",
    ],
)
def test_a_cell_may_hold_several_links(
    empty_catalogue: Catalogue, tmp_path: Path, server: Server, photo_bytes: PhotoBytes, cell: str
) -> None:
    server.answers |= {"/a.jpg?x=1,2": body(photo_bytes(0)), "/b": body(photo_bytes(1))}
    table = tmp_path / "shop.jsonl"
    links = cell.format(server.url("/a.jpg?x=1,2"), server.url("/b"))
    table.write_text(json.dumps({"product_id": "P", "image_url": links}) + "\n")
    assert run(empty_catalogue, table).added == 2
    assert paths(empty_catalogue) == {"P": ["a.jpg?x=1,2", "b"]}


def test_how_files_were_found_is_told_beside_links(
    empty_catalogue: Catalogue, tmp_path: Path, server: Server, photo_bytes: PhotoBytes
) -> None:
    server.answers["/a.jpg"] = body(photo_bytes(0))
    (tmp_path / "IMG_1.JPG").write_bytes(photo_bytes(1))
    table = tmp_path / "shop.csv"
    table.write_text(f"product_id,image\nP0,{server.url('/a.jpg')}\nP1,img_1.jpg\n")
    report = run(empty_catalogue, table)
    assert report.added == 2
    assert any(note.startswith("1 file name matched") for note in report.notes), report.notes


def test_a_killed_run_asks_only_what_it_has_not_asked(tmp_path: Path, server: Server, photo_bytes: PhotoBytes) -> None:
    """And one that came to its end is over: the next asks everything."""
    server.answers |= {f"/{n}": asked(photo_bytes(n), etag=f'"{n}"') for n in range(6)}
    table = tmp_path / "shop.csv"
    table.write_text("product_id,url\n" + "".join(f"P{n},{server.url(f'/{n}')}\n" for n in range(6)))
    options = SourceOptions(allow_private=True, downloads=tmp_path / "downloads")

    def listing() -> Iterator[Item]:
        return read_source(f"links:{table}", options).items

    assert len(list(listing())) == 6
    assert set(server.seen.values()) == {1}
    assert len(list(listing())) == 6
    assert set(server.seen.values()) == {2}
    broken = listing()
    next(broken)
    broken.close()  # type: ignore[attr-defined]
    asked_by_then = server.seen.total() - 12
    assert asked_by_then > 0
    assert len(list(listing())) == 6
    assert server.seen.total() == 18


@pytest.mark.parametrize("cell", ["<{0}>", " {0}\t", "{0},", "\ufeff{0}", "'{0}'", "{0}#zoom"])
def test_what_stands_around_a_link_is_no_part_of_it(
    empty_catalogue: Catalogue, tmp_path: Path, server: Server, photo_bytes: PhotoBytes, cell: str
) -> None:
    server.answers["/a.jpg?v=1"] = body(photo_bytes(0))
    table = tmp_path / "shop.jsonl"
    table.write_text(json.dumps({"product_id": "P", "image": cell.format(server.url("/a.jpg?v=1"))}) + "\n")
    assert run(empty_catalogue, table).added == 1
