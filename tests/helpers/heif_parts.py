"""HEIF containers put together by hand (ISO 23008-12): tiles, turns, crops and gain maps, as phones write them."""

import io
import struct

import pillow_heif
from PIL import Image


def box(name, body):
    return struct.pack(">I", len(body) + 8) + name + body


def full_box(name, version, flags, body):
    return box(name, struct.pack(">I", version << 24 | flags) + body)


def boxes(data):
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length


def extent(width, height):
    return b"ispe", struct.pack(">III", 0, width, height), False


def coded(pixels, number, *, hidden=False, properties=()):
    """A picture coded by HEVC, as an item; every property is name, body, and whether it must be heeded."""
    image, out = Image.fromarray(pixels), io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=95, chroma=444)
    top = dict(boxes(out.getvalue()))
    inside = dict(boxes(dict(boxes(dict(boxes(top[b"meta"][4:]))[b"iprp"]))[b"ipco"]))
    own = [(b"hvcC", inside[b"hvcC"], True), extent(*image.size), *properties]
    return {"id": number, "type": b"hvc1", "data": top[b"mdat"], "hidden": hidden, "properties": own}


def grid(number, width, height, *, properties=()):
    """Two by two tiles."""
    data = b"\0\0\1\1" + struct.pack(">HH", width, height)
    return {"id": number, "type": b"grid", "data": data, "properties": [extent(width, height), *properties]}


def heic(items, references=(), *, primary=1):
    """The file; a reference is its type, from which item, to which."""
    properties, associations = [], b""
    for item in items:
        places = []
        for name, body, essential in item["properties"]:
            properties.append(box(name, body))
            places.append(len(properties) | 0x80 * essential)
        associations += struct.pack(">HB", item["id"], len(places)) + bytes(places)
    infos = [
        full_box(b"infe", 2, bool(item.get("hidden")), struct.pack(">HH4s", item["id"], 0, item["type"]) + b"\0")
        for item in items
    ]
    links = [
        box(kind, struct.pack(">HH", at, len(to)) + b"".join(struct.pack(">H", one) for one in to))
        for kind, at, to in references
    ]
    meta = [
        full_box(b"hdlr", 0, 0, struct.pack(">I4s", 0, b"pict") + bytes(13)),
        full_box(b"pitm", 0, 0, struct.pack(">H", primary)),
        full_box(b"iinf", 0, 0, struct.pack(">H", len(items)) + b"".join(infos)),
        *([full_box(b"iref", 0, 0, b"".join(links))] if links else []),
        box(
            b"iprp",
            box(b"ipco", b"".join(properties)) + full_box(b"ipma", 0, 0, struct.pack(">I", len(items)) + associations),
        ),
    ]

    def head(start):
        places = b""
        for item in items:
            places += struct.pack(">HHHII", item["id"], 0, 1, start, len(item["data"]))
            start += len(item["data"])
        located = full_box(b"iloc", 0, 0, b"\x44\0" + struct.pack(">H", len(items)) + places)
        return box(b"ftyp", b"heic\0\0\0\0mif1heic") + full_box(b"meta", 0, 0, b"".join([*meta, located]))

    return head(len(head(0)) + 8) + box(b"mdat", b"".join(item["data"] for item in items))
