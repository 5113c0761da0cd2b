"""A shop's pages: each of the three ways, politely, gone on with, and nothing lost when the shop is not there."""

import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lookscape.catalogue.ingest.preview import preview
from lookscape.catalogue.ingest.run import IngestReport, ingest
from lookscape.catalogue.source import Item, SourceOptions
from lookscape.catalogue.sources import shop
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.errors import UnavailableError, UsageError
from server import Server, body, running, send
from shop_site import (
    NAMES,
    WAYS,
    page,
    photo_path,
    product_node,
    put_page,
    put_pages,
    put_photos,
    put_robots,
    put_shopify,
    put_sitemap,
    shopify_product,
)

PhotoBytes = Callable[..., bytes]
IDS = {
    "shopify": ["runner", "boot", "sandal"],
    "woocommerce": ["runner", "001", "002"],
    "pages": ["0000", "0001", "0002"],
}
ABOUT = "no product in its JSON-LD or its tags"


@pytest.fixture
def server(photo_bytes: PhotoBytes) -> Iterator[Server]:
    with running() as server:
        put_photos(server, photo_bytes)
        yield server


def items(server: Server, folder: Path, path: str = "", **options: object) -> list[Item]:
    chosen = SourceOptions(allow_private=True, downloads=folder, **options)  # type: ignore[arg-type]
    return list(shop.read(server.url(path), chosen).items)


def run(catalogue: Catalogue, server: Server, path: str = "") -> IngestReport:
    options = SourceOptions(allow_private=True, downloads=catalogue.folder / "downloads")
    return ingest(catalogue, f"shop:{server.url(path)}", options=options, progress=lambda done, total, stage: None)


def problems(found: list[Item]) -> dict[str, str]:
    return {item.file.path: item.problem for item in found if item.problem}


@pytest.mark.parametrize("way", WAYS)
def test_every_product_comes_with_its_name_its_photos_in_order_and_its_attributes(
    empty_catalogue: Catalogue, server: Server, way: str
) -> None:
    WAYS[way](server)
    report = run(empty_catalogue, server)
    assert report.added == 6
    products = empty_catalogue.find().products
    assert [product.id for product in products] == IDS[way]
    for number, product in enumerate(products):
        assert (product.name or "").startswith(NAMES[number])
        assert "&amp;" not in (product.name or "")
        sources = empty_catalogue.sources([product.id])
        assert [source.path for source in sources] == [server.url(photo_path(number, n)) for n in range(2)]
    last = products[-1]
    expected = {
        "shopify": {
            "vendor": ("Acme",),
            "tags": ("sale", "red"),
            "Size": ("38", "39"),
            "sku": ("0002", "1002"),
            "price": ("120.00",),
        },
        "woocommerce": {
            "categories": ("Shoes", "Sale"),
            "Colour": ("red", "blue"),
            "price": ("12.50",),
            "sku": ("002",),
        },
        "pages": {"brand": ("Acme",), "color": ("red", "blue"), "price": ("120.00",), "sku": ("0002",)},
    }[way]
    assert {name: last.values[name] for name in expected} == expected
    rejected = [(bad.path, bad.reason) for bad in empty_catalogue.rejections()]
    assert rejected == ([(server.url("/p/about"), ABOUT)] if way == "pages" else [])


