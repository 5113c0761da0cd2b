"""Gaps: attributes with missing values, how well they can be predicted from the photos, and what was predicted.

`?name=` picks the attribute. The page is drawn by the server, the curve too; static/js/pages/impute.js starts the work,
moves the threshold, and hands predictions and products to label over to the page that labels.
"""

import json

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.kinds import kinds
from lookscape.interfaces.http.studio.page import Asked
from lookscape.services.imputation.report import Report, read_report
from lookscape.tools.predict.show import Prediction

PATH = "/impute"
TITLE = "Fill gaps"
NAV = 21

SHOWN = 12
MOST_VALUES = 400
"""An attribute with more different values is a text, not a kind."""

WIDTH, HEIGHT = 320.0, 132.0
"""The curve's area in units of its drawing."""

MADE_HERE = ("measured.", "cluster")
"""How attributes begin that are no gaps where they lack; those that `gauge` measures are none either."""


class Gap(BaseModel):
    """An attribute and how many products lack it."""

    model_config = ConfigDict(frozen=True)
    name: str
    values: int = Field(description="different values there are")
    filled: int = Field(description="products that have one, predicted ones included")
    missing: int


class Curves(BaseModel):
    """Points of two SVG polylines over the threshold: the share written, and the share of it that should be right."""

    model_config = ConfigDict(frozen=True)
    written: str
    right: str


class Context(page.Context):
    """One attribute in view, and those there are."""

    gaps: list[Gap] = Field(description="attributes with missing values, the fullest first")
    name: str = Field(description="the one in view; empty without any")
    report: Report | None = Field(description="what the last run found out about it; None without one")
    steps: str = Field(description="the report's curve as JSON: [threshold, written, expected, seen, seen of]")
    curves: Curves | None = Field(description="the curve, drawn; None without a report")
    predicted: int = Field(description="predictions that are shown now")
    surest: list[Prediction] = Field(description="the most confident of them")
    least: list[Prediction] = Field(description="the least confident")
    products: int = Field(description="products in the catalogue")


def view(engine: Engine, asked: Asked) -> Context:
    """Count what is missing; an unknown name shows the fullest attribute."""
    products = engine.catalogue.counts().products
    gaps = _gaps(engine, products)
    names = [gap.name for gap in gaps]
    name = asked.text("name") if asked.text("name") in names else next(iter(names), "")
    report = read_report(engine, name) if name else None
    surest = engine.predict.show(name, order="surest", limit=SHOWN) if name else None
    least = engine.predict.show(name, order="least", limit=SHOWN) if name else None
    return Context(
        gaps=gaps,
        name=name,
        report=report,
        steps=_steps(report),
        curves=_curves(report) if report else None,
        predicted=surest.total if surest else 0,
        surest=surest.predictions if surest else [],
        least=least.predictions if least else [],
        products=products,
    )


def _gaps(engine: Engine, products: int) -> list[Gap]:
    """Kinds that some products lack, or that were predicted."""
    from lookscape.catalogue.measuring import descriptions

    found, measured = [], descriptions()
    facets = [
        facet
        for facet in kinds(engine, most=MOST_VALUES)
        if not facet.name.startswith(MADE_HERE) and facet.name not in measured
    ]
    sizes = engine.catalogue.column_sizes([facet.name for facet in facets])
    for facet in facets:
        filled = sizes[facet.name].products if facet.name in sizes else 0
        if filled < products or read_report(engine, facet.name):
            found.append(Gap(name=facet.name, values=facet.num_values, filled=filled, missing=products - filled))
    return sorted(found, key=lambda gap: (-gap.filled, gap.name))


def _steps(report: Report | None) -> str:
    curve = report.curve if report else []
    return json.dumps([[step.threshold, step.written, step.expected, step.seen, step.seen_of] for step in curve])


def _curves(report: Report) -> Curves:
    steps = [step for step in report.curve if step.written]
    return Curves(
        written=" ".join(f"{_x(step.threshold)},{_y(step.written / max(report.missing, 1))}" for step in steps),
        right=" ".join(f"{_x(step.threshold)},{_y(step.expected)}" for step in steps),
    )


def _x(threshold: float) -> float:
    return round(WIDTH * threshold, 1)


def _y(share: float) -> float:
    return round(HEIGHT * (1 - share), 1)
