"""An OpenAPI document as plain shapes that can be held beside those of another version: names of components, titles and
descriptions do not count; paths, methods, statuses, fields, types, defaults and bounds do.

A shape is a schema with every `$ref` put in its place and only the words of KEPT left.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from renames import Renames

KEPT = (
    "type", "format", "const", "enum", "default", "pattern", "required", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "contentMediaType",
)  # fmt: skip
"""Words of JSON Schema that are taken as they are; those that hold other schemas are walked."""

LISTS = "anyOf", "oneOf", "allOf", "prefixItems"
ITSELF = {"type": "itself"}
"""Stands for a schema inside itself."""

SHORT = 60
"""Characters up to which a shape that occurs more than once is written down each time."""

Shape = dict[str, Any]


def reduce_interface(openapi: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]) -> Shape:
    """Every operation of a document, and by the names of slow tools what their jobs result in."""
    components = openapi.get("components", {}).get("schemas", {})
    operations = {
        f"{method.upper()} {_nameless(path)}": _operation(operation, components)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    }
    jobs = {path: shape_of(schema, {}) for path, schema in results.items()}
    return {"operations": operations, "jobs": jobs}


def shape_of(schema: Any, components: Mapping[str, Any], inside: tuple[str, ...] = ()) -> Any:
    """One schema as a shape; `true` and `false` are schemas, too."""
    if not isinstance(schema, Mapping):
        return schema
    components = {**components, **schema.get("$defs", {})}
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        if name in inside:
            return ITSELF
        return shape_of({**components[name], **beside}, components, (*inside, name))
    made: Shape = {key: schema[key] for key in KEPT if key in schema}
    if "properties" in schema:
        fields = schema["properties"].items()
        made["properties"] = {name: shape_of(one, components, inside) for name, one in fields}
    for key in ("items", "additionalProperties"):
        if key in schema:
            made[key] = shape_of(schema[key], components, inside)
    for key in LISTS:
        if key in schema:
            made[key] = [shape_of(one, components, inside) for one in schema[key]]
    return made


def _operation(operation: Mapping[str, Any], components: Mapping[str, Any]) -> Shape:
    made: Shape = {"statuses": {}}
    for status, answer in operation["responses"].items():
        made["statuses"][status] = _contents(answer, components)
    if "requestBody" in operation:
        made["request"] = _contents(operation["requestBody"], components)
    asked: Shape = {}
    for number, one in enumerate(operation.get("parameters", [])):
        name = f"{one['in']} {number if one['in'] == 'path' else one['name']}"
        asked[name] = {**shape_of(one["schema"], components), "required": one.get("required", False)}
    if asked:
        made["parameters"] = asked
    return made


def _contents(part: Mapping[str, Any], components: Mapping[str, Any]) -> Shape:
    return {kind: shape_of(body.get("schema", {}), components) for kind, body in part.get("content", {}).items()}


def _nameless(path: str) -> str:
    """What stands for a part of a path has no name that a caller sees."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def lost_or_changed(before: Shape, now: Shape, renames: Renames) -> list[str]:
    """One line for everything that is gone or not as it was, but for renames that are listed; more may be there."""
    return [
        *_operations(before["operations"], now["operations"], renames),
        *_jobs(before["jobs"], now["jobs"], renames),
    ]


def _operations(before: Shape, now: Shape, renames: Renames) -> Iterator[str]:
    for name, was in before.items():
        method, _, path = name.partition(" ")
        is_now = now.get(name) or now.get(f"{method} {renames.path(path)}")
        if is_now is None:
            yield f"{name}: gone"
            continue
        yield from _parameters(was.get("parameters", {}), is_now.get("parameters", {}), _Place(name, path, renames))
        for part, asked in (("request", True), ("statuses", False)):
            yield from _bodies(was, is_now, part, _Place(name, path, renames, asked=asked))


def _jobs(before: Shape, now: Shape, renames: Renames) -> Iterator[str]:
    for tool, was in before.items():
        is_now = now.get(tool) or now.get(renames.tool(tool))
        if is_now is None:
            yield f"job {tool}: gone"
        else:
            yield from _Place(f"job {tool}", tool, renames).compare(was, is_now)


def _parameters(was: Shape, is_now: Shape, place: "_Place") -> Iterator[str]:
    for name, shape in was.items():
        where, _, field = name.partition(" ")
        found = next((f"{where} {new}" for new in place.names(field) if f"{where} {new}" in is_now), None)
        if found is None:
            yield f"{place.where} {name}: gone"
        else:
            yield from place.at(name, field).compare(shape, is_now[found])


def _bodies(was: Shape, is_now: Shape, part: str, place: "_Place") -> Iterator[str]:
    """Of the request by content type, of answers by status and content type."""
    flat, flat_now = ({"": one.get(part, {})} if place.asked else one.get(part, {}) for one in (was, is_now))
    for status, contents in flat.items():
        inner = place.at(f"{part} {status}".strip(), "")
        if status not in flat_now:
            yield f"{inner.where}: gone"
            continue
        for kind, shape in contents.items():
            if kind not in flat_now[status]:
                yield f"{inner.where} {kind}: gone"
            else:
                yield from inner.compare(shape, flat_now[status][kind])


