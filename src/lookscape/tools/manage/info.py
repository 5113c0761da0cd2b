"""Show what the catalogue holds: counts, attributes, rejected files, spaces, models and indexes.

An attribute's kind says how its values are compared, coloured and exported; `annotate kind` changes it.
"""

from collections.abc import Iterator

from pydantic import Field

from lookscape.catalogue.records import Filter
from lookscape.engine import Engine
from lookscape.tools import _tool

LONGEST = 60
"""Letters of an example."""


class Params(_tool.Params):
    """Nothing to choose."""


class Rejected(_tool.Result):
    """A file that could not be used."""

    path: str
    reason: str


class SpaceInfo(_tool.Result):
    """A Space: the vectors one model gives the catalogue."""

    name: str
    model: str
    dim: int
    metric: str
    vectors: int


class Column(_tool.Result):
    """An attribute of the products, and how its values are read."""

    name: str
    kind: str = Field(description="number, code, date, word or text")
    example: str = Field(description="its most frequent value, as written; of a long one the beginning")
    values: int = Field(description="different values")
    products: int = Field(description="products that have a value")
    several: int = Field(description="of these, products that have more than one value")
    why: str = Field(description="why it is of that kind")
    said: str = Field(
        description="what a person said that it is; empty when it was learned from the values",
        json_schema_extra={"machines_only": True},
    )
    by: str = Field(description="who said so")
    read_as: str = Field(description="the number or the date that this is; empty for words and codes")


class Result(_tool.Result):
    """The catalogue in numbers."""

    folder: str
    files: int = Field(description="files listed by all sources, rejected ones included")
    photos: int = Field(description="distinct photos in view")
    products: int
    duplicates: int = Field(description="files identical to another file, byte for byte")
    aside: int = Field(description="photos that people put aside: hidden, never deleted")
    columns: list[Column] = Field(description="the attributes, by name")
    rejected: list[Rejected]
    spaces: list[SpaceInfo]
    models: list[str] = Field(description="models trained or fitted on this catalogue")
    indexes: list[str]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read, change nothing."""
    counts = engine.catalogue.counts()
    spaces = [engine.spaces.open(name) for name in engine.spaces.names()]
    return Result(
        folder=str(engine.catalogue.folder),
        files=counts.files,
        photos=counts.photos,
        products=counts.products,
        duplicates=counts.duplicates,
        aside=counts.aside,
        columns=list(_columns(engine)),
        rejected=[Rejected(path=item.path, reason=item.reason) for item in engine.catalogue.rejections()],
        spaces=[
            SpaceInfo(name=space.name, model=space.model, dim=space.dim, metric=space.metric, vectors=len(space.ids))
            for space in spaces
        ],
        models=engine.model_names(),
        indexes=engine.index_names(),
    )


def _columns(engine: Engine) -> Iterator[Column]:
    sizes = engine.catalogue.column_sizes()
    examples = {facet.name: facet.values[0].value for facet in engine.catalogue.facets(Filter(), max_values=1)}
    for name, kind in engine.catalogue.column_kinds().items():
        if (size := sizes.get(name)) and name in examples:  # another process may have changed it in between
            example = examples[name]
            yield Column(
                name=name,
                kind=kind.kind,
                values=size.values,
                products=size.products,
                several=size.several,
                why=kind.why,
                said=kind.told or "",
                by=kind.by,
                example=example if len(example) <= LONGEST else f"{example[: LONGEST - 1]}\u2026",
                read_as=kind.in_words(example),
            )
