"""The board in words: which model to use for what, why, how certain that is, and what to try next.

A pure function of the figures. Models whose intervals overlap the best one's are named together, never ranked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import Field

from lookscape.services.board.figures import Row
from lookscape.services.board.marks import overlap, pick
from lookscape.services.board.meanings import MEANINGS, Better
from lookscape.services.figures import Figure, shown
from lookscape.services.records import MACHINES_ONLY, Record

PCA = "pca"
COLLAPSED = 0.25
"""Share of a model's numbers in use below which training gave up on the others."""

LITTLE_AGREEMENT = 0.3
"""UDR below which no slider is promised. A rule of thumb: equal models get 0.9, unrelated ones about 0."""

FEW_PHOTOS = 100
AUTOENCODER = "autoencoder"


class Topic(StrEnum):
    """What a person may want a model for, then how sure the advice is and what to do next."""

    SLIDERS = "Sliders and named factors"
    SEARCH = "Looking for alike products"
    SAMPLES = "Inventing products"
    BLENDS = "Blending products"
    PHOTOS = "Keeping photos as they are"
    SURE = "How sure this is"
    NEXT = "What to try next"


class Advice(Record):
    """One piece of the recommendation; `use` names the models, best first, that are tied."""

    topic: Topic
    use: list[str]
    says: str = Field(json_schema_extra=MACHINES_ONLY)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the words are made from: the tables by name, each model's kind, and how much was measured."""

    tables: Mapping[str, Sequence[Row]]
    kinds: Mapping[str, str]
    dims: Mapping[str, int]
    photos: int
    groups: int
    recipes: Mapping[str, str] = field(default_factory=dict)
    real_photos: Figure | None = None
    usual: str = ""

    def column(self, figure: str) -> dict[str, Figure]:
        """A figure of every model that has it."""
        rows = [row for table in self.tables.values() for row in table if figure in type(row).model_fields]
        return {row.model: found for row in rows if (found := getattr(row, figure)) is not None}

    def leaders(self, figure: str) -> list[str]:
        """The best model by a figure, then all that tie with it, better ones first."""
        column = self.column(figure)
        return order(column, better=MEANINGS[figure].better)

    def value(self, model: str, figure: str) -> str:
        """A figure as it is written, with its unit."""
        meaning, found = MEANINGS[figure], self.column(figure)[model].value
        return f"{100 * found:.0f} %" if meaning.in_percent else f"{shown(found)} {meaning.unit}".strip()


def order(column: Mapping[str, Figure], *, better: Better) -> list[str]:
    """The best name and those whose interval overlaps its, better values first."""
    if not column:
        return []
    best = pick(list(column.values()), better=better)
    names = [name for name, figure in column.items() if overlap(figure, best)]
    return sorted(names, key=lambda name: column[name].value, reverse=better is not Better.LOWER)


def recommend(facts: Facts) -> list[Advice]:
    """One piece for each topic that something can be said about."""
    found = [advice for one in TOPICS if (advice := one(facts)) is not None]
    return [*found, _how_sure(facts, found), _next(facts)]


def _sliders(facts: Facts) -> Advice | None:
    if facts.column("disentanglement"):
        return _sliders_by_truth(facts)
    if facts.column("udr"):
        return _sliders_by_agreement(facts)
    learned = [name for name in facts.column("kl_nats") if facts.kinds.get(name) != PCA]
    if not learned:
        says = "No model here is made for sliders: train one that is with lookscape train language."
        return Advice(topic=Topic.SLIDERS, use=[], says=says)
    why = "it keeps its numbers close to a normal distribution, so that sliders stay with products that look real"
    doubt = (
        "Whether each slider means one thing cannot be measured here: these photos have no known true factors, and "
        "no recipe was trained from two seeds"
    )
    return Advice(topic=Topic.SLIDERS, use=learned, says=f"{_choice(learned, why, ranked=False)} {doubt}.")


def _sliders_by_agreement(facts: Facts) -> Advice:
    use = facts.leaders("udr")
    why = f"training runs from other seeds agree on its numbers (UDR {facts.value(use[0], 'udr')})"
    if facts.column("udr")[use[0]].value < LITTLE_AGREEMENT:
        says = (
            f"No model's sliders are stable: trained again from another seed, {use[0]} finds others (UDR "
            f"{facts.value(use[0], 'udr')}; 0.9 is full agreement). Check each slider before naming it."
        )
        return Advice(topic=Topic.SLIDERS, use=[], says=says)
    return Advice(topic=Topic.SLIDERS, use=use, says=_choice(use, why))


