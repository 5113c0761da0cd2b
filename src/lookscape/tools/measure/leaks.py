"""Check a split for leaks: what is on both sides, and by how much it inflates accuracy.

SPLIT is one that `measure split` made, an attribute such as `split` with the values train and test, `random` for a
random split of all files, or, with --file, the column of a CSV file that names files, products or photos. It lists
identical files, near-duplicates, photos of one product and similar names in different parts. With --label, a linear
head on frozen features is trained on the split as it is, and again without photos similar to those it is tested on.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.labels.change import LONGEST_NAME, clean_name
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.representation.metrics.intervals import Interval
    from lookscape.services.splits.claim import Claim
    from lookscape.services.splits.given import Given
    from lookscape.services.splits.leak_check import Checked, Wanted
    from lookscape.services.splits.leaks import Leak

SLOW = True
LOCAL = True


class Params(_tool.Params):
    """Which split, and what to measure on it."""

    split: str = _tool.positional(
        "a split, an attribute, `random`, or with file a column", min_length=1, max_length=200
    )
    file: str = Field(default="", description="CSV file with a column file_name, product_id or photo_id")
    label: str = Field(
        default="", max_length=LONGEST_NAME, description="attribute to predict from photos; default: the split's own"
    )
    space: str | None = Field(default=None, description="Space to predict it from; default: the default model's")
    names: Literal["auto", "yes", "no"] = Field(
        default="auto", description="consider similar names; auto: as the split did, or unless they give away the label"
    )
    ignore_colours: bool = Field(default=False, description="names that differ only in colourway are the same")
    similar: float = Field(default=0.94, ge=0.5, le=1, description="similarity from which names count as similar")
    test: float = Field(default=0.2, gt=0, lt=1, description="share that a random split holds out")
    seed: int = Field(default=0, ge=0, description="of a random split")
    show: int = Field(default=20, ge=1, le=1000, description="pairs of each kind to show, the worst first")


class Pair(_tool.Result):
    """Two photos that should not be on different sides."""

    kind: str
    similarity: float = Field(description="1 is the same; between pictures a cosine, between names a ratio")
    part: str
    photo_id: str
    product_id: str
    file: str = Field(description="empty where the split is not about files")
    other_part: str
    other_photo_id: str
    other_product_id: str
    other_file: str
    image_url: str = Field(description="address of the first photo", json_schema_extra=_tool.MACHINES_ONLY)
    other_image_url: str = Field(description="address of the other", json_schema_extra=_tool.MACHINES_ONLY)


class KindCount(_tool.Result):
    """The leaks of one kind."""

    kind: str
    pairs: int = Field(description="pairs in different parts; a name of several products counts once")
    exposed: int = Field(description="held-out photos with such a counterpart in train")
    share: float = Field(description="of all that are held out")


class Share(_tool.Result):
    """A share with its 95 % interval by group."""

    name: str = Field(description="claimed, fair, clean, inflated or majority")
    value: float
    low: float
    high: float
    means: str = Field(description="what it is")


class Result(_tool.Result):
    """The leaks of a split, and what they are worth."""

    words: str = Field(description="the outcome in a sentence")
    split: str
    parts: dict[str, int] = Field(description="listed photos in each part")
    held_out: int = Field(description="listed photos outside train")
    exposed: int = Field(description="of these, with a counterpart of any kind in train")
    kinds: list[KindCount]
    label: str
    trained: int = Field(description="photos with a label in train; 0 when nothing was measured")
    judged: int = Field(description="photos with a label in the evaluated part")
    dropped: int = Field(description="of those in train, in a group with an evaluated one")
    shares: list[Share] = Field(description="share predicted correctly by the linear head; by how much too many")
    pairs: list[Pair] = Field(description="the worst pairs, gravest kind first")
    notes: list[str] = Field(description="what to know about it")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Look. Raises UnknownNameError for a split or label there is not, UsageError for a file that is no split."""
    from lookscape.services.splits.given import open_given
    from lookscape.services.splits.leak_check import check

    given = open_given(engine, params.split.strip(), file=params.file, test=params.test, seed=params.seed)
    wanted = _wanted(params, given)
    return _result(check(engine, given, wanted, progress), wanted.label)


