"""Split the photos into train, validation and test without leaks, and keep the split by name.

Photos of one product, near-duplicates, copies that `clean check` found and products with similar names form groups, and
a group is never divided. Groups are distributed so that every class of the label is in each part in proportion; values
too rare for that become one class, `other`. Run again, the split adds new photos: they go where their group is, nothing
is moved, and what would join two parts is left out. `--again` recreates it.
"""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.labels.change import LONGEST_NAME, clean_name
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.representation.splits.saved import Making, SavedSplit
    from lookscape.services.splits.splitting import Made

SLOW = True
LISTED = 200


class Params(_tool.Params):
    """The split's name, what it considers, and how large its parts are."""

    name: str = _tool.positional("the split's name", min_length=1, max_length=80)
    label: str = Field(default="", max_length=LONGEST_NAME, description="attribute whose values every part should have")
    validation: float = Field(default=0.1, ge=0, lt=1, description="share of photos for validation")
    test: float = Field(default=0.2, gt=0, lt=1, description="share of photos for testing")
    seed: int = Field(default=0, ge=0, description="a different one gives a different split")
    fewest: int = Field(default=5, ge=1, description="values that fewer groups have are merged into `other`")
    names: Literal["auto", "yes", "no"] = Field(
        default="auto", description="keep similar names together; auto: unless names say no more than the label"
    )
    ignore_colours: bool = Field(default=False, description="names that differ only in colourway are the same")
    similar: float = Field(default=0.94, ge=0.5, le=1, description="similarity from which names belong together")
    largest: float = Field(default=0.02, gt=0, le=1, description="share of photos that names may join into one group")
    again: bool = Field(default=False, description="recreate it, replacing one with that name")
    dry_run: bool = Field(default=False, description="store nothing, only report")


class ClassCount(_tool.Result):
    """Photos of one class in each part."""

    value: str = Field(description="the class; empty for photos without a value, or with several")
    train: int
    validation: int
    test: int
    groups: int = Field(description="groups in all parts")