def _sliders_by_truth(facts: Facts) -> Advice:
    """By disentanglement; where models tie, those that lead by MIG as well come first."""
    use = facts.leaders("disentanglement")
    by_gap = facts.leaders("mig")
    use = sorted(use, key=lambda name: by_gap.index(name) if name in by_gap else len(by_gap))
    best = use[0]
    why = (
        f"it separates the true factors best: disentanglement {facts.value(best, 'disentanglement')}, "
        f"MIG {facts.value(best, 'mig')}, so a slider changes mostly one thing"
    )
    others = [name for name, kind in facts.kinds.items() if kind in {PCA, AUTOENCODER} and name not in use]
    beside = [
        f"{name} has {facts.value(name, 'disentanglement')} and {facts.value(name, 'mig')}"
        for name in others
        if name in facts.column("disentanglement")
    ]
    says = [_choice(use, why)]
    if beside:
        says.append(f"For comparison, {'; '.join(beside)}.")
    knows = facts.leaders("informativeness")
    if best not in knows:
        says.append(
            f"It does not know all of them best: {_names(knows)} predicts the factors better "
            f"(informativeness {facts.value(knows[0], 'informativeness')} against "
            f"{facts.value(best, 'informativeness')})."
        )
    return Advice(topic=Topic.SLIDERS, use=use, says=" ".join(says))


def _search(facts: Facts) -> Advice | None:
    use = facts.leaders("copies_first")
    if not use:
        return None
    why = f"it finds the right product first for {facts.value(use[0], 'copies_first')} of altered photos"
    says = _choice(use, why)
    usual = facts.usual
    if usual in facts.column("copies_first") and usual not in use:
        says += f" That is more than {usual}, the current search model ({facts.value(usual, 'copies_first')})."
    elif use == [usual]:
        trained = {name: one for name, one in facts.column("copies_first").items() if name != usual}
        best = order(trained, better=Better.HIGHER)[:1]
        says += "".join(f" The best of the others, {one}, finds {facts.value(one, 'copies_first')}." for one in best)
    return Advice(topic=Topic.SEARCH, use=use, says=says)


def _samples(facts: Facts) -> Advice | None:
    ways = {f"{name} (normal)": one for name, one in facts.column("samples_normal").items()}
    ways |= {f"{name} (mixture)": one for name, one in facts.column("samples_mixture").items()}
    if not ways:
        return None
    leading = order(ways, better=Better.LOWER)
    use = list(dict.fromkeys(way.rpartition(" (")[0] for way in leading))
    drawn = "its fitted mixture" if leading[0].endswith("(mixture)") else "the normal distribution"
    real = f", where other real photos get {shown(facts.real_photos.value)}" if facts.real_photos else ""
    distance = f"Fréchet distance {shown(ways[leading[0]].value)}{real}"
    why = f"sampled from {drawn}, its products are closest to real ones ({distance})"
    says = [_choice(use, why)]
    if use[0] in facts.column("mixture_gain"):
        says.append(f"The mixture brings them {facts.value(use[0], 'mixture_gain')} closer than blind samples.")
    return Advice(topic=Topic.SAMPLES, use=use, says=" ".join(says))


def _blends(facts: Facts) -> Advice | None:
    use = facts.leaders("largest_step")
    if not use:
        return None
    best = use[0]
    why = (
        f"its largest step is {facts.value(best, 'largest_step')} times the usual one, and "
        f"{facts.value(best, 'even_paths')} of its paths have no jump"
    )
    return Advice(topic=Topic.BLENDS, use=use, says=_choice(use, why))


def _photos(facts: Facts) -> Advice | None:
    pixels, eye = facts.leaders("psnr_db"), facts.leaders("perceptual")
    if not pixels or not eye:
        return None
    both = [name for name in pixels if name in eye]
    use = both or [pixels[0], eye[0]]
    best = use[0]
    if both:
        seen = facts.value(best, "perceptual")
        why = f"photos are reconstructed most faithfully ({facts.value(best, 'psnr_db')}, perceptual distance {seen})"
        says = _choice(use, why)
    else:
        says = (
            f"{pixels[0]} is closest pixel by pixel ({facts.value(pixels[0], 'psnr_db')}), {eye[0]} to "
            f"the eye (perceptual distance {facts.value(eye[0], 'perceptual')} against "
            f"{facts.value(pixels[0], 'perceptual')})."
        )
    return Advice(topic=Topic.PHOTOS, use=use, says=says)


