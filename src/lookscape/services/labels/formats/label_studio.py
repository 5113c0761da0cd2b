"""Label Studio's JSON (labelstud.io/guide/export): tasks with data, annotations and predictions made of choices.

What people said is an annotation, what the source, measures and models say are predictions. Each attribute is a
`<Choices>` of the project whose name is the attribute's, for the image named `image`; where that is the name of a field
of the data, it is attribute[NAME]. No choice at all says that nobody can tell. Reading takes in the newest annotation
of a task that was not cancelled, its choices and the labels of its regions; predictions are passed over. JSON_MIN, the
flat form, and Label Studio's CSV are read too.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.tables import ours
from lookscape.services.labels.formats import Labelled, Row
from lookscape.services.labels.formats._json import dump, listed, parse
from lookscape.services.labels.formats._label_studio_tables import BOOKKEEPING, choices_of, is_export, words_of

SUFFIX = ".json"
IMAGE = "image"
FILE_FIELDS = ("file_name", IMAGE)
PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".jxl")


def write(products: Sequence[Labelled], *, provenance: bool, url: str, latest: int) -> bytes:
    """A list of tasks; `url` stands before the photos' paths, so that Label Studio can show them."""
    return dump([_task(number, product, url, provenance=provenance) for number, product in enumerate(products, 1)])


def left_out(products: Sequence[Labelled], *, provenance: bool) -> list[str]:
    """What the tasks do not say, in sentences."""
    others = sum(item.origin is not Origin.HUMAN for product in products for item in product.attributes)
    if not provenance:
        words = "they would be predictions, which are left out with their source"
        return [f"values that no person gave ({others:,}): {words}"] if others else []
    found = [f"when values that no person gave came ({others:,}); a prediction has the least confidence of its values"]
    several = sum(_differ(product.attributes) for product in products)
    said = [f"who said each of several values, and when ({several:,}): the last one stands there"]
    return found * bool(others) + said * bool(several)


def _differ(attributes: Sequence[Attribute]) -> int:
    groups: dict[str, set[tuple[object, ...]]] = {}
    for item in attributes:
        if item.origin is Origin.HUMAN:
            groups.setdefault(item.name, set()).add((item.by, item.at))
    return sum(len(said) > 1 for said in groups.values())


def _task(number: int, product: Labelled, url: str, *, provenance: bool) -> dict[str, Any]:
    human = [item for item in product.attributes if item.origin is Origin.HUMAN]
    others = [item for item in product.attributes if item.origin is not Origin.HUMAN]
    others.sort(key=lambda item: (_source(item), item.name))  # several values of one stay in their order
    predictions = [
        {"model_version": source, "score": min(item.confidence for item in items), "result": _results(number, items)}
        for source, group in groupby(others, key=_source)
        for items in (list(group),)
    ]
    return {
        "id": number,
        "data": {
            IMAGE: f"{url}/photos/{product.photo.id}.jpg",
            "product_id": product.product_id,
            "file_name": product.path,
            "name": product.name,
        },
        "annotations": [_annotation(number, human, provenance=provenance)] if human else [],
        "predictions": predictions if provenance else [],
    }


def _annotation(number: int, items: Sequence[Attribute], *, provenance: bool) -> dict[str, Any]:
    made = {"id": number, "was_cancelled": False, "result": _results(number, items)}
    if provenance:
        made["meta"] = {item.name: {"by": item.by, "at": item.at.isoformat() if item.at else None} for item in items}
    return made


def _results(number: int, items: Sequence[Attribute]) -> list[dict[str, Any]]:
    named: dict[str, list[str]] = {}
    for item in items:
        named.setdefault(item.name, []).extend([] if item.unknown else [item.value])
    return [
        {
            "id": f"r{number}-{place}",
            "from_name": _control(name),
            "to_name": IMAGE,
            "type": "choices",
            "value": {"choices": choices},
        }
        for place, (name, choices) in enumerate(named.items())
    ]


def _control(attribute: str) -> str:
    """The flat forms put choices beside the data and the bookkeeping: a name that is there already gets brackets."""
    return f"attribute[{attribute}]" if attribute in BOOKKEEPING else ours.column_of(attribute)


def _source(item: Attribute) -> str:
    return f"{item.origin.value} by {item.by}" if item.by else item.origin.value


def read(data: bytes, *, name: str) -> Iterator[Row]:
    """Every task that somebody annotated."""
    tasks = parse(data, list, what="a Label Studio document: that is a list of tasks")
    newest = _newest([task for task in tasks if isinstance(task, dict) and is_export(task)])
    for number, task in enumerate(tasks, 1):
        place = f"task {task.get('id', number)}" if isinstance(task, dict) else f"task {number}"
        if isinstance(task, dict) and isinstance(task.get("data"), dict):
            yield _row(place, task)
        elif isinstance(task, dict) and is_export(task):
            if newest.get(task.get("id")) is task:
                yield _flat_row(place, task)
        else:
            yield Row(place=place, problem="a task has to be a record with data")


def _newest(flat: Sequence[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Of each task of the flat form the record that was changed last; a task has one for each annotation."""
    return {task.get("id"): task for task in sorted(flat, key=_changed)}


def _changed(made: Mapping[str, Any]) -> str:
    return str(made.get("updated_at") or made.get("created_at") or "")


def _row(place: str, task: dict[str, Any]) -> Row:
    standing = [item for item in listed(task, "annotations") if not item.get("was_cancelled")]
    newest = max(standing, key=_changed, default={})
    values: dict[str, tuple[str, ...]] = {}
    for result in listed(newest, "result"):
        kind, value = str(result.get("type") or ""), result.get("value")
        if kind != "choices" and not kind.endswith("labels"):
            continue
        name = ours.attribute_of(str(result.get("from_name") or ""))
        if not name or not isinstance(value, dict) or not isinstance(value.get(kind), list):
            return Row(place=place, problem=f"a result of type {kind} needs from_name and value.{kind}")
        values[name] = tuple(dict.fromkeys([*values.get(name, ()), *words_of({kind: value[kind]})]))
    data = task["data"]
    return Row(place=place, product_id=_text(data, "product_id"), file_name=_file_name(data), values=values)


def _flat_row(place: str, record: dict[str, Any]) -> Row:
    named = (name for name in record if name not in BOOKKEEPING | {*ours.KEYS, *FILE_FIELDS})
    values = {ours.attribute_of(name): found for name in named if (found := choices_of(record[name])) is not None}
    return Row(place=place, product_id=_text(record, "product_id"), file_name=_file_name(record), values=values)


def _file_name(data: Mapping[str, Any]) -> str:
    """The photo's file: the field that says so, else the first that is named like a photo."""
    texts = [value for value in data.values() if isinstance(value, str)]
    like_photos = [text for text in texts if any(one.endswith(PHOTO_ENDINGS) for one in text.lower().split("?"))]
    return next((found for key in FILE_FIELDS if (found := _text(data, key))), next(iter(like_photos), ""))


def _text(data: Mapping[str, Any], key: str) -> str:
    return str(data.get(key) or "")
