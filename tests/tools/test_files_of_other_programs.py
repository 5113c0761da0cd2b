"""Labels as other programs write them: COCO of CVAT and supervision, Label Studio's flat forms, CVAT's XML."""

import json
from typing import Any

import pytest

from lookscape.catalogue.records import Attribute, Origin, Photo
from lookscape.errors import UsageError
from lookscape.services.labels.formats import Labelled, Row, format_named

WHOLE = [0, 0, 4, 4]


def rows(kind: str, document: Any, name: str = "") -> list[Row]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(format_named(kind).read(data, name=name))


def coco(*names: tuple[str | None, str], marks: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """One image with an annotation of each category, given as supercategory and name."""
    categories = [{"id": n, "name": name, "supercategory": above} for n, (above, name) in enumerate(names)]
    annotations = [{"id": n, "image_id": 1, "category_id": n, "bbox": WHOLE} for n in range(len(names))]
    return {
        "images": [{"id": 1, "file_name": "a\\side.jpg"}],
        "annotations": [one | (marks[n] if marks else {}) for n, one in enumerate(annotations)],
        "categories": categories,
    }


@pytest.mark.parametrize(
    ("categories", "name", "values"),
    [
        ([("colour", "colour=red"), ("colour", "colour=white")], "", {"colour": ("red", "white")}),
        ([("colour", "red"), ("kind", "red")], "", {"colour": ("red",), "kind": ("red",)}),
        ([("style", "a=b")], "", {"style": ("a=b",)}),
        (
            [("common-objects", "colour=red"), ("common-objects", "kind=red")],
            "",
            {"colour": ("red",), "kind": ("red",)},
        ),
        ([("", "EU\\=size=3=x")], "", {"EU=size": ("3=x",)}),
        ([("none", "boot"), ("none", "a=b")], "type", {"type": ("boot", "a=b")}),
        ([("object", "object=x")], "", {"object": ("x",)}),
    ],
)
def test_categories_of_every_kind(categories: list[tuple[str, str]], name: str, values: Any) -> None:
    [row] = rows("coco", coco(*categories), name)
    assert (row.problem, row.file_name, dict(row.values)) == ("", "a\\side.jpg", values)


@pytest.mark.parametrize("categories", [[("common-objects", "boot")], [("", "a=b"), ("none", "boot")]])
def test_a_category_that_does_not_say_its_attribute_is_no_guess(categories: list[tuple[str, str]]) -> None:
    [row] = rows("coco", coco(*categories))
    assert "say which attribute with --name" in row.problem


def test_words_among_an_annotations_attributes_are_values_and_flags_are_not() -> None:
    flags = {"occluded": False, "rotation": 0.0, "track_id": 3}
    marks = [{"attributes": flags | {"sole": "gum", "laces": ""}}, {"attributes": flags | {"sole": "flat"}}]
    [row] = rows("coco", coco(("shoe", "boot"), ("shoe", "sandal"), marks=marks))
    assert row.values == {"shoe": ("boot", "sandal"), "sole": ("gum", "flat")}


def labelled(product_id: str, path: str, *values: tuple[str, str]) -> Labelled:
    photo = Photo(id="f" * 64, width=30, height=20, format="JPEG", num_bytes=1, blob="b")
    said = [Attribute(product_id=product_id, name=name, value=value, origin=Origin.HUMAN) for name, value in values]
    said.append(Attribute(product_id=product_id, name="age", value="", origin=Origin.HUMAN, unknown=True))
    return Labelled(product_id=product_id, name=product_id, photo=photo, path=path, relative=path[1:], attributes=said)


@pytest.mark.parametrize("kind", ["coco", "cvat"])
def test_a_photo_that_products_share_is_one_image(kind: str) -> None:
    products = [labelled("P1", "/a/1.jpg", ("colour", "red")), labelled("P2", "/a/1.jpg", ("colour", "blue"))]
    data = format_named(kind).write(products, provenance=True, url="", latest=0)
    assert data.count(b"a/1.jpg") == 1
    found = {row.product_id: dict(row.values) for row in rows(kind, data)}
    unknown = {} if kind == "cvat" else {"age": ()}
    assert found == {"P1": {"colour": ("red",)} | unknown, "P2": {"colour": ("blue",)} | unknown}


FLAT = {"annotation_id": 1, "annotator": 1, "lead_time": 3.2, "created_at": "2024-01-01", "id": 7}
REGION = {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0, "rectanglelabels": ["boot"]}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("boot", ("boot",)),
        ({"choices": ["boot", "red"]}, ("boot", "red")),
        ({"choices": []}, ()),
        ([REGION, REGION | {"rectanglelabels": ["lace"]}], ("boot", "lace")),
        ([{"x": 1, "y": 2}], None),
        ("", None),
        ("{not JSON", ("{not JSON",)),
    ],
)
@pytest.mark.parametrize("kind", ["label-studio", "csv"])
def test_label_studios_flat_forms(kind: str, value: Any, said: tuple[str, ...] | None) -> None:
    record = FLAT | {"image": "/data/upload/3/1a2b3c4d-boot.jpg", "kind": value}
    if kind == "csv":
        cells = [one if isinstance(one, str) else json.dumps(one) for one in record.values()]
        lines = [",".join(record), ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)]
        found = rows(kind, "\n".join(lines).encode())
    else:
        found = rows(kind, [record])
    assert [(row.file_name, dict(row.values)) for row in found] == [
        ("/data/upload/3/1a2b3c4d-boot.jpg", {} if said is None else {"kind": said})
    ]


