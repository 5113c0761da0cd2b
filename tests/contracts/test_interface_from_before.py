"""What callers of the interface rely on is still there: paths, fields, types, defaults, bounds and statuses are as they
were before rooms and words changed, but for the renames that the changelog lists. More may have come.

openapi-before.json is the interface of commit e46c2a7, made by make_catalogue_before.py beside it.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from interface_shape import in_lines, lost_or_changed, pack, reduce_interface, shape_of, unpack
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.tools._tool import every_tool
from renames import Renames

BEFORE = Path(__file__).parents[1] / "data" / "openapi-before.json"
Shape = dict[str, Any]


@pytest.fixture(scope="module")
def before() -> Shape:
    return unpack(json.loads(BEFORE.read_bytes()))


def test_nothing_is_lost_or_changed_but_what_the_changelog_lists(before: Shape, empty_catalogue: Catalogue) -> None:
    client = TestClient(create_app(Engine(empty_catalogue), worker=False), base_url="http://127.0.0.1")
    slow = {tool.path: tool.result.model_json_schema(mode="serialization") for tool in every_tool() if tool.slow}
    now = reduce_interface(client.get("/openapi.json").json(), slow)
    assert len(before["operations"]) > 100
    assert len(before["jobs"]) > 20
    differences = lost_or_changed(before, now, Renames.read())
    assert not differences, "\n".join(["not in the changelog's table of renames:", *differences])


LIKE = "POST /api/v1/search/like"
FIND = "POST /api/v1/search/find"
LEARN = "POST /api/v1/predict/learn"


def fields_of(shape: Shape, name: str) -> Shape:
    """What a tool is asked."""
    found: Shape = shape["operations"][name]["request"]["application/json"]
    return found


def answer_of(shape: Shape, name: str) -> Shape:
    found: Shape = shape["operations"][name]["statuses"]["200"]["application/json"]
    return found


def rename(fields: Shape, old: str, new: str) -> None:
    fields["properties"][new] = fields["properties"].pop(old)
    fields["required"] = [new if one == old else one for one in fields.get("required", [])]


def rename_path(shape: Shape) -> None:
    shape["operations"]["POST /api/v1/search/alike"] = shape["operations"].pop(LIKE)


def rename_in_hits(shape: Shape) -> None:
    rename(answer_of(shape, LIKE)["properties"]["hits"]["items"], "score", "likeness")


def rename_job_field(shape: Shape) -> None:
    rename(shape["jobs"]["measure/match"], "queries", "num_queries")


def rename_value(shape: Shape) -> None:
    optimizer = fields_of(shape, LEARN)["properties"]["optimizer"]
    optimizer["enum"] = ["adam-w" if one == "adamw" else one for one in optimizer["enum"]]
    optimizer["default"] = "adam-w"


@pytest.mark.parametrize(
    ("change", "said", "listed"),
    [
        (rename_path, f"{LIKE}: gone", ("path", "/api/v1/search/like", "/api/v1/search/alike")),
        (lambda shape: rename(fields_of(shape, LIKE), "limit", "top"), "'limit' is gone", ("field", "limit", "top")),
        (
            lambda shape: rename(fields_of(shape, LIKE), "product", "item"),
            "'product' is gone",
            ("field", "search/like.product", "item"),
        ),
        (rename_in_hits, "'score' is gone", ("field", "score", "likeness")),
        (rename_job_field, "'queries' is gone", ("field", "measure/match.queries", "num_queries")),
        (rename_value, "enum was", ("value", "optimizer=adamw", "adam-w")),
    ],
)
def test_a_rename_has_to_be_listed(
    before: Shape, change: Callable[[Shape], None], said: str, listed: tuple[str, str, str]
) -> None:
    now = copy.deepcopy(before)
    change(now)
    assert any(said in one for one in lost_or_changed(before, now, Renames()))
    assert lost_or_changed(before, now, Renames((listed,))) == []
    elsewhere = (listed[0], "something.else", listed[2])
    assert lost_or_changed(before, now, Renames((elsewhere,))) != []


def lose_status(shape: Shape) -> None:
    del shape["operations"][LIKE]["statuses"]["404"]


def lose_form(shape: Shape) -> None:
    del shape["operations"]["POST /api/v1/search/by-photo"]["request"]["multipart/form-data"]


def require_more(shape: Shape) -> None:
    fields = fields_of(shape, FIND)
    fields["properties"]["also"] = {"type": "string"}
    fields["required"] = ["also"]


def answer_without(shape: Shape) -> None:
    answer_of(shape, LIKE)["required"].remove("hits")


def close_number(shape: Shape) -> None:
    fields_of(shape, LEARN)["properties"]["seed"]["maximum"] = 9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lose_status, "statuses 404: gone"),
        (lose_form, "multipart/form-data: gone"),
        (require_more, "'also' has to be given"),
        (answer_without, "'hits' was required, is not required"),
        (close_number, ".seed: maximum was None, is 9"),
        (lambda shape: fields_of(shape, FIND)["properties"]["limit"].update(default=61), "default was 60, is 61"),
        (lambda shape: fields_of(shape, FIND)["properties"]["limit"].update(type="number"), "type was 'integer'"),
        (lambda shape: answer_of(shape, FIND)["properties"].pop("total"), "'total' is gone"),
        (lambda shape: shape["jobs"].pop("manage/embed"), "job manage/embed: gone"),
    ],
)
def test_a_loss_or_a_change_is_noticed(before: Shape, change: Callable[[Shape], None], said: str) -> None:
    now = copy.deepcopy(before)
    change(now)
    differences = lost_or_changed(before, now, Renames.read())
    assert any(said in one for one in differences), differences


def test_more_is_no_difference(before: Shape) -> None:
    now = copy.deepcopy(before)
    now["operations"]["POST /api/v1/search/new"] = now["operations"][LIKE]
    now["operations"][LIKE]["statuses"]["418"] = {}
    fields_of(now, FIND)["properties"]["more"] = {"type": "string", "default": ""}
    answer = answer_of(now, FIND)
    answer["properties"]["more"] = {"type": "integer"}
    answer["required"].append("more")
    fields_of(now, LEARN)["properties"]["optimizer"]["enum"].append("lion")
    assert lost_or_changed(before, now, Renames()) == []


def test_names_of_components_do_not_count() -> None:
    plain = {"type": "object", "properties": {"at": {"type": "integer"}}, "required": ["at"], "title": "Old"}
    by_name = {"$ref": "#/$defs/Point", "$defs": {"Point": {**plain, "title": "New", "description": "words"}}}
    assert (
        shape_of(by_name, {}) == shape_of(plain, {}) == {key: plain[key] for key in ("type", "properties", "required")}
    )
    tree = {"type": "object", "properties": {"inner": {"$ref": "#/c/Tree"}}}
    assert shape_of({"$ref": "#/c/Tree"}, {"Tree": tree})["properties"]["inner"] == {"type": "itself"}


def test_a_packed_interface_is_the_same(before: Shape) -> None:
    text = in_lines(pack(before))
    assert unpack(json.loads(text)) == before
    assert text == BEFORE.read_text(encoding="utf-8")


def test_the_table_is_read_from_the_changelog() -> None:
    table = """
## Unreleased
### Added
| path | `no` | `rename` |
### Renamed
Some words.

| kind | old | new |
|---|:-:|---|
| path | `/api/v1/predict/guess` | `/api/v1/predict/tell` |
| field | `predict/guess.speed` | `pace` |
| field | `speed` | `rate` |
| value | `mode=quick` | `fast` |

### Fixed
| field | `no` | `rename` |
"""
    renames = Renames.read(table)
    assert len(renames.rows) == 4
    assert renames.path("/api/v1/predict/guess") == "/api/v1/predict/tell"
    assert renames.tool("predict/guess") == "predict/tell"
    assert renames.tool("predict/other") == "predict/other"
    assert renames.names("/api/v1/predict/guess", "speed") == ["speed", "pace", "rate"]
    assert renames.names("/api/v1/predict/other", "speed") == ["speed", "rate"]
    assert renames.values("mode", "quick") == ["quick", "fast"]
    assert renames.values("other", "quick") == ["quick"]
    with pytest.raises(ValueError, match="kind"):
        Renames.read("### Renamed\n| field | only |\n")
