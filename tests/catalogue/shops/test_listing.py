"""Product lists of shop systems: pages, variants, what they leave out, and where they stop."""

import json

import pytest

from lookscape.catalogue.fetch.download import DownloadOptions
from lookscape.catalogue.shops import shopify, woocommerce
from lookscape.catalogue.shops.records import Found, Trouble
from lookscape.catalogue.shops.visit import Visit
from lookscape.catalogue.shops.walk import walk
from server import body, redirect, running, send
from shop_site import put_json, put_pages, put_shopify, put_woocommerce, shopify_product, woo_product


@pytest.fixture
def server():
    with running() as server:
        yield server


def visited(server, tmp_path, path="", *, max_pages=100):
    options = DownloadOptions(allow_private=True, delay=0, num_retries=0, backoff=0.01)
    return Visit(server.url(path), tmp_path, options, max_pages=max_pages)


def ids(found):
    return [one.id if isinstance(one, Found) else one.reason for one in found]


def test_every_page_of_a_list_is_read_once(server, tmp_path):
    put_shopify(server, per_page=1)
    assert ids(shopify.products(visited(server, tmp_path))) == ["runner", "boot", "sandal"]
    assert {path: count for path, count in server.seen.items() if "page=" in path} == {
        f"/products.json?limit=250&page={number}": 1 for number in range(1, 5)
    }


def test_a_list_that_grows_while_it_is_read_gives_each_product_once(server, tmp_path):
    first, second, third = (shopify_product(server, number) for number in range(3))
    for number, listed in enumerate([[first, second], [second, third], []], start=1):
        put_json(server, f"/products.json?limit=250&page={number}", {"products": listed})
    assert ids(shopify.products(visited(server, tmp_path))) == ["runner", "boot", "sandal"]


def test_a_shop_that_gives_its_last_page_again_and_again_ends(server, tmp_path):
    listed = json.dumps({"products": [shopify_product(server, 0)]}).encode()
    for number in range(1, 9):
        server.answers[f"/products.json?limit=250&page={number}"] = body(listed, content_type="application/json")
    assert ids(shopify.products(visited(server, tmp_path))) == ["runner"]
    assert sum("page=" in path for path in server.seen) == 2


def test_where_the_system_stops_listing_is_said(server, tmp_path, monkeypatch):
    monkeypatch.setattr(shopify, "MOST", 500)
    put_shopify(server, per_page=1)
    *found, last = shopify.products(visited(server, tmp_path))
    assert ids(found) == ["runner", "boot"]
    assert (last.reason, last.is_passing) == ("the shop lists no more than 500 products", True)


@pytest.mark.parametrize("answer", [body(b"<html>soon", content_type="text/html"), body(b"", status=429)])
def test_a_page_that_is_none_breaks_off_and_may_pass(server, tmp_path, answer):
    put_shopify(server, per_page=1)
    server.answers["/products.json?limit=250&page=2"] = answer
    first, last = shopify.products(visited(server, tmp_path))
    assert first.id == "runner"
    assert isinstance(last, Trouble)
    assert last.is_passing


def test_peace_that_is_asked_for_is_given(server, tmp_path):
    put_shopify(server)
    whole, path = server.answers["/products.json?limit=250&page=1"], "/products.json?limit=250&page=1"

    def busy(handler):
        server.answers[path] = whole
        send(handler, b"", status=429, Retry_After="1")

    server.answers[path] = busy
    options = DownloadOptions(allow_private=True, delay=0, num_retries=1, backoff=0.01)
    assert ids(shopify.products(Visit(server.url(""), tmp_path, options, max_pages=9))) == ["runner", "boot", "sandal"]
    assert server.seen[path] == 2