class _Place:
    """A place in the interface: where it is in words, in which operation, at which field, asked or answered."""

    def __init__(self, where: str, path: str, renames: Renames, *, asked: bool = False, field: str = "") -> None:
        self.where, self.asked = where, asked
        self._path, self._renames, self._field = path, renames, field

    def at(self, step: str, field: str) -> "_Place":
        """One step further in."""
        return _Place(f"{self.where} {step}", self._path, self._renames, asked=self.asked, field=field)

    def names(self, field: str) -> list[str]:
        """What a field may be called now."""
        return self._renames.names(self._path, field)

    def compare(self, was: Any, is_now: Any) -> Iterator[str]:
        """Differences of two shapes."""
        if not (isinstance(was, Mapping) and isinstance(is_now, Mapping)):
            if was != is_now:
                yield f"{self.where}: was {was}, is {is_now}"
            return
        for key in sorted({*was, *is_now} - {"properties", "required", *LISTS}):
            if key in {"items", "additionalProperties"} and key in was and key in is_now:
                yield from self.at("[]", self._field).compare(was[key], is_now[key])
            elif not self._same(key, was.get(key), is_now.get(key)):
                yield f"{self.where}: {key} was {was.get(key)!r}, is {is_now.get(key)!r}"
        yield from self._fields(was, is_now)
        for key in LISTS:
            yield from self._choices(key, was.get(key, []), is_now.get(key, []))

    def _same(self, key: str, was: Any, is_now: Any) -> bool:
        if key == "enum" and was is not None and is_now is not None:
            kept = [next((new for new in self._values(one) if new in is_now), None) for one in was]
            return None not in kept and (self.asked or len(kept) == len(is_now))
        if key in {"default", "const"}:
            return is_now in self._values(was)
        return bool(was == is_now)

    def _values(self, value: Any) -> list[object]:
        return self._renames.values(self._field, value)

    def _fields(self, was: Mapping[str, Any], is_now: Mapping[str, Any]) -> Iterator[str]:
        fields, fields_now = was.get("properties", {}), is_now.get("properties", {})
        required, required_now = was.get("required", []), is_now.get("required", [])
        if isinstance(required, bool):
            if required != required_now:
                yield f"{self.where}: required was {required}, is {required_now}"
            return
        needed = set()
        for name, shape in fields.items():
            found = next((new for new in self.names(name) if new in fields_now), None)
            if found is None:
                yield f"{self.where}: the field {name!r} is gone"
                continue
            was_so, is_so = _must(name, required), _must(found, required_now)
            if was_so != is_so:
                yield f"{self.where}: the field {name!r} was {was_so}, is {is_so}"
            needed.add(found)
            yield from self.at(f".{name}", name).compare(shape, fields_now[found])
        for name in set(required_now) - needed if self.asked else ():
            yield f"{self.where}: the new field {name!r} has to be given"

    def _choices(self, key: str, was: list[Any], is_now: list[Any]) -> Iterator[str]:
        if len(was) != len(is_now):
            yield f"{self.where}: {key} was of {len(was)}, is of {len(is_now)}"
            return
        for one, other in zip(was, is_now, strict=True):
            yield from self.at(f"({key})", self._field).compare(one, other)


def _must(name: str, required: Collection[str]) -> str:
    return "required" if name in required else "not required"


def pack(shape: Shape) -> Shape:
    """The same with what occurs twice written down once: `shared` is a list, {"$": 3} stands for its fourth."""
    shape = json.loads(json.dumps(shape, sort_keys=True))
    counts: Counter[str] = Counter()

    def count(one: Any) -> None:
        for inner in _inner(one):
            text = json.dumps(inner, sort_keys=True)
            counts[text] += 1
            if counts[text] == 1:
                count(inner)

    count(shape)
    places: dict[str, int] = {}
    shared: list[Any] = []

    def packed(one: Any) -> Any:
        text = json.dumps(one, sort_keys=True)
        if counts[text] < 2 or len(text) < SHORT or not isinstance(one, dict):
            return _with_inner(one, packed)
        if text not in places:
            made = _with_inner(one, packed)
            places[text] = len(shared)
            shared.append(made)
        return {"$": places[text]}

    made = packed(shape)
    return {"shared": shared, **made}


def unpack(made: Shape) -> Shape:
    """What `pack` was given."""
    shared = made["shared"]

    def unpacked(one: Any) -> Any:
        if isinstance(one, dict) and one.keys() == {"$"}:
            return unpacked(shared[one["$"]])
        return _with_inner(one, unpacked)

    return {key: unpacked(value) for key, value in made.items() if key != "shared"}


def _inner(one: Any) -> Iterable[Any]:
    return one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


def _with_inner(one: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(one, dict):
        return {key: change(value) for key, value in one.items()}
    return [change(value) for value in one] if isinstance(one, list) else one


def in_lines(made: Shape) -> str:
    """A packed shape as JSON with a line for every operation, job and shared shape."""

    def dense(one: Any) -> str:
        return json.dumps(one, sort_keys=True, separators=(",", ":"))

    parts = []
    for key in sorted(made):
        one = made[key]
        keyed = isinstance(one, dict)
        lines = [f"{dense(name)}:{dense(one[name])}" for name in sorted(one)] if keyed else map(dense, one)
        begin, end = "{}" if keyed else "[]"
        parts.append(f"{dense(key)}:{begin}\n" + ",\n".join(lines) + f"\n{end}")
    return "{" + ",\n".join(parts) + "}\n"