class Result(_tool.Result):
    """The split, its classes, and what was done about leaks."""

    words: str = Field(description="the outcome in a sentence")
    name: str
    label: str
    train: int = Field(description="photos in train")
    validation: int = Field(description="photos in validation")
    test: int = Field(description="photos in test")
    aside: int = Field(description="photos in no part, as they would join two")
    placed: int = Field(description="photos assigned by this run")
    groups: int = Field(description="groups that are never divided")
    largest_group: int = Field(description="photos of the largest one")
    joined_by_name: int = Field(description="times that similar names joined two groups")
    parted_names: int = Field(description="times that similar names were not joined, as the group would be too large")
    general_names: int = Field(description="names shared by more photos than a group may have; they join nothing")
    leaking: int = Field(description="groups in several parts because names or pictures changed")
    imbalance: float = Field(description="photos of the largest class for one of the smallest; 0 without classes")
    num_classes: int
    classes: list[ClassCount] = Field(description=f"the largest first, at most {LISTED}")
    rare: list[str] = Field(description="values merged into `other`")
    notes: list[str] = Field(description="what to know about it")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Make it, or take in what is new. Raises UsageError when the split exists and was made otherwise."""
    from lookscape.representation.splits.saved import open_split, split_names, split_path
    from lookscape.services.labels.classes import several_note
    from lookscape.services.splits.splitting import extend, make

    path = split_path(engine.folder, params.name)
    making = _making(params)
    with engine.catalogue.exclusive("split"):
        if params.name in split_names(engine.folder) and not params.again:
            old = open_split(engine.folder, params.name)
            _check_same(params, making, old)
            made = extend(engine, old, progress)
        else:
            made = make(engine, making, names=params.names, progress=progress)
        if not params.dry_run:
            made.split.save(path)
    label = made.split.making.label
    return _result(params, made, several_note(engine, label) if label else [])


def _making(params: Params) -> "Making":
    from lookscape.representation.splits.saved import Making

    if params.validation + params.test >= 1:
        raise UsageError(f"validation {params.validation:g} and test {params.test:g} leave nothing to train on")
    return Making(
        label=clean_name(params.label) if params.label.strip() else "",
        shares=(round(1 - params.validation - params.test, 6), params.validation, params.test),
        seed=params.seed,
        fewest=params.fewest,
        ignore_colours=params.ignore_colours,
        similar=params.similar,
        largest=params.largest,
    )


def _check_same(params: Params, making: "Making", old: "SavedSplit") -> None:
    """What was asked for this time may not differ; what was left as it is by default may."""
    asked = {name for name, field in Params.model_fields.items() if getattr(params, name) != field.default}
    alike = ("label", "seed", "fewest", "ignore_colours", "similar", "largest")
    other = [name for name in alike if name in asked and getattr(making, name) != getattr(old.making, name)]
    if {"validation", "test"} & asked and making.shares != old.making.shares:
        other.append("shares")
    if params.names != "auto" and (params.names == "yes") != old.making.by_name:
        other.append("names")
    if other:
        raise UsageError(
            f"split {params.name!r} was made with another {' and '.join(other)}; take another name, or again to "
            "recreate it, after which earlier results on it are not comparable"
        )


def _result(params: Params, made: "Made", several: list[str]) -> Result:
    from collections import Counter

    from lookscape.services.splits.splitting import largest

    parts = Counter(made.parts)
    classes = _class_counts(made)
    named = [one.train + one.validation + one.test for one in classes if one.value]
    return Result(
        words=_words(params, made, parts),
        name=params.name,
        label=made.split.making.label,
        train=parts["train"],
        validation=parts["validation"],
        test=parts["test"],
        aside=parts["aside"],
        placed=made.placed,
        groups=len(made.groups.sizes),
        largest_group=largest(made.groups),
        joined_by_name=made.groups.by_name,
        parted_names=made.groups.parted,
        general_names=made.groups.general,
        leaking=made.leaking,
        imbalance=round(max(named) / max(1, min(named)), 2) if named else 0.0,
        num_classes=len(named),
        classes=classes[:LISTED],
        rare=list(made.rare),
        notes=[*_notes(made, classes), *several],
    )


def _class_counts(made: "Made") -> list[ClassCount]:
    from collections import Counter

    counts = Counter(zip(made.classes, made.parts, strict=True))
    groups = Counter(one for one, _ in set(zip(made.classes, made.groups.groups_N.tolist(), strict=True)))
    found = [
        ClassCount(
            value=value,
            train=counts[value, "train"],
            validation=counts[value, "validation"],
            test=counts[value, "test"],
            groups=groups[value],
        )
        for value in sorted(set(made.classes))
        if value or made.split.making.label
    ]
    return sorted(found, key=lambda one: (not one.value, -one.train - one.validation - one.test, one.value))


def _words(params: Params, made: "Made", parts: dict[str, int]) -> str:
    counted = f"{parts['train']:,} photos in train, {parts['validation']:,} in validation, {parts['test']:,} in test"
    whole = f"{len(made.groups.sizes):,} groups are never divided"
    done = "would be stored" if params.dry_run else "kept"
    return f"split {params.name} {done}: {counted}; {whole}"


def _notes(made: "Made", classes: list[ClassCount]) -> list[str]:
    from lookscape.services.splits.splitting import largest

    notes, making = list(made.notes), made.split.making
    total, biggest = len(made.groups.ids), largest(made.groups)
    if biggest > making.largest * total and biggest > max(made.groups.most, 12):
        notes.append(f"one group holds {biggest:,} of {total:,} photos: products share photos, or photos look alike")
    if made.groups.parted or made.groups.general:
        notes.append(
            f"{made.groups.parted + made.groups.general:,} times similar names would have joined more than "
            f"{made.groups.most:,} photos, and were not joined; such names may be in several parts: measure leaks "
            "shows them"
        )
    if lacking := [one.value for one in classes if one.value and not (one.train and one.test)]:
        notes.append(
            f"{len(lacking)} classes are not in both train and test, having too few groups: {', '.join(lacking[:5])}"
        )
    if made.leaking:
        notes.append(f"{made.leaking} groups are in several parts because names or pictures changed; again fixes it")
    if made.aside:
        notes.append(f"{made.aside} photos are in no part, as they would join two")
    return notes
