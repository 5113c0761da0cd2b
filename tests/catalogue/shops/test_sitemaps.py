"""Sitemaps as shops have them: indexes, packed, plain, damaged; which of their pages are read."""

import gzip

import pytest

from lookscape.catalogue.fetch.download import DownloadOptions
from lookscape.catalogue.shops import sitemap
from lookscape.catalogue.shops.records import Trouble
from lookscape.catalogue.shops.sitemap import Listed, NotASitemap, read
from lookscape.catalogue.shops.visit import Page, Visit
from server import body, redirect, running
from shop_site import put_robots, put_sitemap

URL = "https://shop.example/sitemap.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
ONE = f"{HEAD}<urlset {SPACE}><url><loc>https://shop.example/p/1</loc></url></urlset>"


def listed(data):
    return read(Page(asked=URL, url=URL, data=data if isinstance(data, bytes) else data.encode()))


@pytest.mark.parametrize(
    "data",
    [
        ONE,
        gzip.compress(ONE.encode()),
        ONE.replace(SPACE, ""),
        ONE.replace("<loc>", "<loc>\n  ").replace("</loc>", "\n</loc>"),
        ONE.replace("https://shop.example", ""),
        ONE.replace("https://shop.example/p/1", "<![CDATA[https://shop.example/p/1]]>"),
        ONE.replace(
            "</url>",
            "<image:image xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
            "<image:loc>https://cdn.example/1.jpg</image:loc></image:image><lastmod>2026-01-01</lastmod></url>",
        ),
        ONE.replace("<urlset", "<sm:urlset")
        .replace("</urlset", "</sm:urlset")
        .replace("xmlns", "xmlns:sm")
        .replace("<url>", "<sm:url>")
        .replace("</url>", "</sm:url>")
        .replace("loc>", "sm:loc>")
        .replace("/sm:", "/sm:"),
        "https://shop.example/p/1\r\n\r\nnot an address at all \x00[\n".replace("not", "ftp://not"),
        b"\xef\xbb\xbf" + ONE.encode(),
        ONE.replace("UTF-8", "utf-16").encode("utf-16"),
        ONE.replace("</url>", "</url><url><loc>http://[bad/</loc></url><url><loc></loc></url>"),
    ],
)
def test_the_pages_of_a_sitemap(data):
    assert listed(data) == Listed(pages=("https://shop.example/p/1",), sitemaps=())


def test_the_sitemaps_of_an_index():
    index = f"<sitemapindex {SPACE}><sitemap><loc>/a.xml?x=1&amp;y=2</loc></sitemap></sitemapindex>"
    assert listed(index) == Listed(pages=(), sitemaps=("https://shop.example/a.xml?x=1&y=2",))


def test_what_breaks_off_gives_what_came_before_and_says_so():
    found = listed(ONE.replace("</urlset>", "<url><loc>https://shop.example/p/2"))
    assert found.pages == ("https://shop.example/p/1",)
    assert found.problem.startswith("its XML cannot be read to the end")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<!doctype html><html><p>closed</html>", "a page of HTML"),
        (f'<!DOCTYPE a [<!ENTITY b "c">]>{ONE.removeprefix(HEAD)}', "document type"),
        ("<rss><channel/></rss>", "lists no pages"),
        ("", "cannot be read to the end"),
        (gzip.compress(ONE.encode(), mtime=0)[:12] + b"\xff" * 30, "gzip is damaged"),
        (gzip.compress(bytes(60_000_000), mtime=0), "unpacks to more than"),
        ("{}", "cannot be read to the end"),
    ],
)
def test_what_is_no_sitemap_is_said(data, reason):
    with pytest.raises(NotASitemap, match=reason):
        listed(data)


@pytest.fixture
def server():
    with running() as server:
        yield server


