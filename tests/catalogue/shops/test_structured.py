"""What a page tells of its products, in the forms that shops write."""

import json

import pytest

from lookscape.catalogue.shops.structured import about
from lookscape.catalogue.shops.visit import Page

URL = "https://shop.example/p/runner"
PHOTO = "https://cdn.example/1.jpg"


def read(*scripts, head="", url=URL):
    texts = [script if isinstance(script, str) else json.dumps(script) for script in scripts]
    written = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return about(Page(asked=url, url=url, data=f"<html><head>{head}{written}</head><body></body></html>".encode()))


def one(*scripts, **options):
    [found] = read(*scripts, **options).products
    return found


def product(**more):
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "Runner",
        "sku": "0007",
        "image": PHOTO,
    } | more


@pytest.mark.parametrize(
    ("image", "photos"),
    [
        (PHOTO, (PHOTO,)),
        ([PHOTO, "/2.jpg"], (PHOTO, "https://shop.example/2.jpg")),
        ({"@type": "ImageObject", "url": PHOTO}, (PHOTO,)),
        ({"@type": "ImageObject", "contentUrl": PHOTO, "url": "https://shop.example/page"}, (PHOTO,)),
        ([{"@type": "ImageObject", "url": ["//cdn.example/1.jpg"]}, PHOTO], (PHOTO,)),
        ({"@id": "#main"}, (PHOTO,)),
        (["data:image/gif;base64,R0lGODlhAQABAAAAACw=", PHOTO], (PHOTO,)),
        ("https://cdn.example/1.jpg?w=1&amp;h=2", ("https://cdn.example/1.jpg?w=1&h=2",)),
        (None, ()),
        ("http://[bad/1.jpg", ()),
        (["", " ", PHOTO], (PHOTO,)),
    ],
)
def test_photos_in_every_form(image, photos):
    node = {"@type": "ImageObject", "@id": "#main", "contentUrl": PHOTO}
    assert one(product(image=image), node).photos == photos


