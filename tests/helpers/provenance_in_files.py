"""Where each value is from, read from exports as their descriptions say: origin, confidence, by, at."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime

from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.category_names import pair_of
from lookscape.catalogue.tables.ours import split_values

Key = tuple[str, str, str]
Said = tuple[str, float, str, str]


def at(time: datetime | None) -> str:
    """As files have it; empty for none."""
    return time.isoformat() if time else ""


def _of_csv(data: bytes) -> Iterator[tuple[Key, Said]]:
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        for column, cell in row.items():
            if f"{column}.origin" in row and cell:
                origin, confidence, by, said_at = (
                    row[f"{column}.{mark}"] for mark in ("origin", "confidence", "by", "at")
                )
                for value in split_values(cell):
                    yield (
                        (row["product_id"], ours.attribute_of(column), value),
                        (origin, float(confidence), by, said_at),
                    )


def _of_coco(data: bytes) -> Iterator[tuple[Key, Said]]:
    document = json.loads(data)
    pairs = {one["id"]: pair_of(one["name"]) for one in document["categories"]}
    for mark in document["annotations"]:
        name, value = pairs[mark["category_id"]] or ("", "")
        said = mark["attributes"]
        yield (mark["product_id"], name, value), (said["origin"], mark["score"], said["by"], said["at"] or "")


def _of_label_studio(data: bytes) -> Iterator[tuple[Key, Said]]:
    for task in json.loads(data):
        for made in (*task["annotations"], *task["predictions"]):
            source, _, by = made.get("model_version", "human").partition(" by ")
            for result in made["result"]:
                name = ours.attribute_of(result["from_name"])
                meta = made.get("meta", {}).get(name, {"by": by, "at": ""})
                for value in result["value"]["choices"]:
                    key = (task["data"]["product_id"], name, value)
                    yield key, (source, made.get("score", 1.0), meta["by"], meta["at"])


PROVENANCE: dict[str, Callable[[bytes], dict[Key, Said]]] = {
    "csv": lambda data: dict(_of_csv(data)),
    "coco": lambda data: dict(_of_coco(data)),
    "label-studio": lambda data: dict(_of_label_studio(data)),
}