def walked(server, tmp_path, path=""):
    options = DownloadOptions(allow_private=True, delay=0, num_retries=0)
    found = list(sitemap.pages(Visit(server.url(path), tmp_path, options, max_pages=100)))
    pages = [url.removeprefix(server.url("")) for url in found if isinstance(url, str)]
    return pages, {trouble.reason: trouble.is_passing for trouble in found if isinstance(trouble, Trouble)}


def test_sitemaps_called_after_products_are_read_alone(server, tmp_path):
    maps = ["/sitemap_products_1.xml", "/sitemap_pages_1.xml", "/product-category-sitemap.xml", "/blog.xml"]
    put_sitemap(server, "/sitemap.xml", [server.url(path) for path in maps], of="sitemapindex")
    for path in maps:
        put_sitemap(server, path, [server.url(f"{path}/x")])
    assert walked(server, tmp_path) == (
        ["/sitemap_products_1.xml/x"],
        {"3 of its sitemaps are not read: no products by their name": False},
    )
    assert not {"/blog.xml", "/sitemap_pages_1.xml"} & server.seen.keys()


def test_of_mixed_pages_those_with_a_products_address(server, tmp_path):
    paths = ["/about", "/produkte/a", "/products/b", "/blog/c", "/p/d"]
    put_sitemap(server, "/sitemap.xml", [server.url(path) for path in [*paths, "/products/b"]])
    assert walked(server, tmp_path) == (
        ["/produkte/a", "/products/b", "/p/d"],
        {"2 pages of its sitemaps are not read: no products by their address": False},
    )
    put_sitemap(server, "/sitemap.xml", [server.url(f"/{n}.html") for n in range(3)])
    assert walked(server, tmp_path / "other")[0] == ["/0.html", "/1.html", "/2.html"]


def test_pages_of_other_hosts_are_left_alone(server, tmp_path):
    put_sitemap(server, "/sitemap.xml", [server.url("/p/1"), "https://elsewhere.example/p/2"])
    assert walked(server, tmp_path)[0] == ["/p/1"]


def test_where_a_sitemap_is_looked_for(server, tmp_path):
    """robots.txt names it, else it is where it usually is; that it is not in the other places is no news."""
    put_sitemap(server, "/wp-sitemap.xml", [server.url("/p/1")])
    server.answers["/sitemap_index.xml"] = body(b"<html>", content_type="text/html")
    assert walked(server, tmp_path / "a") == (["/p/1"], {})
    put_robots(server, "Sitemap: /map.txt")
    server.answers["/map.txt"] = body(server.url("/p/7\n").encode(), content_type="text/plain")
    assert walked(server, tmp_path / "b") == (["/p/7"], {})
    server.answers["/map.txt"] = redirect("/moved.xml")
    put_sitemap(server, "/moved.xml", [server.url("/p/8")])
    assert walked(server, tmp_path / "c") == (["/p/8"], {})


def test_what_is_wrong_with_one_of_them_is_said_and_may_pass(server, tmp_path):
    put_sitemap(server, "/sitemap.xml", [server.url(f"/{n}.xml") for n in range(4)], of="sitemapindex")
    put_sitemap(server, "/0.xml", [server.url("/p/0")])
    server.answers["/1.xml"] = body(b"<!doctype html><p>we are back soon", content_type="text/html")
    server.answers["/2.xml"] = body(b"", status=503)
    pages, troubles = walked(server, tmp_path)
    assert pages == ["/p/0"]
    assert troubles == {
        "not a sitemap: it is a page of HTML": True,
        "the server answered 503 Service Unavailable": True,
        "the server answered 404 Not Found": False,
    }


def test_sitemaps_in_a_ring_and_too_deep_end(server, tmp_path):
    for depth in range(9):
        put_sitemap(server, f"/{depth}.xml", [server.url(f"/{depth + 1}.xml"), server.url("/0.xml")], of="sitemapindex")
    put_robots(server, f"Sitemap: {server.url('/0.xml')}")
    pages, troubles = walked(server, tmp_path)
    assert pages == []
    assert "sitemaps more than 3 deep are not read" in troubles
    assert server.seen["/0.xml"] == 1