def _wanted(params: Params, given: "Given") -> "Wanted":
    """Things are compared as asked for, else as the split was made, else as one would be."""
    from lookscape.representation.splits.saved import Making
    from lookscape.services.splits.leak_check import Wanted

    making = given.making or Making()
    asked = {name: getattr(params, name) for name in ("ignore_colours", "similar") if name in params.model_fields_set}
    names = params.names
    if names == "auto" and given.making is not None:
        names = "yes" if given.making.by_name else "no"
    label = clean_name(params.label) if params.label.strip() else making.label
    return Wanted(
        making=replace(making, label=label, **asked),
        names=names,
        label=label,
        space=params.space,
        keep=params.show,
        seed=params.seed,
    )


def _result(checked: "Checked", label: str) -> Result:
    claim = checked.claim
    return Result(
        words=_words(checked),
        split=checked.given.words,
        parts=checked.parts,
        held_out=checked.held_out,
        exposed=checked.exposed,
        kinds=[
            KindCount(
                kind=one.kind.value,
                pairs=one.num_pairs,
                exposed=len(one.exposed),
                share=round(len(one.exposed) / max(1, checked.held_out), 4),
            )
            for one in checked.found
        ],
        label=label,
        trained=claim.trained if claim else 0,
        judged=claim.judged if claim else 0,
        dropped=claim.dropped if claim else 0,
        shares=_shares(claim) if claim else [],
        pairs=[_pair(one.kind.value, leak) for one in checked.found for leak in one.worst],
        notes=list(checked.notes),
    )


def _words(checked: "Checked") -> str:
    words, claim = checked.given.words, checked.claim
    found = f"{words} does not leak"
    if checked.exposed:
        counted = f"{checked.exposed:,} of {checked.held_out:,} held-out photos"
        found = f"{words} leaks: {counted} have a counterpart in train"
    elif any(one.num_pairs for one in checked.found):
        found = f"{words} has similar photos in different parts, none of them in train"
    if claim is None:
        return found
    if not claim.dropped:
        return f"{found}; a linear head gets {claim.claimed.value:.1%} right"
    inflated = claim.inflated
    worth = f"{100 * inflated.value:.1f} points [{100 * inflated.low:.1f} to {100 * inflated.high:.1f}]"
    if inflated.low <= 0:
        return f"{found}; that did not clearly inflate the linear head ({worth})"
    return f"{found}; the linear head claims {claim.claimed.value:.1%}, of which {worth} are due to leaks"


def _shares(claim: "Claim") -> list[Share]:
    told = [
        ("claimed", claim.claimed, "trained on the split as it is"),
        ("fair", claim.fair, f"trained without {claim.dropped:,} random photos"),
        ("clean", claim.clean, f"trained without the {claim.dropped:,} photos similar to an evaluated one"),
        ("inflated", claim.inflated, "fair minus clean: what the leaks were worth"),
    ]
    found = [_share(name, interval, means) for name, interval, means in told]
    flat = round(claim.majority, 4)
    return [*found, Share(name="majority", value=flat, low=flat, high=flat, means="always the most common class")]


def _share(name: str, interval: "Interval", means: str) -> Share:
    value, low, high = (round(one, 4) + 0.0 for one in (interval.value, interval.low, interval.high))
    return Share(name=name, value=value, low=low, high=high, means=means)


def _pair(kind: str, leak: "Leak") -> Pair:
    one, other = leak.one, leak.other
    return Pair(
        kind=kind,
        similarity=round(leak.similarity, 4),
        part=one.part,
        photo_id=one.photo_id,
        product_id=one.product_id,
        file=one.file,
        other_part=other.part,
        other_photo_id=other.photo_id,
        other_product_id=other.product_id,
        other_file=other.file,
        image_url=f"/photos/{one.photo_id}.jpg",
        other_image_url=f"/photos/{other.photo_id}.jpg",
    )
