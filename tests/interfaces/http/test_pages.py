"""What the server puts into pages, seen without a browser."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.interfaces.http.pages import catalogue, product
from lookscape.interfaces.http.studio import filters, forms, studio
from lookscape.interfaces.http.studio import words as studio_words
from lookscape.interfaces.http.studio.page import Asked, query_string
from lookscape.tools._tool import find_tool
from put_column import put_column


def _client(catalogue: Catalogue) -> TestClient:
    return TestClient(create_app(Engine(catalogue), worker=False), base_url="http://127.0.0.1")


def _asked(path: dict[str, str] | None = None, **query: tuple[str, ...]) -> Asked:
    return Asked(path=path or {}, query=query)


def test_the_first_products_come_with_the_page(client: TestClient, engine: Engine) -> None:
    listed = engine.search.find(limit=24).products
    page = client.get("/").text
    shown = re.findall(r'<span class="name">([^<]+)</span>', page)[: len(listed)]
    assert [html.unescape(name) for name in shown] == [item.name for item in listed]
    assert f'data-total="{len(listed)}"' in page


def test_an_empty_catalogue_says_what_to_do_next(empty_catalogue: Catalogue) -> None:
    client = _client(empty_catalogue)
    page = client.get("/").text
    assert "lookscape ingest" in page
    assert 'data-tool="manage/ingest"' in page
    assert "Bring in some photos" in client.get("/search").text


def test_before_embedding_pages_offer_to_embed(catalogue_copy: Catalogue) -> None:
    client = _client(catalogue_copy)
    first = catalogue_copy.find(limit=1).products[0]
    for path in ("/search", studio_words.product_url(first.id)):
        assert 'data-tool="manage/embed"' in client.get(path).text


def test_values_of_one_attribute_are_alternatives_and_count_so(engine: Engine) -> None:
    brands = {value.value: value.count for value in _facet(engine, "brand")}
    chosen, other = list(brands)[:2]
    shown = _group(engine, "brand", (f"brand={chosen}",))
    assert {choice.value: choice.count for choice in shown.choices if choice.value == other} == {other: brands[other]}
    assert [choice.value for choice in shown.choices if choice.chosen] == [chosen]


def test_counts_of_other_attributes_follow_the_choice(engine: Engine) -> None:
    brand = _facet(engine, "brand")[0]
    shown = _group(engine, "silhouette", (f"brand={brand.value}",))
    assert sum(choice.count for choice in shown.choices) == brand.count


def test_a_value_that_nothing_has_can_still_be_taken_away(engine: Engine) -> None:
    shown = _group(engine, "brand", ("brand=Nobody",))
    assert [(choice.value, choice.count) for choice in shown.choices if choice.chosen] == [("Nobody", 0)]


def test_amounts_are_no_filters_and_codes_that_products_share_are(catalogue_copy: Catalogue) -> None:
    put_column(catalogue_copy, "price", [f"{n},50 EUR" for n in range(24)])
    put_column(catalogue_copy, "since", [f"{n + 1:02}.05.2024" for n in range(24)])
    put_column(catalogue_copy, "style", [(f"{n:04}", "0042") for n in range(24)])
    engine = Engine(catalogue_copy)
    assert {"price", "since", "style"} & {group.name for group in filters.groups(engine, "", ())} == {"style"}
    catalogue_copy.set_column_kind("price", "code", by="ada")
    put_column(catalogue_copy, "price", [(f"{n},50 EUR", "9,50 EUR") for n in range(24)])
    assert "price" in {group.name for group in filters.groups(engine, "", ())}


def test_a_name_may_hold_what_parts_names_from_values(catalogue_copy: Catalogue) -> None:
    put_column(catalogue_copy, "EU=size", ["42", "43", "42"])
    put_column(catalogue_copy, "EU", ["size=42"])
    engine = Engine(catalogue_copy)
    assert engine.search.find(where=("EU=size=42",)).total == 2
    assert engine.search.find(where=("EU=size=42", "EU=size=43")).total == 3
    assert engine.search.find(where=("EU=size=44",)).total == 0
    shown = _group(engine, "EU=size", ("EU=size=42",))
    assert [(choice.value, choice.count, choice.chosen) for choice in shown.choices] == [
        ("42", 2, True),
        ("43", 1, False),
    ]


def test_a_product_passes_by_any_of_its_values(catalogue_copy: Catalogue) -> None:
    put_column(catalogue_copy, "colour", [("red", "white"), "red", "white"])
    engine = Engine(catalogue_copy)
    assert [engine.search.find(where=(f"colour={one}",)).total for one in ("red", "white")] == [2, 2]
    shown = _group(engine, "colour", ("colour=white",))
    assert {choice.value: choice.count for choice in shown.choices} == {"red": 2, "white": 2}
    page = _client(catalogue_copy).get(studio_words.product_url(catalogue_copy.ids()[0])).text
    assert page.index(">red<") < page.index(">white<")


def test_measures_are_not_picked_one_value_at_a_time(engine: Engine) -> None:
    names = [group.name for group in filters.groups(engine, "", ())]
    facets = {facet.name: facet for facet in engine.search.facets(max_values=1000).facets}
    left_out = set(facets) - set(names)
    assert left_out
    assert all(
        studio_words.is_measure(value.value) or value.count == 1 for name in left_out for value in facets[name].values
    )


def test_an_unfolded_attribute_lists_all_its_values(tmp_path: Path) -> None:
    opened = Catalogue.open(tmp_path / "many")
    ingest(opened, "rendered:40,size=16", progress=lambda done, total, stage: None)
    engine = Engine(opened)
    folded = next(group for group in filters.groups(engine, "", ()) if group.num_values > filters.SHOWN)
    unfolded = next(group for group in filters.groups(engine, "", (), unfold=folded.name) if group.name == folded.name)
    opened.close()
    assert len(folded.choices) == filters.SHOWN
    assert len(unfolded.choices) == folded.num_values


def test_a_product_opened_from_a_list_knows_its_neighbours(engine: Engine) -> None:
    listed = engine.search.find(limit=4).products
    seen = product.view(engine, _asked({"product_id": listed[1].product_id}, at=("1",)))
    assert seen.before is not None
    assert seen.after is not None
    assert seen.before.url == f"/products/{listed[0].product_id}?at=0"
    assert seen.after.name == listed[2].name
    first = product.view(engine, _asked({"product_id": listed[0].product_id}, at=("0",)))
    assert (first.before, first.place) == (None, 0)


@pytest.mark.parametrize("at", ["3", "9999", "-1", "x", "1e3", "9" * 40])
def test_a_link_that_is_out_of_date_still_shows_the_product(engine: Engine, at: str) -> None:
    first = engine.search.find(limit=1).products[0]
    seen = product.view(engine, _asked({"product_id": first.product_id}, at=(at,)))
    assert (seen.before, seen.after, seen.place) == (None, None, None)


def test_where_a_value_came_from_is_told(catalogue_copy: Catalogue) -> None:
    first = catalogue_copy.find(limit=1).products[0]
    predicted = Attribute(product_id=first.id, name="brand", value="Zeta", origin=Origin.PREDICTED, confidence=0.73)
    catalogue_copy.annotate([predicted], by="style-1")
    page = _client(catalogue_copy).get(studio_words.product_url(first.id)).text
    assert "predicted" in page
    assert "73\u202f% sure" in page
    assert "by style-1" in page


def test_ids_and_values_of_any_kind_are_only_text(tmp_path: Path, photo_bytes: Callable[..., bytes]) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(photo_bytes(1))
    odd = '"></a><script>alert(1)</script>/?#%'
    (folder / "metadata.csv").write_text('file_name,product_id,name\na.jpg,"' + odd.replace('"', '""') + '",<b>x</b>\n')
    opened = Catalogue.open(tmp_path / "catalogue")
    ingest(opened, str(folder), progress=lambda done, total, stage: None)
    client = _client(opened)
    pages = client.get("/").text + client.get(studio_words.product_url(odd)).text
    opened.close()
    assert "<script>alert" not in pages
    assert "<b>x" not in pages
    assert "&lt;b&gt;x&lt;/b&gt;" in pages


def test_every_id_has_a_page_of_its_own(tmp_path: Path, photo_bytes: Callable[..., bytes]) -> None:
    """Also . and .., which browsers and clients take for folders."""
    folder = tmp_path / "photos"
    folder.mkdir()
    ids = [".", "..", ".;", "..;;", "...", ";", "/lead", "trail/", "A//B", "../x", "a\\b", "50%", "A?b=c", "12#3"]
    for number in range(len(ids)):
        (folder / f"{number}.jpg").write_bytes(photo_bytes(number))
    rows = "".join(f"{number}.jpg,{product_id},Shoe {number}\n" for number, product_id in enumerate(ids))
    (folder / "metadata.csv").write_text("file_name,product_id,name\n" + rows)
    opened = Catalogue.open(tmp_path / "catalogue")
    ingest(opened, str(folder), progress=lambda done, total, stage: None)
    client = _client(opened)
    shown = {product_id: client.get(studio_words.product_url(product_id)).text for product_id in ids}
    opened.close()
    titles = {product_id: re.findall(r"<title>(Shoe \d+)", page) for product_id, page in shown.items()}
    assert titles == {product_id: [f"Shoe {number}"] for number, product_id in enumerate(ids)}


@pytest.mark.parametrize(
    "query", ["where=novalue", "where==x", "offset=-3", "offset=zz", "text=%25_%27", "where=a%3Db%3Dc"]
)
def test_a_damaged_address_still_shows_the_catalogue(client: TestClient, query: str) -> None:
    assert client.get(f"/?{query}").status_code == 200


def test_without_scripts_the_next_products_are_a_link_away(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "FIRST", 10)
    first = catalogue.view(engine, _asked())
    last = catalogue.view(engine, _asked(offset=("20",)))
    assert first.next_page == "?offset=10"
    assert (len(last.products), last.next_page) == (4, None)


def test_an_unknown_page_is_answered_to_people_as_a_page(client: TestClient) -> None:
    answer = client.get("/nothing-here", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "There is no page at /nothing-here." in answer.text
    assert 'href="/"' in answer.text
    unknown = client.get("/products/nope", headers={"accept": "text/html"})
    assert "no product" in html.unescape(unknown.text)


def test_static_files_are_kept_for_ever_under_a_path_that_changes_with_them(client: TestClient, tmp_path: Path) -> None:
    page = client.get("/").text
    path = re.search(r'"(/static/[0-9a-f]{12}/css/shared/base\.css)"', page)
    assert path is not None
    assert "immutable" in client.get(path[1]).headers["cache-control"]
    (tmp_path / "a.css").write_text("a")
    before = studio.digest(tmp_path)
    (tmp_path / "a.css").write_text("b")
    assert studio.digest(tmp_path) != before


def test_the_preview_makes_any_photo_small_enough_to_show(
    client: TestClient, photo_bytes: Callable[..., bytes]
) -> None:
    answer = client.post("/api/v1/preview", files={"photo": ("a.tiff", photo_bytes(1, size=(2048, 512), kind="TIFF"))})
    assert answer.headers["content-type"] == "image/webp"
    assert _size(answer.content) == (1024, 256)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"url": "file:///etc/passwd"}, 422),
        ({"url": "http://127.0.0.1/x.jpg"}, 403),
        ({"url": "abc"}, 422),
        ({}, 422),
    ],
)
def test_the_preview_reads_no_local_file_and_no_private_address(
    client: TestClient, form: dict[str, str], status: int
) -> None:
    assert client.post("/api/v1/preview", data=form).status_code == status


def test_a_slow_tools_form_is_read_off_its_params() -> None:
    form = forms.form_of(find_tool("manage/ingest"))
    fields = {field.name: field for field in form.fields}
    assert form.fields[0].name == "source"
    assert (fields["source"].required, fields["source"].main, fields["source"].kind) == (True, True, "text")
    assert (fields["labels"].kind, fields["labels"].default, fields["labels"].main) == (
        "checkbox",
        "true",
        False,
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: studio_words.counted(1, "product"), "1 product"),
        (lambda: studio_words.counted(5797, "photo"), "5,797 photos"),
        (lambda: studio_words.file_size(400), "1 kB"),
        (lambda: studio_words.file_size(2_340_000), "2.3 MB"),
        (lambda: studio_words.label("price_tier"), "Price tier"),
        (lambda: studio_words.short_id("a" * 64), "aaaaaaaa…aaaa"),
        (lambda: studio_words.short_id("SKU-1"), "SKU-1"),
        (lambda: studio_words.product_url("a/b ?"), "/products/a%2Fb%20%3F"),
        (
            lambda: studio_words.caption({"hex": "#fff", "brand": "Nike", "zeta": "9", "hue": "red"}, "Shoe"),
            "Nike · red",
        ),
        (lambda: studio_words.caption({"brand": "Nike", "colour": "Red"}, "nike red"), ""),
        (lambda: query_string("a b", ("x=1", "y=é"), at=0), "?text=a+b&where=x%3D1&where=y%3D%C3%A9&at=0"),
        (lambda: query_string("", ()), ""),
    ],
)
def test_words(call: Callable[[], str], words: str) -> None:
    assert call() == words


def _facet(engine: Engine, name: str) -> list[filters.Facet]:
    return next(facet.values for facet in engine.search.facets(max_values=100).facets if facet.name == name)


def _group(engine: Engine, name: str, where: tuple[str, ...]) -> filters.Group:
    return next(group for group in filters.groups(engine, "", where) if group.name == name)


def _size(data: bytes) -> tuple[int, int]:
    import io

    from PIL import Image

    return Image.open(io.BytesIO(data)).size
