"""The names of products that somebody gave; a product without one bears its first file's, which says nothing."""

from collections.abc import Sequence

from lookscape.engine import Engine

PAGE = 5000


def given_names(engine: Engine, product_ids: Sequence[str]) -> dict[str, str]:
    """Of those of these products that have one."""
    found = engine.catalogue.products(product_ids)
    stems = _file_stems(engine, product_ids)
    return {one: product.name for one, product in found.items() if product.name not in stems.get(one, ())}


def _file_stems(engine: Engine, product_ids: Sequence[str]) -> dict[str, set[str]]:
    stems: dict[str, set[str]] = {}
    for start in range(0, len(product_ids), PAGE):
        for file in engine.catalogue.sources(product_ids[start : start + PAGE]):
            last = file.file.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
            stems.setdefault(file.product_id or "", set()).add(last.rsplit(".", 1)[0] or last)
    return stems
