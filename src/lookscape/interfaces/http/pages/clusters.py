"""Clusters: the groups a catalogue falls into, how many there are, what each looks like, and a field to name it.

`?name=` picks one of several groupings. The page is drawn by the server, plots too; static/js/pages/clusters.js starts
the work, names groups and takes that back.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from lookscape.catalogue.records import Product
from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.services.clusters import file
from lookscape.services.maps.source import RAW
from lookscape.tools.atlas.clusters import Cluster, Evidence, Result

PATH = "/clusters"
TITLE = "Clusters"
NAV = 40

ATTRIBUTE = "group"
"""What naming a cluster sets, as in the tool `name-cluster`."""

WIDTH, HEIGHT = 320.0, 132.0
"""The plots' area in units of their drawing."""


class Dot(BaseModel):
    """One number of groups in a plot."""

    model_config = ConfigDict(frozen=True)
    k: int
    x: float
    y: float
    words: str
    chosen: bool


class Plot(BaseModel):
    """A curve over the number of groups; `line` is what an SVG polyline takes."""

    model_config = ConfigDict(frozen=True)
    title: str
    note: str
    line: str
    dots: list[Dot]
    low: str
    high: str


class Card(BaseModel):
    """One cluster. `given` is the name that its prototypes have by a person, empty without one."""

    model_config = ConfigDict(frozen=True)
    number: int
    size: int
    share: float
    given: str
    suggested: str
    sure: float
    evidence: list[str]
    mean_url: str
    montage_url: str
    products: list[tuple[str, str, str]]
    find_url: str


class Context(page.Context):
    """One grouping, and what others there are."""

    names: list[str] = Field(description="groupings there are")
    name: str = Field(description="the one in view; empty without any")
    spaces: list[str] = Field(description="what can be grouped: Spaces, then pixels")
    about: str = Field(description="in words: of what, how, how many")
    plots: list[Plot] = Field(description="silhouette and elbow; none where the number of groups was not tried out")
    cards: list[Card] = Field(description="the clusters, the largest first")
    has_photos: bool = Field(description="there is something to group")


def view(engine: Engine, asked: Asked) -> Context:
    """Read the file of a grouping; an unknown name shows the first."""
    names = file.cluster_names(engine)
    name = asked.text("name") if asked.text("name") in names else next(iter(names), "")
    spaces = [*engine.spaces.names(), RAW]
    has_photos = engine.catalogue.counts().photos > 0
    if not name:
        return Context(names=names, name="", spaces=spaces, about="", plots=[], cards=[], has_photos=has_photos)
    found = Result.model_validate_json(file.open_members(engine, name).about)
    shown = [one.product_id for cluster in found.clusters for one in cluster.prototypes]
    products = engine.catalogue.products(shown)
    return Context(
        names=names,
        name=name,
        spaces=spaces,
        about=_about(found),
        plots=_plots(found),
        cards=[_card(name, cluster, products) for cluster in found.clusters],
        has_photos=has_photos,
    )


def _about(found: Result) -> str:
    outside = f", {found.outside:,} in none" if found.outside else ""
    return (
        f"{found.products:,} products in {found.k} groups{outside}: {found.method} on {found.components} principal "
        f"components of {found.space}, mean silhouette {found.silhouette:.2f}."
    )


def _plots(found: Result) -> list[Plot]:
    if len(found.steps) < 2:
        return []
    ks = [step.k for step in found.steps]
    silhouettes, inertias = [step.silhouette for step in found.steps], [step.inertia for step in found.steps]
    best = ks[silhouettes.index(max(silhouettes))]
    bend = f"The curve bends at {found.elbow}." if found.elbow else ""
    return [
        _plot(
            "Silhouette",
            f"How much nearer products are to their own group than to the next. Highest at {best}.",
            ks,
            silhouettes,
            found.k,
        ),
        _plot("Elbow", f"Squared distance to the centres. {bend}", ks, inertias, found.k),
    ]


def _plot(title: str, note: str, ks: Sequence[int], values: Sequence[float], chosen: int) -> Plot:
    low, high = min(values), max(values)
    span = (high - low) or 1.0

    def shown(value: float) -> str:
        return f"{value:.3f}" if high < 10 else f"{value:,.0f}"

    dots = [
        Dot(
            k=k,
            x=round(WIDTH * (k - ks[0]) / (ks[-1] - ks[0]), 1),
            y=round(HEIGHT * (1 - (value - low) / span), 1),
            words=f"{k} groups: {shown(value)}",
            chosen=k == chosen,
        )
        for k, value in zip(ks, values, strict=True)
    ]
    line = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    return Plot(title=title, note=note, line=line, dots=dots, low=shown(low), high=shown(high))


def _card(name: str, cluster: Cluster, products: Mapping[str, Product]) -> Card:
    held = [products[one.product_id] for one in cluster.prototypes if one.product_id in products]
    names = {value for product in held for value in product.values.get(ATTRIBUTE, ("",))}
    return Card(
        number=cluster.number,
        size=cluster.size,
        share=cluster.share,
        given=names.pop() if len(names) == 1 else "",
        suggested=cluster.suggested,
        sure=cluster.confidence,
        evidence=[_evidence(one) for one in cluster.evidence],
        mean_url=cluster.mean_url,
        montage_url=cluster.montage_url,
        products=[
            (one.product_id, products[one.product_id].name, one.photo_id)
            for one in cluster.prototypes
            if one.product_id in products
        ],
        find_url="/?" + urlencode({"where": f"{name}={cluster.number}"}),
    )


def _evidence(one: Evidence) -> str:
    if one.value:
        return f"{one.words}: {one.inside:.0%} here, {one.outside:.0%} elsewhere"
    return f"{one.words}: {one.inside:.2f} here, {one.outside:.2f} elsewhere ({one.attribute})"