def test_variants_give_values_and_a_product_without_choice_none(server, tmp_path):
    plain = shopify_product(server, 0) | {
        "options": [{"name": "Title", "values": ["Default Title"]}],
        "variants": [{"title": "Default Title", "sku": None, "price": "9.90"}],
        "tags": "sale, red ,sale",
        "vendor": "",
        "images": [],
    }
    odd = {"id": 9, "handle": "odd", "title": None, "variants": None, "images": [None, {"src": None}], "options": [7]}
    put_shopify(server, products=[shopify_product(server, 1), plain, odd, "no product"])
    first, second, third = shopify.products(visited(server, tmp_path))
    assert first.attributes == {
        "vendor": "Acme",
        "product_type": "Shoes",
        "tags": ("sale", "red"),
        "sku": ("0001", "1001"),
        "price": "120.00",
        "Size": ("38", "39"),
    }
    assert second.attributes == {"product_type": "Shoes", "tags": ("sale", "red"), "price": "9.90"}
    assert (third.id, third.name, third.photos, third.attributes) == ("odd", None, (), {})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/collections/new", ["sandal"]),
        ("/de", ["boot"]),
        ("/en-gb/collections/new/", ["boot", "runner"]),
        ("/products/runner", ["runner"]),
        ("/collections/new/products/runner?variant=1", ["runner"]),
        ("/de/products/runner", ["runner"]),
    ],
)
def test_a_part_of_a_shop(server, tmp_path, path, expected):
    put_shopify(server)
    for base, numbers in (("/collections/new", [2]), ("/de", [1]), ("/en-gb/collections/new", [1, 0])):
        put_shopify(server, base=base, products=[shopify_product(server, number) for number in numbers])
    put_json(server, "/products/runner.json", {"product": shopify_product(server, 0)})
    visit = visited(server, tmp_path, path)
    assert ids(walk(visit)) == expected
    assert visit.way == "Shopify's product list"


def test_a_redirect_to_the_shops_own_name_is_followed(server, tmp_path):
    put_shopify(server, base="/shop", products=[shopify_product(server, 0)])
    server.answers["/products.json?limit=250&page=1"] = redirect("/shop/products.json?limit=250&page=1", status=301)
    server.answers["/products.json?limit=250&page=2"] = redirect("/shop/products.json?limit=250&page=2", status=308)
    [found] = shopify.products(visited(server, tmp_path))
    assert found.page == server.url("/products/runner")


@pytest.mark.parametrize(
    ("prices", "price"),
    [
        ({"price": "1250", "currency_minor_unit": 2}, "12.50"),
        ({"price": "1250", "currency_minor_unit": 0}, "1250"),
        ({"price": "5", "currency_minor_unit": 2}, "0.05"),
        ({"price": "", "currency_minor_unit": 2}, None),
        ({"price": "free", "currency_minor_unit": 2}, "free"),
        ({"price": "1250"}, "1250"),
        (None, None),
    ],
)
def test_prices_in_the_smallest_unit_get_their_point_back(server, tmp_path, prices, price):
    put_woocommerce(server)
    start = "/wp-json/wc/store/v1/products?per_page=100&orderby=id&order=asc"
    put_json(server, f"{start}&page=1", [woo_product(server, 1) | {"prices": prices}])
    [found] = woocommerce.products(visited(server, tmp_path))
    assert found.attributes.get("price") == price


@pytest.mark.parametrize("status", [500, 503, 404, 401])
def test_another_way_is_taken_where_a_list_is_not_given(server, tmp_path, status):
    """What failed on the way there is said and is no reason to keep what the shop no longer has."""
    put_pages(server)
    server.answers["/products.json?limit=250&page=1"] = body(b"", status=status)
    visit = visited(server, tmp_path)
    found = list(walk(visit))
    assert ids(found)[:3] == ["0000", "0001", "0002"]
    assert visit.way == "its sitemap and the structured data of its pages"
    assert not any(one.is_passing for one in found if isinstance(one, Trouble))


def test_a_page_that_lists_products_leads_to_them_page_by_page(server, tmp_path):
    put_pages(server)
    for number, following in ((1, '<link rel="next" href="/shoes?page=2">'), (2, '<a rel="next" href="/shoes">')):
        entries = [{"@type": "ListItem", "url": f"/p/{number}"}, {"@type": "ListItem", "url": "/p/0"}]
        node = json.dumps({"@type": "ItemList", "itemListElement": entries})
        html = f'<html>{following}<script type="application/ld+json">{node}</script></html>'
        server.answers["/shoes" if number == 1 else "/shoes?page=2"] = body(html.encode(), content_type="text/html")
    visit = visited(server, tmp_path, "/shoes")
    assert ids(walk(visit)) == ["0001", "0000", "0002", "0000"]
    assert server.seen["/shoes"] == 1
