"""CVAT's XML for images, version 1.1 (docs.cvat.ai, "CVAT for images"): an image for each file, a tag for each value.

A label is an attribute and a value, `colour=red`, as in COCO. What people said is `manual`, everything else `auto`.
File names are relative to the folder of the photos; `product_id` stands beside them, which CVAT passes over. Reading
takes tags, boxes and outlines that are not `auto`, and their attributes; a label that is no such pair needs --name.
"""

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from lookscape.catalogue.records import Origin
from lookscape.catalogue.tables.category_names import category_name, pair_of
from lookscape.errors import UsageError
from lookscape.services.labels.formats import Labelled, Row

SUFFIX = ".xml"
MEASURED_NUMBERS = False
SHAPES = frozenset({"tag", "box", "polygon", "polyline", "points", "ellipse", "mask", "cuboid", "skeleton"})
UNSET = frozenset({"", "__undefined__"})
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def write(products: Sequence[Labelled], *, provenance: bool, url: str, latest: int) -> bytes:
    """One document; images count from 0 in the order of the products, as CVAT's frames do."""
    files: dict[str, list[Labelled]] = {}
    for product in products:
        files.setdefault(product.relative or product.path, []).append(product)
    root = ElementTree.Element("annotations")
    ElementTree.SubElement(root, "version").text = "1.1"
    root.append(_meta(products, len(files)))
    for number, (name, shown) in enumerate(files.items()):
        photo = shown[0].photo
        size = {"width": str(photo.width), "height": str(photo.height)}
        image = ElementTree.SubElement(root, "image", {"id": str(number), "name": _plain(name), **size})
        for product in shown:
            for item in product.attributes:
                if not item.unknown:
                    source = "manual" if item.origin is Origin.HUMAN else "auto"
                    said = {"label": _plain(category_name(item.name, item.value)), "source": source}
                    ElementTree.SubElement(image, "tag", {**said, "product_id": _plain(product.product_id)})
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def left_out(products: Sequence[Labelled], *, provenance: bool) -> list[str]:
    """What the XML has no place for, in sentences."""
    unknown = sum(item.unknown for product in products for item in product.attributes)
    texts = (text for product in products for item in product.attributes for text in (item.name, item.value))
    strange = sum(bool(_NO_XML.search(text)) for text in texts)
    found = ["products' names, and who gave each value, how confident and when"]
    found += [f"that a person could not tell a value ({unknown:,})"] if unknown else []
    return found + ([f"characters that XML forbids, in {strange:,} names and values"] if strange else [])


def _meta(products: Sequence[Labelled], num_images: int) -> ElementTree.Element:
    """The task with its labels, which CVAT makes a project of."""
    meta = ElementTree.Element("meta")
    task = ElementTree.SubElement(meta, "task")
    for name, text in (("name", "Lookscape"), ("size", str(num_images)), ("mode", "annotation")):
        ElementTree.SubElement(task, name).text = text
    labels = ElementTree.SubElement(task, "labels")
    pairs = {(item.name, item.value) for product in products for item in product.attributes if not item.unknown}
    for pair in sorted(pairs):
        label = ElementTree.SubElement(labels, "label")
        ElementTree.SubElement(label, "name").text = _plain(category_name(*pair))
        ElementTree.SubElement(label, "attributes")
    return meta


def _plain(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def read(data: bytes, *, name: str) -> Iterator[Row]:
    """Every image that something is said of; `name` is the attribute of labels that do not say one."""
    if _DOCTYPE.search(data.replace(b"\0", b"")):
        raise UsageError("this XML declares entities of its own, which no annotations need; it is not read")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - nothing that expands or leads elsewhere is left in it
    except ElementTree.ParseError as error:
        raise UsageError(f"this is not XML: {error}") from error
    if root.tag != "annotations" or root.find("track") is not None:
        raise UsageError("this is not CVAT's XML for images")
    for image in root.iterfind("image"):
        yield from _rows(image, name)


def _rows(image: ElementTree.Element, name: str) -> Iterator[Row]:
    """A row for each product that an image's shapes name, or one for the image."""
    place, file_name = f"image {image.get('id')}", image.get("name", "")
    values: dict[str, dict[str, tuple[str, ...]]] = {}
    for shape in image:
        if shape.tag not in SHAPES or shape.get("source") == "auto":
            continue
        label = shape.get("label", "").strip()
        pair = pair_of(label) if not name else (name, label)
        if pair is None and not _words(shape):
            yield Row(place=place, problem=f"label {label!r} is no ATTRIBUTE=VALUE; say which attribute with --name")
            return
        own = values.setdefault(shape.get("product_id", ""), {})
        for attribute, value in [*([pair] if pair else []), *_words(shape)]:
            own[attribute] = tuple(dict.fromkeys([*own.get(attribute, ()), value]))
    for product_id, said in values.items():
        yield Row(place=place, product_id=product_id, file_name=file_name, values=said)


def _words(shape: ElementTree.Element) -> list[tuple[str, str]]:
    """The attributes of a shape that are words; flags are the project's own, such as `occluded`."""
    found = ((one.get("name", ""), (one.text or "").strip()) for one in shape.iterfind("attribute"))
    return [
        (name, text) for name, text in found if name and text not in UNSET and text.lower() not in ("true", "false")
    ]
