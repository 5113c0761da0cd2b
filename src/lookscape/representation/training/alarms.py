"""What can go wrong in a training, told in plain words with what to do about it.

Each alarm is a function of what is trained and of the lines of metrics.jsonl so far, and gives an Alarm or None. The
figures compared are those of fixed photos, always the same ones, so that a change in them is a change of the model.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from lookscape.representation.training.history import About, Figures, Line, Record

FILE = "alarms.json"

LEARNED, LOST = 0.3, 0.0
COLLAPSED_SHARE, COLLAPSED_NATS = 0.05, 1.0
NOTHING_LEARNED = 0.05
BLURRED = 0.25
FALLEN_DB, RISEN_DB = 0.3, 0.3
GAP_DB, SPREAD_DB = 3.0, 3.0
FEW_PHOTOS = 500
UNFINISHED_DB = 0.5


class Level(StrEnum):
    """How bad it is: training was stopped, the model is of little use, or it could be better."""

    STOP = "stop"
    WARNING = "warning"
    NOTE = "note"


class Alarm(Record):
    """One thing that is wrong: `says` what is seen, `advice` what to do."""

    name: str
    level: Level
    step: int
    says: str
    advice: str


def find(about: About, lines: Sequence[Line]) -> list[Alarm]:
    """All alarms, the worst first."""
    found = [alarm for one in ALARMS if (alarm := one(about, lines)) is not None]
    names = {alarm.name for alarm in found}
    hidden = {name for alarm in names for name in EXPLAINS.get(alarm, ())}
    return sorted(
        (alarm for alarm in found if alarm.name not in hidden), key=lambda alarm: list(Level).index(alarm.level)
    )


def divergence(about: About, lines: Sequence[Line]) -> Alarm | None:
    """A number that is not finite, or a model that had learned and lost it. Training is stopped.

    Lost: twice in a row worse than the mean photo, which explains nothing (LOST), after it explained more than LEARNED
    of the variance. The losses themselves do not tell: a likelihood may be negative, a learned error may drift.
    """
    if not lines:
        return None
    broken = [name for name, value in lines[-1].measured.items() if value is None]
    looks = [line.train.explained for line in lines if line.train is not None]
    shares = [-1.0 if explained is None else explained for explained in looks]
    if broken:
        says = f"Training diverged: {' and '.join(broken)} is no longer a number."
    elif len(shares) > 2 and max(shares[:-2]) > LEARNED and max(shares[-2:]) < LOST:
        says = "Training diverged: the model has lost what it had learned."
    else:
        return None
    learning_rate = max((line.learning_rate or 0.0) for line in lines)
    advice = f"Train again with a lower learning rate, about {learning_rate / 3:.1g} instead of {learning_rate:.1g}."
    return _alarm("divergence", Level.STOP, lines, says=says, advice=advice)


def collapse(about: About, lines: Sequence[Line]) -> Alarm | None:
    """Posterior collapse: the latents say nothing of the photo (Lucas, Tucker, Grosse & Norouzi 2019).

    At most a twentieth of the latents active (Burda et al. 2016), or under COLLAPSED_NATS nats: a nat is less than
    telling three photos apart. Asked from half-way on, since a capacity schedule begins at nothing on purpose.
    """
    look = _latest(lines, after=about.steps // 2)
    if look is None or (look.kl_nats is None and look.active_units is None):
        return None
    active = about.dim if look.active_units is None else look.active_units
    nats = float("inf") if look.kl_nats is None else look.kl_nats
    if active > max(1, COLLAPSED_SHARE * about.dim) and nats >= COLLAPSED_NATS:
        return None
    told = "" if look.kl_nats is None else f" and hold {nats:.2g} nats of each photo"
    says = f"The latents carry almost nothing: {active} of {about.dim} are in use{told}."
    advice = "Lower the weight of the divergence (beta) or raise its capacity; lower the learning rate if it is high."
    return _alarm("collapse", Level.WARNING, lines, says=says, advice=advice)


def nothing_learned(about: About, lines: Sequence[Line]) -> Alarm | None:
    """After a fifth of the steps the model is still no better than the mean photo, which explains 0 of the variance."""
    look = _latest(lines, after=about.steps // 5)
    if look is None or look.explained is None or look.explained >= NOTHING_LEARNED:
        return None
    says = "Every photo is reconstructed as nearly the same picture: nothing has been learned yet."
    advice = "Lower the learning rate; if the photos are all the same, there may be nothing to learn."
    return _alarm("nothing_learned", Level.WARNING, lines, says=says, advice=advice)


def blur(about: About, lines: Sequence[Line]) -> Alarm | None:
    """Rebuilt photos have under BLURRED of the sharpness of photos, as the variance of their Laplacian.

    A measure of what is missing at the smallest scale. Asked at the end: every model is blurred before.
    """
    look = _latest(lines, after=about.steps)
    if look is None or look.sharpness is None or look.sharpness >= BLURRED:
        return None
    says = f"Reconstructions are soft: they keep {100 * look.sharpness:.0f} % of the originals' sharpness."
    advice = "Allow more latents or capacity, train for more steps, or choose an L1 or perceptual error."
    return _alarm("blur", Level.NOTE, lines, says=says, advice=advice)


def overfitting(about: About, lines: Sequence[Line]) -> Alarm | None:
    """Photos learned from come back better and better, others worse; or the two lie far apart.

    FALLEN_DB and RISEN_DB are several times the noise, since the photos are the same each time. A gap counts from
    GAP_DB on, half the error, and twice its standard error: photos differ by about SPREAD_DB, and few may be watched.
    """
    looks = [(line.train.psnr_db, line.held_out.psnr_db) for line in lines if line.train and line.held_out]
    pairs = [(train, other) for train, other in looks if train is not None and other is not None]
    if len(pairs) < 2:
        return None
    train, held_out = pairs[-1]
    train_then, best = max(pairs, key=lambda pair: pair[1])
    if best - held_out >= FALLEN_DB and train - train_then >= RISEN_DB:
        says = (
            f"New photos are reconstructed worse than before ({best - held_out:.1f} dB below the best), known ones "
            "better."
        )
    elif train - held_out >= GAP_DB + 2 * SPREAD_DB * (1 / max(1, about.validation) + 1 / about.train) ** 0.5:
        says = f"Known photos are reconstructed {train - held_out:.1f} dB better than new ones: it is overfitting."
    else:
        return None
    advice = "Add photos, train for fewer steps, or make the model smaller (width, dim, capacity)."
    return _alarm("overfitting", Level.WARNING, lines, says=says, advice=advice)


def few_photos(about: About, lines: Sequence[Line]) -> Alarm | None:
    """Fewer than FEW_PHOTOS photos to learn from: some eight for each of 64 latents."""
    if about.train >= FEW_PHOTOS:
        return None
    says = f"Only {about.train} photos to train on."
    advice = f"Add photos if you can: below about {FEW_PHOTOS} a model memorises rather than learns. Or train pca."
    return _alarm("few_photos", Level.NOTE, lines, says=says, advice=advice)


def unfinished(about: About, lines: Sequence[Line]) -> Alarm | None:
    """The second half of the steps still gained UNFINISHED_DB or more.

    Gain is about even per doubling of the steps while a model learns, and the learning rate falls to nothing at the
    end whatever the number of steps, so a flat end of the curve proves nothing: halves are compared.
    """
    looks = [(line.step, figures.psnr_db) for line in lines if (figures := line.held_out or line.train)]
    looks = [(step, psnr) for step, psnr in looks if psnr is not None]
    if not looks or looks[-1][0] < about.steps or looks[0][0] > about.steps / 2:
        return None
    half = max((look for look in looks if look[0] <= about.steps / 2), key=lambda look: look[0])
    gain = looks[-1][1] - half[1]  # type: ignore[operator]
    if gain < UNFINISHED_DB:
        return None
    says = f"It was still improving: the second half of the steps brought {gain:.1f} dB."
    advice = f"Train longer, for example --steps {2 * about.steps}."
    return _alarm("unfinished", Level.NOTE, lines, says=says, advice=advice)


ALARMS: tuple[Callable[[About, Sequence[Line]], Alarm | None], ...] = (
    divergence,
    collapse,
    nothing_learned,
    overfitting,
    few_photos,
    unfinished,
    blur,
)

EXPLAINS = {
    "divergence": ("nothing_learned", "blur", "unfinished", "collapse", "overfitting"),
    "collapse": ("nothing_learned", "blur", "unfinished"),
    "nothing_learned": ("blur", "unfinished"),
    "overfitting": ("unfinished", "blur"),
    "unfinished": ("blur",),
}
"""Alarms that another one already explains; they are left out beside it."""


def _latest(lines: Sequence[Line], *, after: int) -> Figures | None:
    """The latest look at photos, held-out ones if there are any, at `after` or later."""
    for line in reversed(lines):
        if (figures := line.held_out or line.train) is not None:
            return figures if line.step >= after else None
    return None


def _alarm(name: str, level: Level, lines: Sequence[Line], *, says: str, advice: str) -> Alarm:
    return Alarm(name=name, level=level, step=lines[-1].step if lines else 0, says=says, advice=advice)
