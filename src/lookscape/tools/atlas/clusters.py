"""Find groups of similar products, describe what each has in common and suggest a name for it.

Every product is represented by its first photo, by the vectors of a Space or, with SPACE `pixels`, by its colours.
k-means tries 2 to MOST groups and takes the number with the best silhouette, or the elbow of the inertias where that
would be two barely separated groups; both are reported. hdbscan finds dense groups and assigns what is between them to
none. The groups become the predicted attribute NAME with the values 1, 2 ... from the largest; `name-cluster` turns one
into a label that people use.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import Field

from lookscape.catalogue.records import Attribute, Filter, Origin
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.index.metrics import stored
from lookscape.services.clusters import file, fit, names
from lookscape.services.clusters.file import Members
from lookscape.services.clusters.fit import Fitted, Labels
from lookscape.services.maps.source import Source, open_source
from lookscape.tools import _tool

SLOW = True

FEWEST = 10
PROTOTYPES = 12
EVIDENCE = 5
METHODS = ("kmeans", "hdbscan")


class Params(_tool.Params):
    """What to group, and how."""

    name: str = Field(default="cluster", description="the attribute to write: cluster, or cluster.SOMETHING")
    space: str | None = Field(default=None, description="a Space, or `pixels`; default: the default model's")
    metric: str | None = Field(default=None, description="cosine compares directions alone; default: the Space's own")
    method: str = Field(default="kmeans", description="kmeans or hdbscan")
    k: int | None = Field(default=None, ge=2, le=200, description="groups for kmeans; default: by silhouette or elbow")
    most: int = Field(default=15, ge=2, le=60, description="largest number of groups that kmeans tries")
    smallest: int = Field(default=20, ge=2, description="products in the smallest group of hdbscan")
    components: int | None = Field(default=None, ge=2, le=512, description="principal components; 50, for hdbscan 10")
    seed: int = Field(default=0, ge=0, lt=2**31, description="the same seed gives the same groups")


class Step(_tool.Result):
    """One number of groups that was tried."""

    k: int
    inertia: float = Field(description="sum of squared distances to the centres: for the elbow")
    silhouette: float = Field(description="-1 to 1: how much nearer products are to their own group than to the next")


class Prototype(_tool.Result):
    """A product near the centre of its group."""

    product_id: str
    photo_id: str = Field(json_schema_extra=_tool.MACHINES_ONLY)


class Evidence(_tool.Result):
    """What sets a group apart."""

    attribute: str
    value: str = Field(description="the value that is frequent in it; empty for a number")
    words: str
    strength: float = Field(description="-1 to 1: the probability that a member has more of it, minus the opposite")
    confidence: float = Field(description="share of resampled catalogues in which it is as strong as a name needs")
    inside: float = Field(description="share or mean in the group")
    outside: float = Field(description="share or mean elsewhere")


class Cluster(_tool.Result):
    """One group."""

    number: int = Field(description="from 1, the largest first; the value of the attribute")
    size: int = Field(description="products in it")
    share: float = Field(description="of all products, 0 to 1")
    suggested: str = Field(description="what sets it apart, as a name")
    confidence: float = Field(
        description="confidence of the suggestion, 0 to 1; 0 when no known attribute sets it apart"
    )
    evidence: list[Evidence] = Field(json_schema_extra=_tool.MACHINES_ONLY)
    prototypes: list[Prototype] = Field(
        description="products nearest to its centre", json_schema_extra=_tool.MACHINES_ONLY
    )
    mean_url: str = Field(description="URL of the mean photo", json_schema_extra=_tool.MACHINES_ONLY)
    montage_url: str = Field(description="URL of the prototypes side by side", json_schema_extra=_tool.MACHINES_ONLY)


class Result(_tool.Result):
    """The groups and the numbers behind them."""

    name: str = Field(description="the attribute that was written")
    space: str
    metric: str
    method: str
    components: int = Field(description="principal components that were used")
    products: int = Field(description="products that were grouped")
    outside: int = Field(description="products in no group")
    k: int = Field(description="groups")
    silhouette: float = Field(description="mean silhouette of the groups")
    elbow: int | None = Field(description="the number of groups at the elbow of the inertias")
    steps: list[Step] = Field(description="what was tried, for both plots")
    clusters: list[Cluster]
    act: int | None = Field(
        description="the act that stored the attribute, to undo; None when no product is in a group"
    )


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Group, describe, store. Raises UsageError for too few products, UnknownNameError for a Space there is not."""
    from threadpoolctl import threadpool_limits

    name = file.checked_name(params.name)
    if params.method not in METHODS:
        raise UsageError(f"method {params.method!r} is not one of {', '.join(METHODS)}")
    with engine.catalogue.exclusive(name):
        source = open_source(engine, params.space, params.metric, progress)
        products = _products(engine, source)
        if len(products) < FEWEST:
            raise UsageError(f"groups need at least {FEWEST} products with vectors; there are {len(products)}")
        with threadpool_limits(1):
            fitted = _fit(source, [row for *_, row in products], params, progress)
        progress(0, 0, "naming the groups")
        signs = names.signs(
            fitted.labels_N,
            [values for _, values, _ in products],
            num_groups=len(fitted.centres_KC),
            seed=params.seed,
            kinds=engine.catalogue.column_kinds(),
        )
        members = _members(source, products, fitted)
        act = _store(engine, name, members)
        result = _result(source, params, fitted, signs, members, act=act)
        file.write_members(engine, name, _with_about(members, result))
    return result


