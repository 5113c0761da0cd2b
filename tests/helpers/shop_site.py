"""A shop of the tests' own, in each of the three ways in which shops show their products."""

import gzip
import json

from server import asked, body

NAMES = ("Runner", "Boot", "Sandal")


def photo_path(product, number):
    return f"/files/{product}-{number}.jpg?v=1"


def put_photos(server, photo_bytes, *, per_product=2):
    for product in range(len(NAMES)):
        for number in range(per_product):
            answer = asked(photo_bytes(10 * product + number), etag=f'"{product}-{number}"')
            server.answers[photo_path(product, number)] = answer


def put_json(server, path, found):
    server.answers[path] = body(json.dumps(found).encode(), content_type="application/json")


def put_shopify(server, *, base="", per_page=250, products=None):
    """`/products.json`, as Shopify answers it; the photos without scheme."""
    listed = [shopify_product(server, number) for number in range(len(NAMES))] if products is None else products
    pages = [listed[start : start + per_page] for start in range(0, len(listed), per_page)]
    for number, page in enumerate([*pages, []], start=1):
        put_json(server, f"{base}/products.json?limit=250&page={number}", {"products": page})


def shopify_product(server, number):
    images = [{"id": n, "position": n + 1, "src": server.url(photo_path(number, n))} for n in range(2)]
    return {
        "id": 7000 + number,
        "title": f"{NAMES[number]} &amp; Co",
        "handle": NAMES[number].lower(),
        "body_html": "<p>long</p>",
        "vendor": "Acme",
        "product_type": "Shoes",
        "tags": ["sale", "red"],
        "variants": [
            {"id": 1, "title": "38", "option1": "38", "sku": f"000{number}", "price": "120.00"},
            {"id": 2, "title": "39", "option1": "39", "sku": f"100{number}", "price": "120.00"},
        ],
        "images": images,
        "options": [{"name": "Size", "position": 1, "values": ["38", "39"]}],
    }


def put_woocommerce(server):
    """The Store API."""
    start = "/wp-json/wc/store/v1/products?per_page=100&orderby=id&order=asc"
    put_json(server, f"{start}&page=1", [woo_product(server, number) for number in range(len(NAMES))])
    put_json(server, f"{start}&page=2", [])


def woo_product(server, number):
    return {
        "id": 50 + number,
        "name": f"{NAMES[number]} &#8211; new",
        "slug": NAMES[number].lower(),
        "permalink": server.url(f"/product/{number}/"),
        "sku": f"00{number}" if number else "",
        "description": "<p>long</p>",
        "prices": {"price": "1250", "currency_code": "EUR", "currency_minor_unit": 2},
        "images": [{"id": n, "src": server.url(photo_path(number, n)), "name": "side"} for n in range(2)],
        "categories": [{"id": 1, "name": "Shoes"}, {"id": 2, "name": "Sale"}],
        "tags": [],
        "attributes": [{"id": 1, "name": "Colour", "terms": [{"id": 1, "name": "red"}, {"id": 2, "name": "blue"}]}],
    }


def put_sitemap(server, path, urls, *, of="urlset", packed=False):
    """One sitemap or, of sitemapindex, an index."""
    entry = "url" if of == "urlset" else "sitemap"
    listed = "".join(f"<{entry}><loc>{url.replace('&', '&amp;')}</loc></{entry}>" for url in urls)
    text = f'<?xml version="1.0"?><{of} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</{of}>'.encode()
    server.answers[path] = body(gzip.compress(text) if packed else text, content_type="application/xml")


def page(*nodes, head=""):
    """A page of HTML with JSON-LD."""
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    return f"<!doctype html><html><head><title>A shoe</title>{head}{scripts}</head><body>A shoe</body></html>".encode()


def put_page(server, path, *nodes, head=""):
    server.answers[path] = asked(page(*nodes, head=head), etag='"page"', content_type="text/html; charset=utf-8")


def product_node(server, number):
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": NAMES[number],
        "image": [server.url(photo_path(number, n)) for n in range(2)],
        "sku": f"000{number}",
        "brand": {"@type": "Brand", "name": "Acme"},
        "color": ["red", "blue"],
        "offers": {"@type": "Offer", "price": "120.00", "priceCurrency": "EUR"},
    }


def put_pages(server, *, packed=False):
    """A sitemap index, packed or not, and product pages with JSON-LD; one page that is no product's."""
    pages = [f"/p/{number}" for number in range(len(NAMES))]
    put_sitemap(server, "/sitemap.xml", [server.url("/map-1.xml.gz")], of="sitemapindex")
    put_sitemap(server, "/map-1.xml.gz", [server.url(path) for path in [*pages, "/p/about"]], packed=packed)
    for number, path in enumerate(pages):
        put_page(server, path, product_node(server, number))
    put_page(server, "/p/about")


def put_robots(server, text):
    server.answers["/robots.txt"] = body(text.encode(), content_type="text/plain")


WAYS = {"shopify": put_shopify, "woocommerce": put_woocommerce, "pages": put_pages}
