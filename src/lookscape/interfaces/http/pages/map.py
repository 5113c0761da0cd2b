"""Map: every photo as a point, similar ones near; to look around in, to colour by what is known, to lasso and label.

`?map=` picks one of several maps, `by` what colours it, `text` and `where` filter it, `like` a product whose likes are
ringed, `at` is the camera: x, y and the span across the shorter side in the map's own units, then for three dimensions
yaw and pitch. static/js/map/map.js draws it from the packed columns of `/api/v1/atlas/maps`.
"""

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.filters import Group, groups
from lookscape.interfaces.http.studio.page import Asked
from lookscape.services.labels.change import who
from lookscape.services.maps import file, layout
from lookscape.services.maps.source import RAW

PATH = "/map"
TITLE = "Map"
NAV = 12

USUAL = "map"


class Sheet(BaseModel):
    """One map there is."""

    model_config = ConfigDict(frozen=True)
    name: str
    words: str = Field(description="of what and how, in short")
    dimensions: int
    photos: int


class Context(page.Context):
    """One map, what others there are, the filters, and what the label bar starts with."""

    sheets: list[Sheet] = Field(description="maps there are, by name")
    sheet: Sheet | None = Field(description="the one in view; None without any")
    flat: str = Field(description="the name of this map in two dimensions; empty if it was never made")
    solid: str = Field(description="the same in three")
    spaces: list[str] = Field(description="what can be mapped: Spaces, then pixels")
    space: str = Field(description="the one this map shows, else the first")
    methods: dict[str, str] = Field(description="ways to lay it out, by name: their titles, the usual one first")
    has_photos: bool = Field(description="there is something to map")
    text: str = Field(description="the words searched for")
    where: tuple[str, ...] = Field(description="the clauses chosen, each name=value")
    filters: list[Group] = Field(description="attributes to filter by")
    latest: int = Field(description="the newest act known to this page")
    user: str = Field(description="name recorded with changes until a person types another")


def view(engine: Engine, asked: Asked) -> Context:
    """Say what there is; the points themselves come packed. An unknown name shows the usual map."""
    text, where = asked.text("text"), asked.filters()
    latest = engine.annotate.history(limit=1).latest
    names = file.map_names(engine)
    wanted = asked.text("map") if asked.text("map") in names else _usual(names)
    spaces = [*engine.spaces.names(), RAW]
    return Context(
        sheets=[_sheet(engine, name) for name in names],
        sheet=_sheet(engine, wanted) if wanted else None,
        flat=_counterpart(engine, wanted, dimensions=2),
        solid=_counterpart(engine, wanted, dimensions=3),
        spaces=spaces,
        space=file.open_map(engine, wanted).about.space if wanted else spaces[0],
        methods=layout.titles(),
        has_photos=engine.catalogue.counts().photos > 0,
        text=text,
        where=where,
        filters=groups(engine, text, where) if wanted else [],
        latest=latest,
        user=who(engine, ""),
    )


def _usual(names: list[str]) -> str:
    return USUAL if USUAL in names else next(iter(names), "")


def _sheet(engine: Engine, name: str) -> Sheet:
    found = file.open_map(engine, name)
    about = found.about
    words = f"{about.space}, {about.method}, {about.dimensions}D"
    return Sheet(name=name, words=words, dimensions=about.dimensions, photos=len(found.ids))


def _counterpart(engine: Engine, name: str, *, dimensions: int) -> str:
    """The name of this map, or of the one of the same Space laid out by the same method, in so many dimensions."""
    if not name:
        return ""
    own = file.open_map(engine, name).about
    if own.dimensions == dimensions:
        return name
    for other in file.map_names(engine):
        about = file.open_map(engine, other).about
        if (about.space, about.method, about.dimensions) == (own.space, own.method, dimensions):
            return other
    return ""
