"""Label Studio's JSON (labelstud.io/guide/export): tasks with data, annotations and predictions made of choices.

What people said is an annotation, what the source, measures and models say are predictions. Each attribute is a
`<Choices>` of the project whose name is the attribute's, for the image named `image`. No choice at all says that nobody
can tell. Reading takes in the newest annotation of a task that was not cancelled; predictions are passed over.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from lookscape.catalogue.records import Attribute, Origin
from lookscape.services.labels.formats import Labelled, Row
from lookscape.services.labels.formats._json import dump, listed, parse

SUFFIX = ".json"
IMAGE = "image"


def write(products: Sequence[Labelled], *, provenance: bool, url: str, latest: int) -> bytes:
    """A list of tasks; `url` stands before the photos' paths, so that Label Studio can show them."""
    return dump([_task(number, product, url, provenance=provenance) for number, product in enumerate(products, 1)])


def _task(number: int, product: Labelled, url: str, *, provenance: bool) -> dict[str, Any]:
    human = [item for item in product.attributes if item.origin is Origin.HUMAN]
    others = sorted(set(product.attributes) - set(human), key=lambda item: (_source(item), item.name, item.act_id or 0))
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
            "from_name": name,
            "to_name": IMAGE,
            "type": "choices",
            "value": {"choices": choices},
        }
        for place, (name, choices) in enumerate(named.items())
    ]


def _source(item: Attribute) -> str:
    return f"{item.origin.value} by {item.by}" if item.by else item.origin.value


def read(data: bytes, *, name: str) -> Iterator[Row]:
    """Every task that somebody annotated."""
    tasks = parse(data, list, what="a Label Studio document: that is a list of tasks")
    for number, task in enumerate(tasks, 1):
        place = f"task {task.get('id', number)}" if isinstance(task, dict) else f"task {number}"
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            yield Row(place=place, problem="a task has to be a record with data")
            continue
        yield _row(place, task)


def _row(place: str, task: dict[str, Any]) -> Row:
    standing = [item for item in listed(task, "annotations") if not item.get("was_cancelled")]
    newest = max(standing, key=lambda item: str(item.get("updated_at") or item.get("created_at") or ""), default={})
    values: dict[str, tuple[str, ...]] = {}
    for result in listed(newest, "result"):
        if result.get("type") != "choices":
            continue
        name, value = str(result.get("from_name") or ""), result.get("value")
        choices = value.get("choices") if isinstance(value, dict) else None
        if not name or not isinstance(choices, list):
            return Row(place=place, problem="a result of type choices needs from_name and value.choices")
        values[name] = tuple(dict.fromkeys([*values.get(name, ()), *map(str, choices)]))
    data = task["data"]
    file_name = str(data.get("file_name") or data.get(IMAGE) or "")
    return Row(place=place, product_id=str(data.get("product_id") or ""), file_name=file_name, values=values)