TOPICS: tuple[Callable[[Facts], Advice | None], ...] = (_sliders, _search, _samples, _blends, _photos)


def _how_sure(facts: Facts, found: Sequence[Advice]) -> Advice:
    says = [
        f"Measured on {facts.photos:,} photos of {facts.groups:,} products that no model was trained on; intervals are "
        "at 95 %."
    ]
    if ties := [advice.topic.value.lower() for advice in found if len(advice.use) > 1 and _is_ranked(advice)]:
        says.append(f"Intervals overlap, so the models named together are tied for: {'; '.join(ties)}.")
    if facts.photos < FEW_PHOTOS:
        says.append("So few photos give wide intervals: add more before deciding.")
    if len(set(facts.recipes.values())) > 1 and not facts.column("udr"):
        says.append("Each recipe was trained once: another seed may do a little better or worse.")
    return Advice(topic=Topic.SURE, use=[], says=" ".join(says))


def _next(facts: Facts) -> Advice:
    learned = [name for name, kind in facts.kinds.items() if kind != PCA]
    if not learned:
        says = ["PCA is the only model: train one to compare it with (lookscape train language)."]
        return Advice(topic=Topic.NEXT, use=[], says=says[0])
    says = [*_collapsed(facts, learned), *_no_better_than_pca(facts, learned), *_without_mixture(facts, learned)]
    judged_by_truth = bool(facts.column("disentanglement"))
    if not judged_by_truth and not facts.column("udr"):
        recipe = facts.recipes.get(learned[0], learned[0])
        says.append(
            f"Train a recipe again from another seed to see whether its sliders are stable: "
            f"lookscape train {recipe} --seed 1 --name {learned[0]}-2."
        )
    return Advice(topic=Topic.NEXT, use=[], says=" ".join(says) or "Nothing stands out; more photos help every model.")


def _collapsed(facts: Facts, learned: Sequence[str]) -> list[str]:
    found = []
    for name in learned:
        active = facts.column("active_units").get(name)
        if active and active.value < COLLAPSED * facts.dims[name]:
            found.append(
                f"{name} uses only {active.value:.0f} of its {facts.dims[name]} numbers: lower the weight of its "
                "divergence (beta) or raise its capacity."
            )
    return found


def _no_better_than_pca(facts: Facts, learned: Sequence[str]) -> list[str]:
    column = facts.column("perceptual")
    lines = [column[name] for name, kind in facts.kinds.items() if kind == PCA and name in column]
    behind = [
        name for name in learned if lines and name in column and column[name].high >= min(line.low for line in lines)
    ]
    if not behind:
        return []
    verb = "reconstructs" if len(behind) == 1 else "reconstruct"
    return [f"{_names(behind)} {verb} photos no better, to the eye, than PCA, which trains in seconds: train longer."]


def _without_mixture(facts: Facts, learned: Sequence[str]) -> list[str]:
    bare = [
        name
        for name in learned
        if name in facts.column("samples_normal") and name not in facts.column("samples_mixture")
    ]
    if not bare:
        return []
    return [f"{_names(bare)} {'has' if len(bare) == 1 else 'have'} no fitted mixture: train again for better samples."]


def _is_ranked(advice: Advice) -> bool:
    """Were the models compared by a figure at all?"""
    return "cannot be ranked" not in advice.says and " to the eye (" not in advice.says


def _choice(use: Sequence[str], why: str, *, ranked: bool = True) -> str:
    """`Use A: why.` or, where it is a tie, `Use A, B or C ...`."""
    if len(use) == 1:
        return f"Use {use[0]}: {why}."
    if not ranked:
        return f"Use {_names(use, last='or')}, which cannot be ranked: for each, {why}."
    return f"Use {_names(use, last='or')}, which are tied: for {use[0]}, {why}."


def _names(names: Sequence[str], *, last: str = "and") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
