"""What stands out in a report, in sentences that need no knowledge of statistics."""

from collections.abc import Iterator

from lookscape.services.survey.figures import Likeness, Survey
from lookscape.services.survey.groups import NOT_KNOWN
from lookscape.services.words import counted, percent

LOPSIDED = 10.0
"""Times as many photos in the largest group as in the smallest from which on that is a warning."""

FOLLOWERS = 2
"""Groups that are named after the nearest one."""

CLOSE = 0.01
"""Bits of divergence that mean nothing for a single photo."""

MAIN_SPACE = "lab"
"""CIELAB is made so that equal steps look equally different, so sentences speak of it."""


def in_short(result: Survey) -> list[str]:
    """At most about eight sentences."""
    if not result.counted.photos:
        return ["There are no photos yet. Bring some in with: lookscape ingest PHOTOS."]
    parts = (_groups(result), _photo(result), _colours(result), _missing(result), _odd(result), _twice(result))
    return [sentence for part in parts for sentence in part]


def _groups(result: Survey) -> Iterator[str]:
    known = [group for group in result.groups if group.name != NOT_KNOWN and group.photos]
    if not result.by:
        names = [one.name for one in result.attributes if 1 < one.values <= 50 and one.missing_share < 0.5]
        such = f", such as {names[0]}" if names else ""
        yield f"The photos are not grouped, so nothing is compared. Group them by any attribute with --by NAME{such}."
    elif len(known) < 2:
        yield f"There is only one group: nothing to compare {result.by} with."
    else:
        small, large = min(known, key=lambda one: one.photos), max(known, key=lambda one: one.photos)
        times = large.photos / small.photos
        yield (
            f"The largest group, {large.name}, has {counted(large.photos, 'photo')}: {times:.1f} times as many as the "
            f"smallest, {small.name}, with {small.photos:,}."
            + (" A model trained on these sees little of the small ones." if times >= LOPSIDED else "")
        )
    several = next((one.several for one in result.attributes if one.name == result.by), 0)
    if several:
        yield f"{counted(several, 'product')} with several values of {result.by}: photos are in the group of the first."
    for group in known:
        if result.by and group.photos == 1:
            yield f"{group.name} has only one photo: its mean photo and colours are those of that photo."


def _photo(result: Survey) -> Iterator[str]:
    found = [one for one in result.photo_to_groups if one.space == MAIN_SPACE]
    if not found:
        return
    nearest, *others = found[: 1 + FOLLOWERS]
    then = "".join(f", then {one.second} ({_bits(one)})" for one in others)
    first = f"{nearest.second} (mutual information {_bits(nearest)})"
    yield f"The colours of {result.compared} are nearest to {first}{then}."
    if others and others[0].divergence - nearest.divergence < CLOSE:
        yield f"{nearest.second} and {others[0].second} are too close to say which one it resembles."


def _colours(result: Survey) -> Iterator[str]:
    pairs = [one for one in result.between_groups if one.space == MAIN_SPACE]
    if len(pairs) == 1:
        yield f"The colours of {pairs[0].first} and {pairs[0].second}: mutual information {_bits(pairs[0])}."
    elif pairs:
        near, far = min(pairs, key=lambda one: one.divergence), max(pairs, key=lambda one: one.divergence)
        yield (
            f"In colour {near.first} and {near.second} are most similar (mutual information {_bits(near)}), "
            f"{far.first} "
            f"and {far.second} least ({_bits(far)})."
        )


def _bits(one: Likeness) -> str:
    return f"{one.mutual_information:.2f} bits, {percent(one.divergence)} different"


def _missing(result: Survey) -> Iterator[str]:
    if not result.attributes:
        yield "Nothing is known about the products except their photos: no attribute has a value."
        return
    worst = result.attributes[0]
    if worst.missing:
        yield (
            f"The attribute most often missing is {worst.name}: {counted(worst.missing, 'product')} of "
            f"{result.counted.products:,} ({percent(worst.missing_share)}) have no value."
        )
    else:
        yield "No attribute is missing: every product has a value for each."


def _odd(result: Survey) -> Iterator[str]:
    for one in result.oddities[:1]:
        way = "far from everything else" if one.how == "space" else "hard to rebuild from the eigenimages"
        number = f"{one.beyond:,}" if one.beyond else "None"
        verb = "is" if one.beyond == 1 else "are"
        yield f"{number} of {one.photos:,} photos {verb} {way}; the strangest are shown below."


def _twice(result: Survey) -> Iterator[str]:
    copies = result.copies
    if result.counted.repeats:
        yield (
            f"{counted(result.counted.repeats, 'file')} of {result.counted.files:,} are the same, byte for byte, as "
            f"another one; each such photo counts once here."
        )
    if not copies.judged:
        yield "Re-saved or cropped copies were not checked for yet; run: lookscape clean check duplicate."
    elif copies.open:
        yield f"{counted(copies.open, 'photo')} may be copies of another one; decide on the Review page."
