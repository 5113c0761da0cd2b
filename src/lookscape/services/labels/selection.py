"""Which products a tool works on: explicit ids, a filter, a cluster or any other saved value, or a search's result.

A cluster is the value of an attribute, so it is chosen as any other: `where: ["cluster=3"]`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UsageError
from lookscape.services.inputs import PhotoInput, Where, parse_filter
from lookscape.services.records import Params

HITS_AT_ONCE = 200
MOST_HITS = 5000


class SelectionParams(Params):
    """Which products; a tool that works on a selection adds its own fields."""

    products: tuple[str, ...] = Field(default=(), description="these products, by id")
    text: str = Field(default="", description="only products whose name, id or given values hold these words")
    where: Where = ()
    like: str | None = Field(default=None, description="the products that look most like this one, by id")
    photo: PhotoInput | None = Field(default=None, description="the products that look most like this photo")
    limit: int = Field(default=20, ge=1, le=MOST_HITS, description="products that a search by similarity gives")
    everything: bool = Field(default=False, description="every product, where nothing else selects any")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The products, each once, and how they were chosen in words."""

    product_ids: tuple[str, ...]
    words: str


def select(engine: Engine, params: SelectionParams, *, usually_all: bool = False) -> Selection:
    """Find the products.

    usually_all: no choice at all means every product; else that has to be said, lest an empty filter labels them all.

    Raises UsageError when the choice is empty or contradicts itself, NotFoundError for a product that is not there.
    """
    if sum([bool(params.products), params.like is not None, params.photo is not None]) > 1:
        raise UsageError("choose by products, by like or by photo, not by several of them")
    if params.like is not None or params.photo is not None:
        return _found(engine, params)
    wanted = parse_filter(params.where, params.text)
    if params.products:
        ids = tuple(dict.fromkeys(params.products))
        if wanted.is_empty:
            return Selection(product_ids=ids, words=_counted(ids))
        passing = engine.catalogue.matching(wanted)
        ids = tuple(product_id for product_id in ids if product_id in passing)
        return Selection(product_ids=ids, words=f"{_counted(ids)} of those named, {_words(params)}")
    if wanted.is_empty and not (params.everything or usually_all):
        raise UsageError("choose products: by products, where, text, like or photo; or everything for all of them")
    ids = tuple(engine.catalogue.ids(wanted))
    return Selection(product_ids=ids, words=f"{_counted(ids)}, {_words(params) or 'all there are'}")


def _found(engine: Engine, params: SelectionParams) -> Selection:
    ids = tuple(_hits(engine, params))
    return Selection(product_ids=ids, words=f"{_counted(ids)} that look most like {params.like or 'the photo'}")


def _hits(engine: Engine, params: SelectionParams) -> Iterator[str]:
    """Product ids, the closest first. A photo unlike everything here selects nothing."""
    is_product = params.like is not None
    ask, subject = (engine.search.like, params.like) if is_product else (engine.search.by_photo, params.photo)
    for offset in range(0, params.limit, HITS_AT_ONCE):
        size = min(HITS_AT_ONCE, params.limit - offset)
        answer = ask(subject, limit=size, offset=offset, where=params.where, text=params.text)
        if not is_product and not answer.found:
            raise NotFoundError("nothing here looks like this photo, so there is nothing to select")
        yield from (hit.product_id for hit in answer.hits)
        if len(answer.hits) < size:
            return


def _counted(ids: tuple[str, ...]) -> str:
    return f"{len(ids):,} product{'' if len(ids) == 1 else 's'}"


def _words(params: SelectionParams) -> str:
    return " and ".join([*params.where, *([f"with the words {params.text!r}"] if params.text.strip() else [])])
