"""A comparison of two groups in sentences that need no knowledge of statistics."""

from collections.abc import Iterator

from lookscape.services.comparison.records import Comparison, Difference
from lookscape.services.words import counted, percent

NAMED = 4
"""Differences that are named in short."""

CAUSES = 0.3
"""A label that tells the groups apart as well as this (Cramér's V) may be why other things differ."""


def words(result: Comparison) -> str:
    """The outcome in a sentence."""
    sure = [one for one in result.differences if one.sure]
    if not sure:
        return f"nothing compared here separates {result.first} from {result.second} beyond chance"
    return (
        f"{len(sure)} of {result.asked} things separate {result.first} from {result.second} beyond chance, most of all "
        f"{plain(sure[0].name)}"
    )


def in_short(result: Comparison) -> list[str]:
    """At most about eight sentences."""
    parts = (_counts(result), _largest(result), _heat(result), _caution(result))
    return [sentence for part in parts for sentence in part]


def sentence(one: Difference, *, names: tuple[str, str], low: str, high: str) -> str:
    """One difference: `hyped has more sole.thickness than ordinary in 71 of 100 pairs.`"""
    first, second = names
    if not one.sure:
        return f"No difference beyond chance between {first} and {second}."
    if one.statistic == "v":
        return _shares(one, names)
    pairs = round(50 * (1 + abs(one.effect)))
    if one.kind == "factor" and low and high:
        end = high if one.effect > 0 else low
        return f"{first} is more “{end}” than {second} in {pairs} of 100 pairs of products."
    more = "more" if one.effect > 0 else "less"
    return f"{first} has {more} {plain(one.name)} than {second} in {pairs} of 100 pairs of products."


def plain(name: str) -> str:
    """`sole.heel_thickness` -> `sole heel thickness`."""
    return name.replace(".", " ").replace("_", " ")


def _shares(one: Difference, names: tuple[str, str]) -> str:
    told = [
        f"{share.value} {percent(share.first)} of {names[0]}, {percent(share.second)} of {names[1]}"
        for share in one.shares[:2]
    ]
    return f"{'; '.join(told)}."


def _counts(result: Comparison) -> Iterator[str]:
    sure = sum(one.sure for one in result.differences)
    yield (
        f"{counted(result.first_products, 'product')} with {result.first} and {result.second_products:,} with "
        f"{result.second}: {result.asked} things were compared, "
        + (f"{sure} {'differs' if sure == 1 else 'differ'} beyond chance." if sure else "none differs beyond chance.")
    )


def _largest(result: Comparison) -> Iterator[str]:
    sure = [one for one in result.differences if one.sure]
    for one in sure[:NAMED]:
        name = "" if one.statistic == "delta" and one.kind != "factor" else f"{plain(one.name)}: "
        text = f"{name}{one.words}"
        yield f"{text[:1].upper()}{text[1:]}"
    small = sum(one.size == "negligible" for one in sure)
    if small:
        yield f"{small} of them {'is' if small == 1 else 'are'} beyond chance, but too small to matter."


def _heat(result: Comparison) -> Iterator[str]:
    for one in result.heat:
        yield f"To recognise {one.value}, the classifier {one.classifier} looks most at: {one.where}."


def _caution(result: Comparison) -> Iterator[str]:
    labels = [
        one
        for one in result.differences
        if one.kind == "label" and one.statistic == "v" and one.sure and one.effect >= CAUSES
    ]
    if labels:
        name, value = labels[0].name, labels[0].shares[0].value
        yield (
            f"The groups also differ in {name}, which may be why the rest does: compare again within one value, such "
            "as "
            f"--where {name}={value}."
        )
    else:
        yield "These are differences, not causes."