@pytest.mark.parametrize("kind", ["label-studio", "csv"])
def test_a_control_in_brackets_is_the_attribute_that_a_field_is_called_like(kind: str) -> None:
    record = FLAT | {"image": "a.jpg", "name": "Runner", "attribute[name]": "boot", "attribute[id]": "7"}
    if kind == "csv":
        found = rows(kind, f"{','.join(record)}\n{','.join(map(str, record.values()))}\n".encode())
    else:
        found = rows(kind, [record])
    assert [dict(row.values) for row in found] == [{"name": ("boot",), "id": ("7",)}]


def test_data_that_gave_its_name_to_a_control_is_no_label() -> None:
    cells = FLAT | {"image": "a.jpg", "colour": "red", "_data_colour": "from the shop"}
    [row] = rows("csv", f"{','.join(cells)}\n{','.join(map(str, cells.values()))}\n".encode())
    assert dict(row.values) == {"colour": ("red",)}


def test_fiftyone_writes_where_a_value_is_from_beside_it_and_file_names_without_folders() -> None:
    marks = [{"product_id": f"P{n}", "origin": origin} for n, origin in enumerate(("human", "given", None))]
    document = coco(*((None, f"colour={word}") for word in ("red", "blue", "grey")), marks=marks)
    document["images"][0]["file_name"] = "side.jpg"
    assert {row.product_id: dict(row.values) for row in rows("coco", document)} == {
        "": {},
        "P0": {"colour": ("red",)},
        "P2": {"colour": ("grey",)},
    }


def test_the_newest_of_several_annotations_of_a_task_counts() -> None:
    made = [
        FLAT | {"image": "a.jpg", "kind": word, "updated_at": f"2024-01-0{day}"} for word, day in (("x", 2), ("y", 1))
    ]
    assert [dict(row.values) for row in rows("label-studio", made)] == [{"kind": ("x",)}]


def test_regions_and_a_photo_under_another_name_are_read_from_tasks() -> None:
    result = [{"type": "rectanglelabels", "from_name": "part", "value": REGION}]
    result.append({"type": "brush", "from_name": "mask", "value": {"format": "rle"}})
    task = {
        "id": 1,
        "data": {"title": "Boot", "img": "/data/local-files/?d=a/top.jpg"},
        "annotations": [{"result": result}],
    }
    [row] = rows("label-studio", [task])
    assert (row.file_name, dict(row.values)) == ("/data/local-files/?d=a/top.jpg", {"part": ("boot",)})


CVAT = """<?xml version="1.0"?><annotations><version>1.1</version><image id="0" name="a\\top.jpg" width="9" height="9">
<tag label="colour=red" source="manual"/><tag label="colour=blue" source="auto"/>
<box label="kind=boot" occluded="0" xtl="0" ytl="0" xbr="4" ybr="4"><attribute name="sole">gum</attribute>
<attribute name="new">true</attribute></box></image></annotations>"""


def test_cvats_shapes_and_their_attributes() -> None:
    [row] = rows("cvat", CVAT.encode())
    assert (row.file_name, row.values) == ("a\\top.jpg", {"colour": ("red",), "kind": ("boot",), "sole": ("gum",)})
    bare = CVAT.replace("colour=red", "sandal")
    assert "label 'sandal'" in rows("cvat", bare.encode())[0].problem
    assert rows("cvat", bare.replace("kind=boot", "boot").encode(), "kind")[0].values["kind"] == ("sandal", "boot")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<annotations", "not XML"),
        ("<rss/>", "not CVAT"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotations/>', "entities"),
    ],
)
def test_other_xml_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        rows("cvat", text.encode())
