"""Labelling in a browser: selecting by mouse, keyboard and touch, labelling, undo, history, two people at once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.settings import Settings

pytestmark = pytest.mark.page
CHECKED = '#grid [aria-checked="true"]'


@pytest.fixture
def desk(engine_of_studio: Engine, tmp_path: Path) -> Iterator[Engine]:
    """224 products to be labelled at will."""
    folder = tmp_path / "desk"
    shutil.copytree(engine_of_studio.folder, folder)
    engine = Engine(Catalogue(Settings(catalogue=folder, workers=1, user="ada")))
    yield engine
    engine.catalogue.close()


@pytest.fixture
def label(desk: Engine, serve, browse) -> Iterator:
    address = serve(desk)
    return lambda look="wide-light", path="/annotate": browse(path, look, at=address)


def values(engine: Engine, name: str = "style") -> dict[str, int]:
    found = [facet for facet in engine.search.facets(max_values=1000).facets if facet.name == name]
    return {item.value: item.count for facet in found for item in facet.values}


def ids(engine: Engine, count: int) -> list[str]:
    return [item.product_id for item in engine.search.find(limit=count).products]


def write(page: Page, name: str, value: str) -> None:
    page.locator("#label-name").fill(name)
    page.locator("#label-value").fill(value)


def chosen(page: Page) -> list[int]:
    found = page.locator(CHECKED).evaluate_all("cards => cards.map((card) => card.parentElement.ariaPosInSet - 1)")
    return sorted(map(int, found))


def test_click_ctrl_and_shift_select_as_everywhere(label) -> None:
    page = label()
    cards = page.locator("#grid .card")
    cards.nth(2).click()
    cards.nth(4).click(modifiers=["Control"])
    assert chosen(page) == [2, 4]
    cards.nth(6).click()
    assert chosen(page) == [6]
    cards.nth(9).click(modifiers=["Shift"])
    assert chosen(page) == [6, 7, 8, 9]
    expect(page.locator("#picked")).to_have_text("4 selected")
    cards.nth(8).click(modifiers=["Control"])
    assert chosen(page) == [6, 7, 9]
    page.keyboard.press("Escape")
    expect(page.locator("#picked")).to_have_text("Nothing selected")


def test_a_range_to_products_never_seen(label, desk: Engine) -> None:
    page = label()
    page.locator("#grid .card").nth(1).click()
    page.keyboard.press("Shift+End")
    expect(page.locator("#picked")).to_have_text("223 selected")
    write(page, "style", "court")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("223 products")
    assert values(desk) == {"court": 223}


def test_a_box_drawn_with_the_mouse_selects_what_it_touches(label) -> None:
    page = label()
    columns = page.evaluate("getComputedStyle(document.querySelector('#grid')).gridTemplateColumns.split(' ').length")
    first, last = (page.locator("#grid .card").nth(place).bounding_box() for place in (0, columns + 1))
    page.mouse.move(first["x"] + 20, first["y"] + 20)
    page.mouse.down()
    page.mouse.move(last["x"] + 40, last["y"] + 30, steps=8)
    assert page.locator(".lasso").count() == 1
    page.mouse.up()
    expect(page.locator(".lasso")).to_have_count(0)
    assert chosen(page) == [0, 1, columns, columns + 1]
    expect(page.locator("#picked")).to_have_text("4 selected")


def test_the_keyboard_alone_labels_undoes_and_labels_again(label, desk: Engine) -> None:
    page = label()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert len(chosen(page)) == 3
    page.keyboard.press("n")
    page.keyboard.type("style")
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.keyboard.type("retro")
    expect(page.locator("#shifts")).to_contain_text("retro 0 → 3")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Style set to retro on 3 products")
    assert values(desk) == {"retro": 3}
    expect(page.locator("#grid .note.told").first).to_have_text("retro")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator(".toast").last).to_contain_text("Undone")
    assert values(desk) == {}
    page.keyboard.press("Shift+U")
    expect(page.locator(".toast").last).to_contain_text("Done again")
    assert values(desk) == {"retro": 3}
    page.keyboard.press("Control+a")
    expect(page.locator("#picked")).to_have_text("224 selected")
    page.keyboard.press("1")
    expect(page.locator(".toast").last).to_contain_text("221 products")
    assert values(desk) == {"retro": 224}
    assert [act.by for act in desk.annotate.history().acts] == ["ada"] * 4


def test_all_of_a_filter_with_counts_before_and_after(label, desk: Engine) -> None:
    low = desk.search.find(where=("silhouette=low",)).total
    page = label(path="/annotate?where=silhouette%3Dlow")
    page.get_by_role("button", name=f"Select all {low}").click()
    write(page, "silhouette", "trainer")
    expect(page.locator("#shifts")).to_have_text(f"trainer 0 → {low} · low {low} → 0")
    top = page.locator("#label-bar").bounding_box()
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Silhouette set to trainer")
    assert values(desk, "silhouette")["trainer"] == low
    assert page.locator("#label-bar").bounding_box()["height"] == top["height"]


def test_add_and_clear(label, desk: Engine) -> None:
    page = label()
    page.locator("#grid .card").first.click()
    write(page, "season", "winter")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator(".toast").last).to_contain_text("Season set to winter")
    page.locator("#label-value").fill("autumn")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".toast").last).to_contain_text("Season has more: autumn")
    assert values(desk, "season") == {"winter": 1, "autumn": 1}
    page.locator("#label-value").fill("winter")
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator(".toast").last).to_contain_text("Season cleared")
    assert values(desk, "season") == {"autumn": 1}


def test_hands_faster_than_the_server_lose_nothing(label, desk: Engine) -> None:
    page = label()
    page.evaluate(
        "() => { const ask = window.fetch; window.fetch = async (...asked) =>"
        " { const answer = await ask(...asked); await new Promise((done) => setTimeout(done, 300)); return answer; } }"
    )
    page.locator("#grid .card").first.click()
    write(page, "season", "winter")
    page.get_by_role("button", name="Set", exact=True).click()
    write(page, "season", "autumn")
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("#label-undo").click()
    expect(page.locator(".toast").last).to_contain_text("Undone")
    assert values(desk, "season") == {"winter": 1}


def test_history_names_the_person_and_takes_any_act_back(label, desk: Engine) -> None:
    desk.annotate.set("style", "a", products=tuple(ids(desk, 5)), by="bob")
    desk.annotate.set("season", "b", products=tuple(ids(desk, 7)), by="eve")
    page = label()
    page.get_by_role("button", name="History").click()
    drawer = page.get_by_role("dialog", name="History")
    expect(drawer.locator("#acts li").nth(1)).to_contain_text("bob · 5 products")
    drawer.get_by_label("Your name").fill("Grace")
    drawer.get_by_role("button", name="Undo: style set to a").click()
    expect(drawer.locator("#acts li").first).to_contain_text("Grace")
    assert (values(desk), values(desk, "season")) == ({}, {"b": 7})
    drawer.get_by_role("button", name="Redo: style set to a").click()
    expect(drawer.locator("#acts li").first).to_contain_text("redone")
    assert values(desk) == {"a": 5}
    page.reload()
    page.get_by_role("button", name="History").click()
    expect(page.locator("#person")).to_have_value("Grace")


def test_what_somebody_else_changed_is_shown_with_both_values(label, desk: Engine) -> None:
    page = label()
    wanted = ids(desk, 6)
    for card in range(6):
        page.locator("#grid .card").nth(card).click(modifiers=["Control"])
    desk.annotate.set("style", "bobs", products=tuple(wanted[:2]), by="bob")
    write(page, "style", "mine")
    page.get_by_role("button", name="Set", exact=True).click()
    dialog = page.get_by_role("dialog", name="Changed by somebody else")
    expect(dialog.locator("li").first).to_contain_text("Theirs: bobs")
    expect(dialog.locator("li").first).to_contain_text("by bob")
    expect(dialog.locator("li").first).to_contain_text("Yours: mine")
    assert values(desk) == {"mine": 4, "bobs": 2}
    dialog.get_by_role("button", name="Use mine: mine").first.click()
    expect(dialog.locator("li")).to_have_count(1)
    dialog.get_by_role("button", name="Keep theirs", exact=True).click()
    expect(page.locator("#grid .note.told", has_text="mine")).to_have_count(5)
    assert values(desk) == {"mine": 5, "bobs": 1}


def test_somebody_elses_change_is_told_and_shown_when_asked(label, desk: Engine) -> None:
    page = label()
    page.locator("#label-name").fill("season")
    desk.annotate.set("season", "winter", everything=True, by="bob")
    expect(page.locator(".toast")).to_contain_text("bob: season set to winter, 224 products", timeout=15_000)
    page.locator(".toast").get_by_role("button", name="Show").click()
    expect(page.locator("#grid .note.told", has_text="winter").first).to_be_visible()


def test_a_selection_handed_over_is_shown_selected(label, desk: Engine) -> None:
    page = label()
    wanted = ids(desk, 200)[::3]
    script = page.locator('script[src$="theme.js"]').get_attribute("src") or ""
    picked = script.replace("shared/theme.js", "products/picked.js")
    with page.expect_navigation():
        page.evaluate("async ([url, ids]) => { (await import(url)).hand(ids, 'from the map') }", [picked, wanted])
    expect(page.locator("#found")).to_have_text(f"{len(wanted)} products from the map")
    expect(page.locator("#picked")).to_have_text(f"{len(wanted)} selected")
    write(page, "style", "lassoed")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator(".toast")).to_contain_text(f"{len(wanted)} products")
    assert desk.catalogue.matching(desk_filter("lassoed")) == set(wanted)


def desk_filter(value: str):
    from lookscape.catalogue.records import Filter

    return Filter(where={"style": (value,)})


@pytest.mark.parametrize("look", ["phone-light", "phone-dark"])
def test_touch_labels_too_and_nothing_is_wider_than_the_phone(label, desk: Engine, look: str) -> None:
    page = label(look)
    for card in (0, 1, 3):
        page.locator("#grid .card").nth(card).tap()
    assert chosen(page) == [0, 1, 3]
    page.locator("#grid .card").nth(1).tap()
    assert chosen(page) == [0, 3]
    write(page, "style", "retro")
    page.get_by_role("button", name="Set", exact=True).tap()
    expect(page.locator(".toast")).to_contain_text("2 products")
    assert values(desk) == {"retro": 2}
    page.locator("#label-undo").tap()
    expect(page.locator(".toast").last).to_contain_text("Undone")
    assert values(desk) == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.locator("#label-bar button:visible, .bar-field input:visible, .toolbar button:visible").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.id || one.textContent)"
    )
    assert small == []