@pytest.mark.parametrize("way", WAYS)
def test_again_only_what_changed_is_read(
    empty_catalogue: Catalogue, server: Server, way: str, photo_bytes: PhotoBytes
) -> None:
    WAYS[way](server)
    run(empty_catalogue, server)
    before = {product.id: product.photo_ids for product in empty_catalogue.find().products}
    report = run(empty_catalogue, server)
    assert (report.added, report.removed) == (0, 0)
    server.answers[photo_path(1, 0)] = body(photo_bytes(77))
    assert run(empty_catalogue, server).added == 1
    after = {product.id: product.photo_ids for product in empty_catalogue.find().products}
    changed = IDS[way][1]
    assert after[changed][1:] == before[changed][1:]
    assert after[changed][0] != before[changed][0]
    assert {name: after[name] for name in after if name != changed} == {
        name: before[name] for name in before if name != changed
    }


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", [500, 503])
def test_a_shop_that_is_down_loses_nothing(
    empty_catalogue: Catalogue, server: Server, way: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lookscape.catalogue.shops.robots._NUM_TRIES", 1)
    WAYS[way](server)
    put_robots(server, "")
    run(empty_catalogue, server)
    before = empty_catalogue.counts()
    answers = dict(server.answers)
    down = body(b"", status=status)
    server.answers |= {path: down for path in answers if path != "/robots.txt"}
    report = run(empty_catalogue, server)
    assert (report.added, report.removed) == (0, 0)
    assert report.notes
    assert empty_catalogue.counts() == before
    server.answers["/robots.txt"] = down
    with pytest.raises(UnavailableError, match="cannot be visited"):
        run(empty_catalogue, server)
    assert empty_catalogue.counts() == before
    server.answers = answers
    assert run(empty_catalogue, server).removed == 0


def test_a_list_that_breaks_off_is_named_and_forgets_nothing(empty_catalogue: Catalogue, server: Server) -> None:
    put_shopify(server, per_page=1)
    run(empty_catalogue, server)
    second = "/products.json?limit=250&page=2"
    (empty_catalogue.folder / "downloads" / "pages" / "downloads.jsonl").unlink()
    server.answers[second] = body(b"", status=400)
    assert run(empty_catalogue, server).removed == 0
    assert empty_catalogue.counts().products == 3


def test_products_that_the_shop_no_longer_lists_go(empty_catalogue: Catalogue, server: Server) -> None:
    put_shopify(server)
    run(empty_catalogue, server)
    put_shopify(server, products=[shopify_product(server, 1)])
    assert run(empty_catalogue, server).removed == 4
    assert [product.id for product in empty_catalogue.find().products] == ["boot"]


def test_robots_txt_is_kept_for_lists_pages_and_photos(server: Server, tmp_path: Path) -> None:
    put_shopify(server)
    put_pages(server)
    put_robots(server, "User-agent: *\nDisallow: /products.json\nDisallow: /p/*2$\nDisallow: /files/0-1\n")
    found = items(server, tmp_path)
    refused = f"the robots.txt of 127.0.0.1:{server.port} does not allow it"
    assert problems(found) == {
        server.url(photo_path(0, 1)): refused,
        server.url("/p/2"): refused,
        server.url("/p/about"): ABOUT,
    }
    assert not {"/products.json?limit=250&page=1", "/p/2", photo_path(0, 1)} & server.seen.keys()


def test_robots_txt_that_names_us_and_its_sitemaps(server: Server, tmp_path: Path) -> None:
    put_pages(server)
    put_sitemap(server, "/hidden.xml", [server.url("/p/1")])
    put_robots(
        server, f"User-agent: *\nDisallow: /\n\nUser-agent: lookscape\nAllow: /\n\nSitemap: {server.url('/hidden.xml')}"
    )
    assert {item.file.product_id for item in items(server, tmp_path)} == {"0001"}


def test_the_crawl_delay_is_kept(server: Server, tmp_path: Path) -> None:
    put_pages(server)
    put_robots(server, "User-agent: *\nCrawl-delay: 0.2\n")
    times = []

    def timed(answer: Callable[[object], None]) -> Callable[[object], None]:
        def answering(handler: object) -> None:
            times.append(time.monotonic())
            answer(handler)

        return answering

    server.answers |= {path: timed(answer) for path, answer in server.answers.items() if path != "/robots.txt"}
    assert len(items(server, tmp_path)) == 7
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert min(gaps) > 0.15


def test_a_host_that_asks_for_an_hour_between_two_pages_is_left_alone(server: Server, tmp_path: Path) -> None:
    put_pages(server)
    put_robots(server, "User-agent: *\nCrawl-delay: 3600\n")
    found = items(server, tmp_path)
    assert set(problems(found).values()) == {
        f"the robots.txt of 127.0.0.1:{server.port} asks for 3600 seconds between two requests, more than is waited"
    }
    assert set(server.seen) == {"/robots.txt"}


def test_private_addresses_need_a_word(server: Server, tmp_path: Path) -> None:
    put_shopify(server)
    with pytest.raises(UnavailableError, match="not a public address"):
        list(shop.read(server.url(""), SourceOptions(downloads=tmp_path)).items)
    assert not server.seen


@pytest.mark.parametrize(
    "location", ["", "not a shop", "ftp://shop.example", "shop", "/tmp/shop", "http://", "http://[::1"]
)
def test_what_is_no_address_is_one_sentence(location: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a shop"):
        shop.read(location, SourceOptions())


def test_the_same_shop_has_one_key_however_it_is_spelled() -> None:
    spelled = ["https://Shop.example", "http://shop.example/", "shop.example", "//shop.example/"]
    assert {shop.read(text, SourceOptions()).key for text in spelled} == {"shop:shop.example"}
    assert shop.read("https://shop.example/Collections/New", SourceOptions()).key == "shop:shop.example/Collections/New"


def test_one_page_one_collection_and_one_sitemap(server: Server, tmp_path: Path) -> None:
    put_pages(server)
    assert {item.file.product_id for item in items(server, tmp_path / "one", "/p/1")} == {"0001"}
    put_shopify(server, base="/collections/new", products=[shopify_product(server, 2)])
    put_shopify(server)
    assert {item.file.product_id for item in items(server, tmp_path / "new", "/collections/new")} == {"sandal"}
    put_sitemap(server, "/some.xml", [server.url("/p/0")])
    assert {item.file.product_id for item in items(server, tmp_path / "map", "/some.xml")} == {"0000"}


def test_the_limit_on_pages_is_said_and_what_is_beyond_is_not_forgotten(server: Server, tmp_path: Path) -> None:
    put_pages(server)
    options = SourceOptions(allow_private=True, downloads=tmp_path, max_pages=5)
    listing = shop.read(server.url(""), options)
    found = list(listing.items)
    assert {item.file.product_id for item in found if item.load} == {"0000"}
    [(path, reason)] = problems(found).items()
    assert path == server.url("/p/1")
    assert reason.startswith("3 pages from here on are left out")
    assert not listing.is_whole()


def test_a_photo_of_two_products_and_a_product_without_photos(server: Server, tmp_path: Path) -> None:
    first, second, third = (shopify_product(server, number) for number in range(3))
    second["images"], third["images"] = first["images"], []
    put_shopify(server, products=[first, second, third])
    found = items(server, tmp_path)
    assert [item.file.product_id for item in found if item.load] == ["runner", "runner", "boot", "boot"]
    assert len({item.file.path for item in found}) == 5
    assert {item.file.file for item in found if item.load} == {server.url(photo_path(0, n)) for n in range(2)}
    assert problems(found) == {server.url("/products/sandal"): "the product sandal has no photo"}


def test_a_product_on_two_pages_is_one(server: Server, tmp_path: Path) -> None:
    """Pages of variants name their group."""
    for number, colour in enumerate(["red", "blue"]):
        node = product_node(server, number) | {"color": colour, "inProductGroupWithID": "G1"}
        put_page(server, f"/p/{colour}", node)
    put_sitemap(server, "/sitemap.xml", [server.url("/p/red"), server.url("/p/blue"), server.url("/p/red?x=1")])
    put_page(server, "/p/red?x=1", product_node(server, 0) | {"color": "red", "inProductGroupWithID": "G1"})
    found = items(server, tmp_path)
    assert [item.file.product_id for item in found] == ["G1"] * 4
    assert [item.file.path for item in found] == [server.url(photo_path(p, n)) for p in range(2) for n in range(2)]


def test_a_killed_walk_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    paths = [f"/p/{number}" for number in range(40)]
    put_sitemap(server, "/sitemap.xml", [server.url(path) for path in paths])

    def slow(handler: object) -> None:
        time.sleep(0.02)
        number = int(handler.path.rsplit("/")[-1])  # type: ignore[attr-defined]
        node = product_node(server, number % 3) | {"sku": str(number)}
        send(handler, page(node), content_type="text/html")

    server.answers |= dict.fromkeys(paths, slow)
    code = """
import sys
from pathlib import Path
from lookscape.catalogue.source import SourceOptions
from lookscape.catalogue.sources import shop
print("begin", flush=True)
list(shop.read(sys.argv[2], SourceOptions(allow_private=True, downloads=Path(sys.argv[1]))).items)
"""
    command = [sys.executable, "-c", code, str(tmp_path), server.url("")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    while sum(server.seen[path] for path in paths) < 15:
        time.sleep(0.01)
    process.kill()
    process.wait()
    process.stdout.close()
    seen = sum(server.seen[path] for path in paths)
    assert seen < 40
    found = items(server, tmp_path)
    assert len({item.file.product_id for item in found}) == 40
    assert sum(server.seen[path] for path in paths) <= 40 + 5  # what was on its way when it was killed


@pytest.mark.parametrize("way", WAYS)
def test_a_shop_that_is_closed_for_a_day_with_status_200_loses_nothing(
    empty_catalogue: Catalogue, server: Server, way: str
) -> None:
    WAYS[way](server)
    run(empty_catalogue, server)
    before = empty_catalogue.counts()
    closed = body(b"<!doctype html><html><title>Back soon</title></html>", content_type="text/html")
    server.answers = {path: closed for path in server.answers if not path.startswith("/files/")}
    report = run(empty_catalogue, server)
    assert (report.added, report.removed) == (0, 0)
    after = empty_catalogue.counts()
    assert (after.products, after.photos) == (before.products, before.photos)


def test_it_says_how_the_shop_was_read(empty_catalogue: Catalogue, server: Server) -> None:
    put_shopify(server)
    assert run(empty_catalogue, server).notes == (f"{server.url('')} was read by Shopify's product list",)


def test_a_look_first_fetches_nothing_and_says_so(server: Server, tmp_path: Path) -> None:
    put_shopify(server)
    found = preview(f"shop:{server.url('')}", SourceOptions(allow_private=True, downloads=tmp_path / "downloads"))
    assert found.words == "a source of kind shop, from elsewhere: nothing was fetched"
    assert not server.seen
    assert not (tmp_path / "downloads").exists()


def test_the_whole_ingest_of_a_shop_killed_with_9_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    products = [shopify_product(server, number % 3) | {"handle": f"shoe-{number}"} for number in range(40)]
    for number, product in enumerate(products):
        source = server.url(f"/slow/{number}.jpg")
        product["images"] = [{"src": source}]
    put_shopify(server, products=products)
    photo = server.answers[photo_path(0, 0)]

    def slow(handler: object) -> None:
        time.sleep(0.05)
        photo(handler)

    server.answers |= {f"/slow/{number}.jpg": slow for number in range(40)}
    command = [sys.executable, "-m", "lookscape", "ingest", f"shop:{server.url('')}", "--allow-private"]
    command += ["-C", str(tmp_path / "catalogue")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while sum(count for path, count in server.seen.items() if path.startswith("/slow/")) < 12:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "40 products" in done.stdout
    asked = [count for path, count in server.seen.items() if path.startswith("/slow/")]
    assert (len(asked), sum(asked) <= 40 + 4) == (40, True)  # four were on their way when it was killed
    catalogue = Catalogue.open(tmp_path / "catalogue")
    assert [product.id for product in catalogue.find(limit=50).products] == [f"shoe-{number}" for number in range(40)]
    catalogue.close()
