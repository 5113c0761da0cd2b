"""The attributes in a browser: what each is read as, and a person who says otherwise."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from put_column import put_column

pytestmark = pytest.mark.page
MANY = range(24)


@pytest.mark.parametrize("look", ["wide-light", "phone-dark"])
def test_a_person_says_how_an_attribute_is_read(
    browse: Callable[..., Page], serve: Callable[[Engine], str], catalogue_copy: Catalogue, look: str
) -> None:
    put_column(catalogue_copy, "price", [f"1,{n + 100}" for n in MANY])
    put_column(catalogue_copy, "style", [f"{n:04}" for n in MANY])
    put_column(catalogue_copy, "tag", [("new", "sale") if n % 2 else "new" for n in MANY])
    page = browse(f"{serve(Engine(catalogue_copy))}/columns", look)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    price, style, tag = (page.locator(f'tr[data-name="{name}"]') for name in ("price", "style", "tag"))
    expect(style.locator(".pill")).to_have_text("code")
    expect(style).to_contain_text("leading zeros: 0000")
    expect(tag).to_contain_text("12 with several")
    expect(price.locator(".pill")).to_have_text("word")
    price.get_by_role("combobox").select_option("number-comma")
    expect(price.locator(".pill")).to_have_text("number")
    expect(price.locator(".columns-example")).to_contain_text("1.100")
    expect(page.locator(".toast").last).to_contain_text("price is read as number now")
    page.reload()
    expect(price.get_by_role("combobox")).to_have_value("number-comma")
    assert sorted(catalogue_copy.values_of("price").values()) == [f"1,{n + 100}" for n in MANY]
