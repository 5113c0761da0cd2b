"""Questions of a game: sampled queries, every contestant's match for each, and a photo unlike it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lookscape.catalogue.ballots import Pick, Question
from lookscape.engine import Engine, parse_metric
from lookscape.errors import NotFoundError, UsageError
from lookscape.index.metrics import stored
from lookscape.index.protocol import Metric
from lookscape.services.records import Progress
from lookscape.services.spaces.nearest import nearest_other
from lookscape.services.spaces.vectors import vectors_of

AT = "@"
LABELS = ("category", "article_type", "model", "brand")
"""Attributes that say what a product is; the first that the catalogue has gives categories when none is named."""

PRODUCT = "product"
"""The only contestant of a game that asks about products one by one."""

STRANGERS = 48
"""Photos among which the one that is least like a query is looked for."""


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """A Space under a metric."""

    space: str
    metric: Metric

    @property
    def name(self) -> str:
        """As votes have it: space@metric."""
        return f"{self.space}{AT}{self.metric.value}"


def contestants(engine: Engine, named: Sequence[str]) -> list[Contestant]:
    """Those named, such as pretrained@l1; else every Space under its own metric, or the only Space under all four.

    Raises UsageError when there are fewer than two, UnknownNameError for a Space that is not there.
    """
    if named:
        found = [_parsed(engine, name) for name in named]
    else:
        spaces = [engine.space(name) for name in engine.spaces.names()]
        found = [Contestant(space=space.name, metric=parse_metric(space.metric)) for space in spaces]
        if len(found) == 1:
            found = [Contestant(space=found[0].space, metric=metric) for metric in Metric]
    unique = list(dict.fromkeys(found))
    if len(unique) < 2:
        raise UsageError("a game needs two contestants or more, each a space@metric; run: lookscape embed MODEL")
    return unique


def _parsed(engine: Engine, name: str) -> Contestant:
    space_name, _, metric = name.rpartition(AT) if AT in name else (name, "", "")
    space = engine.space(space_name)
    return Contestant(space=space.name, metric=parse_metric(metric or space.metric))


def label_of(engine: Engine, named: str | None) -> str:
    """The attribute that gives categories: the one named, the first of LABELS that is there, or none.

    A product with several values is in the category of the first by provenance.
    """
    if named is not None:
        return named
    return next((name for name in LABELS if engine.catalogue.values_of(name)), "")


def questions(
    engine: Engine, players: Sequence[Contestant], *, label: str, number: int, seed: int, progress: Progress
) -> list[Question]:
    """At most `number` questions, fewer when fewer products have matches. Raises UsageError when there are none."""
    spaces = [engine.space(one.space) for one in players]
    common = sorted(set.intersection(*(set(space.ids) for space in spaces)))
    products = engine.catalogue.products_of_photos(common)
    faces = list({products[photo_id][0]: photo_id for photo_id in reversed(common) if photo_id in products}.values())
    rng = np.random.default_rng(seed)
    queries = [faces[row] for row in rng.permutation(len(faces))[:number]]
    picked: list[Mapping[str, Pick]] = []
    values = engine.catalogue.values_of(label) if label else {}
    for one, space in zip(players, spaces, strict=True):
        progress(len(picked), len(players), f"matching with {one.name}")
        matches = nearest_other(engine, space, one.metric.value, queries)
        picked.append({query: _pick(match.photo_id, match.product_id, values) for query, match in matches.items()})
    answered = [query for query in queries if all(query in found for found in picked)]
    if not answered:
        raise UsageError("no photo has a match of another product in every space; bring in more products")
    categories = {photo_id: values.get(products[photo_id][0], "") for photo_id in common if photo_id in products}
    strangers = _strangers(engine, players[0], answered, categories, rng)
    return [
        Question(
            id=0,
            key=f"{place:05d}",
            photo_id=query,
            stranger_id=strangers[query],
            category=categories[query],
            picks=tuple(found[query] for found in picked),
        )
        for place, query in enumerate(answered)
    ]


def products(engine: Engine, *, label: str, number: int, seed: int) -> list[Question]:
    """Questions that show one product each, no match. Raises UsageError when there are no products."""
    everyone = engine.catalogue.ids()
    if not everyone:
        raise UsageError("the catalogue has no products yet; run: lookscape ingest PHOTOS")
    drawn = [everyone[row] for row in np.random.default_rng(seed).permutation(len(everyone))[:number]]
    found, values = engine.catalogue.products(drawn), engine.catalogue.values_of(label) if label else {}
    return [
        Question(
            id=0,
            key=f"{place:05d}",
            photo_id=found[name].photo_ids[0],
            stranger_id=found[name].photo_ids[0],
            category=values.get(name, ""),
            picks=(Pick(photo_id=found[name].photo_ids[0], category=values.get(name, "")),),
        )
        for place, name in enumerate(drawn)
    ]


def _pick(photo_id: str, product_id: str, values: Mapping[str, str]) -> Pick:
    return Pick(photo_id=photo_id, category=values.get(product_id, ""))


def _strangers(
    engine: Engine, first: Contestant, queries: Sequence[str], categories: Mapping[str, str], rng: np.random.Generator
) -> dict[str, str]:
    """For each query, of some photos drawn from other categories, the one that points the other way most."""
    space = engine.space(first.space)
    everyone = sorted(categories)
    if len(everyone) < 2:
        raise NotFoundError("a game needs more than one product")
    found: dict[str, str] = {}
    for query in queries:
        drawn = [everyone[row] for row in rng.choice(len(everyone), min(STRANGERS, len(everyone)), replace=False)]
        others = [one for one in drawn if one != query]
        foreign = [one for one in others if categories[one] != categories[query]] or others
        rows_ND = stored(vectors_of(space, [query, *foreign]), metric=Metric.COSINE)
        found[query] = foreign[int(np.argmin(rows_ND[1:] @ rows_ND[0]))]
    return found


def photo_ids(asked: Sequence[Question]) -> list[str]:
    """Every photo that a game may show."""
    wanted = {question.photo_id for question in asked} | {question.stranger_id for question in asked}
    wanted |= {pick.photo_id for question in asked for pick in question.picks}
    return sorted(wanted - {""})