@pytest.mark.parametrize(
    "wrap",
    [
        lambda node: node,
        lambda node: [node],
        lambda node: {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Shop"}, node]},
        lambda node: {"@type": "ItemPage", "mainEntity": node},
        lambda node: {"@type": "WebPage", "mainEntity": [node]},
        lambda node: node | {"@type": ["Product", "IndividualProduct"]},
        lambda node: node | {"@type": "http://schema.org/Product"},
        lambda node: f"<!--\n{json.dumps(node)}\n-->",
        lambda node: f"//<![CDATA[\n{json.dumps(node)}\n//]]>",
        lambda node: json.dumps(node) + ";",
        lambda node: json.dumps(node | {"description": "two\nlines"}).replace("\\n", "\n"),
    ],
)
def test_a_product_wherever_it_stands(wrap):
    found = one(wrap(product()))
    assert (found.id, found.name, found.photos) == ("0007", "Runner", (PHOTO,))


def test_texts_and_numbers_stay_as_they_are_written():
    written = json.dumps(product(name="Boots &amp; more", brand={"@type": "Brand", "name": "Ac&#39;me"}))
    found = one(written.replace('"0007"', "00070").replace("00070", "1234567890123456789012"))
    assert (found.id, found.name, found.attributes["brand"]) == ("1234567890123456789012", "Boots & more", "Ac'me")
    offers = '"offers": {"@type": "Offer", "price": 120.50, "priceCurrency": "EUR"}'
    found = one(json.dumps(product())[:-1] + f", {offers}}}")
    assert (found.attributes["price"], found.attributes["currency"]) == ("120.50", "EUR")


def test_a_group_is_one_product_with_its_variants_values():
    variants = [
        product(sku=f"R-{size}", size=size, color=colour, image=f"/{size}.jpg", offers={"price": price})
        for size, colour, price in (("38", "red", "100"), ("39", "red", "110"))
    ]
    group = {
        "@type": "ProductGroup",
        "@id": "#group",
        "name": "Runner",
        "productGroupID": "G7",
        "variesBy": ["https://schema.org/size"],
        "hasVariant": variants,
    }
    for scripts in (
        [group],
        [group | {"hasVariant": [{"@id": "#38"}, {"@id": "#39"}]}, *_with_ids(variants)],
        [{"@graph": [*_with_ids(variants), group | {"hasVariant": [{"@id": "#38"}, {"@id": "#39"}]}]}],
    ):
        found = one(*scripts)
        assert (found.id, found.name) == ("G7", "Runner")
        assert found.photos == ("https://shop.example/38.jpg", "https://shop.example/39.jpg")
        assert found.attributes == {
            "size": ("38", "39"),
            "color": "red",
            "sku": ("R-38", "R-39"),
            "price": ("100", "110"),
        }


def _with_ids(variants):
    return [variant | {"@id": f"#{variant['size']}"} for variant in variants]


def test_a_variant_that_names_its_group_is_called_after_it():
    group = {"@type": "ProductGroup", "name": "Runner", "productGroupID": "G7"}
    found = one(product(name="Runner, 38", isVariantOf=group))
    assert (found.id, found.name) == ("G7", "Runner")


def test_offers_in_every_form():
    inner = [{"@type": "Offer", "price": "100"}, {"@type": "Offer", "price": "120"}]
    assert one(product(offers=inner)).attributes["price"] == ("100", "120")
    aggregate = {"@type": "AggregateOffer", "lowPrice": "100", "highPrice": "120", "priceCurrency": "EUR"}
    assert one(product(offers=aggregate)).attributes["price"] == ("100", "120")
    assert one(product(offers=aggregate | {"offers": inner[:1]})).attributes["price"] == "100"
    priced = {"@type": "Offer", "priceSpecification": [{"price": "99.00", "priceCurrency": "USD"}]}
    assert one(product(offers=priced)).attributes["currency"] == "USD"


def test_properties_of_the_shops_own_become_attributes_with_all_their_values():
    extra = [
        {"@type": "PropertyValue", "name": "Sole", "value": "rubber"},
        {"@type": "PropertyValue", "name": "Season", "value": ["summer", "autumn"]},
        {"@type": "PropertyValue", "name": "Vegan", "value": True},
    ]
    attributes = one(product(additionalProperty=extra)).attributes
    assert {name: attributes[name] for name in ("Sole", "Season", "Vegan")} == {
        "Sole": "rubber",
        "Season": ("summer", "autumn"),
        "Vegan": "true",
    }


def test_of_several_products_the_page_is_about_its_own():
    others = [product(name=f"Also {n}", sku=f"9{n}", url=f"/p/also-{n}") for n in range(3)]
    assert one(product(url=URL), *others).id == "0007"
    assert one(product(**{"@id": "/p/runner#product"}), *others).id == "0007"
    canonical = '<link rel="canonical" href="https://www.shop.example/p/runner/">'
    assert one(product(url="https://shop.example/p/runner"), *others, url=f"{URL}?ref=1", head=canonical).id == "0007"
    assert [found.name for found in read(*others).products] == ["Also 0", "Also 1", "Also 2"]


def test_a_list_beside_a_product_is_of_other_products():
    shown = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": product(sku="8")}]}
    assert one(product(), shown).id == "0007"


def test_a_list_of_products_or_of_their_pages():
    inside = [{"@type": "ListItem", "position": n, "item": product(sku=f"S{n}")} for n in range(2)]
    assert [found.id for found in read({"@type": "ItemList", "itemListElement": inside}).products] == ["S0", "S1"]
    for elements in (
        [{"@type": "ListItem", "url": f"/p/{n}"} for n in range(2)],
        [{"@type": "ListItem", "item": f"https://shop.example/p/{n}"} for n in range(2)],
        [{"@type": "ListItem", "item": {"@id": f"https://shop.example/p/{n}"}} for n in range(2)],
        [{"@type": "ListItem", "item": {"@type": "Product", "name": "x", "url": f"/p/{n}"}} for n in range(2)],
        ["/p/0", "/p/1", "/p/0"],
    ):
        page = {"@type": "CollectionPage", "mainEntity": {"@type": "ItemList", "itemListElement": elements}}
        read_ = read(page, head='<link rel="next" href="?page=2">', url="https://shop.example/shoes")
        assert read_.pages == ("https://shop.example/p/0", "https://shop.example/p/1")
        assert (read_.products, read_.following) == ((), "https://shop.example/shoes?page=2")


def test_tags_where_there_is_no_json():
    head = """<title>Runner | Shop</title>
        <meta property="og:type" content="product"><meta property="og:title" content="Runner">
        <meta property="og:image" content="/1.jpg"><meta property="og:image" content="/2.jpg">
        <meta property="product:price:amount" content="120.00"><meta property="product:price:currency" content="EUR">
        <meta property="product:brand" content="Acme"><meta property="product:retailer_item_id" content="0007">"""
    found = one(head=head)
    assert (found.id, found.name) == ("0007", "Runner")
    assert found.photos == ("https://shop.example/1.jpg", "https://shop.example/2.jpg")
    assert found.attributes == {"brand": "Acme", "price": "120.00", "currency": "EUR"}
    article = read(head='<meta property="og:type" content="article"><meta property="og:image" content="/1.jpg">')
    assert article.products == ()


def test_photos_of_the_tags_where_the_json_has_none():
    assert one(product(image=None), head='<meta property="og:image" content="/1.jpg">').photos == (
        "https://shop.example/1.jpg",
    )


@pytest.mark.parametrize("script", ["{", "[1, null, 'x']", "[" * 100_000, '{"@type": "Product"', "", "null", "7"])
def test_a_damaged_script_hides_nothing_else(script):
    assert one(script, product()).id == "0007"
    page = Page(asked=URL, url=URL, data=b"")
    reason = read(script).trouble(page).reason
    assert reason.startswith("its JSON-LD cannot be read") or reason == "no product in its JSON-LD or its tags"


def test_nodes_that_refer_to_one_another_in_a_ring_end():
    ring = [{"@id": "#a", "name": {"@id": "#b"}}, {"@id": "#b", "name": {"@id": "#a"}}]
    found = one(product(color={"@id": "#a"}, image={"@id": "#c"}), *ring, {"@id": "#c", "url": {"@id": "#c"}})
    assert "color" not in found.attributes
    deep = product()
    for _ in range(50):
        deep = {"@type": "WebPage", "mainEntity": deep}
    assert read(deep).products == ()


def test_a_page_in_an_old_encoding():
    data = f'<meta charset="iso-8859-1"><script type="application/ld+json">{json.dumps(product(name="X"))}</script>'
    page = Page(asked=URL, url=URL, data=data.replace('"X"', '"Chaussure d\u00e9t\u00e9"').encode("latin-1"))
    assert about(page).products[0].name == "Chaussure d\u00e9t\u00e9"
