"""Taste learned from 60 votes: held-out approval of simulated persons who like a hidden mix of factors.

    python benchmarks/taste.py [--persons 40] [--votes 60] [--products 1500]

Products are rendered from known factors. Each person likes a product with a probability that follows from a random mix
of four factors (sole thickness, toe height ... as the renderer drew them), scaled so that about a half is liked, and
with noise: at the middle of the scale a coin decides. The learner sees the default Space of the photos only. Persons
answer products drawn at random; on products never shown, approval of what the taste puts in the first tenth is
compared with approval of all. A person without any taste shows what chance does, and the last line how well the
measure that the tool gives on the votes themselves foretells it.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import lookscape
from lookscape.ranking.liking import Answers, Axes, Floats, learn, left_out_chances
from lookscape.services.games.taste import Measured, measured

FACTORS = 4
FIRST = 0.1
STEEP = 3.0
"""How sharply a person decides: one standard deviation of the mix is odds of e^3."""

Numbers = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=40)
    parser.add_argument("--votes", type=int, default=60)
    parser.add_argument("--products", type=int, default=1500)
    parser.add_argument("--catalogue", type=Path, help="where to keep the catalogue")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        engine = lookscape.open(asked.catalogue or Path(scratch) / "catalogue")
        engine.manage.ingest(f"rendered:{asked.products},size=96")
        engine.manage.embed()
        factors_MF, features_MD = _known(engine)
    print(f"{len(factors_MF):,} products, {factors_MF.shape[1]} numeric factors, {asked.votes} votes a person")
    for name, steep in (("a hidden mix of factors", STEEP), ("nothing in particular", 0.0)):
        persons = [_person(seed, steep, factors_MF, features_MD, asked.votes) for seed in range(asked.persons)]
        _report(name, np.array([person[:2] for person in persons]), [person[2] for person in persons])


def _known(engine: lookscape.Engine) -> tuple[Numbers, Floats]:
    """What the renderer drew, standardised, and the Space's axes, for every product."""
    space = engine.space()
    owners = engine.catalogue.first_products()
    rows = [row for row, photo_id in enumerate(space.ids) if photo_id in owners]
    products = engine.catalogue.products([owners[space.ids[row]] for row in rows])
    listed = [products[owners[space.ids[row]]].attributes for row in rows]
    names = sorted(name for name in listed[0] if _of_product(name) and all(_is_number(one.get(name)) for one in listed))
    table_MF = np.array([[float(one[name]) for name in names] for one in listed])
    table_MF = table_MF[:, table_MF.std(axis=0) > 0]
    vectors_MD = np.asarray(space.vectors[rows], np.float32)
    standard_MF: Numbers = (table_MF - table_MF.mean(axis=0)) / table_MF.std(axis=0)
    return standard_MF, Axes.of(vectors_MD).of_vectors(vectors_MD)


def _of_product(name: str) -> bool:
    """People like shoes; how one was photographed (view_light, view_shift_x ...) is not theirs to like."""
    return not name.startswith("view_")


def _is_number(value: str | None) -> bool:
    try:
        float(value or "")
    except ValueError:
        return False
    return True


def _person(
    seed: int, steep: float, factors_MF: Numbers, features_MD: Floats, votes: int
) -> tuple[float, float, Measured]:
    """Approval of the first tenth and of all, on products never shown, and what the tool says of the votes."""
    rng = np.random.default_rng(seed)
    mix_F = np.zeros(factors_MF.shape[1])
    mix_F[rng.choice(len(mix_F), min(FACTORS, len(mix_F)), replace=False)] = rng.normal(size=min(FACTORS, len(mix_F)))
    wish_M = factors_MF @ mix_F
    wish_M = (wish_M - np.median(wish_M)) / wish_M.std()
    liked_M = rng.random(len(wish_M)) < 1 / (1 + np.exp(-steep * wish_M))
    order_M = rng.permutation(len(wish_M))
    shown, rest = order_M[:votes], order_M[votes:]
    answers = Answers(
        features_ND=features_MD[shown],
        liked_N=liked_M[shown],
        single_N=np.ones(votes, bool),
        groups_N=np.arange(votes),
    )
    says = measured(left_out_chances(answers), answers.liked_N.astype(np.float64), answers=votes)
    if not answers.are_enough:
        return float(liked_M[rest].mean()), float(liked_M[rest].mean()), says
    chance_M = learn(answers).chance(features_MD[rest])
    first = rest[np.argsort(-chance_M, kind="stable")[: round(FIRST * len(rest))]]
    return float(liked_M[first].mean()), float(liked_M[rest].mean()), says


def _report(name: str, approvals_P2: Numbers, says: list[Measured]) -> None:
    gain_P = 100 * (approvals_P2[:, 0] - approvals_P2[:, 1])
    drawn = np.random.default_rng(0).integers(0, len(gain_P), (2000, len(gain_P)))
    low, high = np.quantile(gain_P[drawn].mean(axis=1), [0.025, 0.975])
    without, with_taste = 100 * approvals_P2[:, 1].mean(), 100 * approvals_P2[:, 0].mean()
    bar = "  (bar: 15)" if name.startswith("a hidden") else ""
    print(f"persons who like {name}: approval {without:.1f} % without, {with_taste:.1f} % with the taste,")
    print(f"  gain {gain_P.mean():.1f} points [{low:.1f}, {high:.1f}], least {gain_P.min():.1f}{bar}")
    print(f"  the tool offers the taste to {sum(one.offered for one in says)} of {len(says)}", flush=True)


if __name__ == "__main__":
    main()