def _products(engine: Engine, source: Source) -> list[tuple[str, Mapping[str, Sequence[str]], int]]:
    """(product, all values of its attributes, row of its first photo), in the order of the ids."""
    found = engine.catalogue.products(sorted(engine.catalogue.matching(Filter())))
    rows = source.place_of
    return [
        (product_id, product.values, rows[product.photo_ids[0]])
        for product_id, product in sorted(found.items())
        if product.photo_ids and product.photo_ids[0] in rows
    ]


def _fit(source: Source, rows: list[int], params: Params, progress: _tool.Progress) -> Fitted:
    progress(0, 0, "finding principal components")
    vectors_ND = stored(np.asarray(source.vectors_ND[rows]), metric=source.metric)
    components = params.components or fit.COMPONENTS[params.method]
    rows_NC = fit.reduced(vectors_ND, components=components, seed=params.seed)
    if params.method == "hdbscan":
        progress(0, 0, "finding groups")
        return fit.by_hdbscan(rows_NC, smallest=min(params.smallest, len(rows) - 1), seed=params.seed)
    ks = range(2, min(params.most, len(rows) - 1) + 1)
    k = None if params.k is None else min(params.k, len(rows) - 1)
    report = lambda done, total: progress(done, total, "trying numbers of groups")  # noqa: E731
    return fit.by_kmeans(rows_NC, ks, k=k, seed=params.seed, report=report)


def _members(source: Source, products: list[tuple[str, Mapping[str, Sequence[str]], int]], fitted: Fitted) -> Members:
    return Members(
        about="",
        product_ids=tuple(product_id for product_id, *_ in products),
        photo_ids=tuple(source.ids[row] for *_, row in products),
        cluster_N=(fitted.labels_N + 1).astype(np.int32),
        confidence_N=fitted.confidence_N.astype(np.float32),
        distance_N=_distances(fitted).astype(np.float32),
    )


def _distances(fitted: Fitted) -> Any:
    """To the own centre; infinite for rows in no group."""
    apart_N = np.full(len(fitted.labels_N), np.inf)
    held_N: Labels = np.flatnonzero(fitted.labels_N >= 0)
    apart_N[held_N] = np.linalg.norm(fitted.rows_NC[held_N] - fitted.centres_KC[fitted.labels_N[held_N]], axis=1)
    return apart_N


def _with_about(members: Members, result: Result) -> Members:
    fields = {name: getattr(members, name) for name in Members.__dataclass_fields__}
    return Members(**{**fields, "about": result.model_dump_json()})


def _store(engine: Engine, name: str, members: Members) -> int | None:
    """The predicted attribute, in one act."""
    told = zip(members.product_ids, members.cluster_N.tolist(), members.confidence_N.tolist(), strict=True)
    wanted = [
        Attribute(product_id=product_id, name=name, value=str(number), origin=Origin.PREDICTED, confidence=sure)
        for product_id, number, sure in told
        if number
    ]
    return engine.catalogue.annotate(wanted, by="clusters").id if wanted else None


def _result(
    source: Source,
    params: Params,
    fitted: Fitted,
    signs: list[list[names.Sign]],
    members: Members,
    *,
    act: int | None,
) -> Result:
    return Result(
        name=params.name,
        space=source.name,
        metric=source.metric.value,
        method=params.method,
        components=fitted.rows_NC.shape[1],
        products=len(members.product_ids),
        outside=int((members.cluster_N == 0).sum()),
        k=len(fitted.centres_KC),
        silhouette=round(fitted.silhouette, 4),
        elbow=fit.elbow(fitted.tried),
        steps=[Step(k=one.k, inertia=one.inertia, silhouette=one.silhouette) for one in fitted.tried],
        clusters=list(_described(params.name, signs, members)),
        act=act,
    )


def _described(name: str, signs: list[list[names.Sign]], members: Members) -> Iterator[Cluster]:
    taken: set[str] = set()
    for number, found in enumerate(signs, start=1):
        rows = members.of(number)
        suggested = names.suggested(found, number, taken)
        taken.add(suggested)
        yield Cluster(
            number=number,
            size=len(rows),
            share=round(len(rows) / len(members.product_ids), 4),
            suggested=suggested,
            confidence=found[0].confidence if found else 0.0,
            evidence=[
                Evidence(**{field: getattr(one, field) for field in Evidence.model_fields}) for one in found[:EVIDENCE]
            ],
            prototypes=[
                Prototype(product_id=members.product_ids[row], photo_id=members.photo_ids[row])
                for row in rows[:PROTOTYPES]
            ],
            mean_url=f"/clusters/{name}/{number}/mean.webp",
            montage_url=f"/clusters/{name}/{number}/montage.webp",
        )
