"""What is going wrong with a training run, in plain words with advice, from its measurements alone.

The limits are rules of thumb; each says what it saw, so that a person can disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

COLLAPSED_NATS = 2.0
"""Codes that carry less tell at most e^2, about 7, photos apart."""

BLURRED = 0.5
"""Share of the photos' detail (differences of neighbouring pixels) that reconstructions should keep."""

OVERFITTED_DB = 0.5
DIVERGED_DB = 3.0
SETTLED = 0.3
"""Share of a run before which only divergence is judged."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One measurement: PSNR in dB, KL in nats (None without a posterior), sharpness as a share of the photos' detail."""

    step: int
    seconds: float
    progress: float
    psnr_trained: float
    psnr_held_out: float
    sharpness: float
    nats: float | None
    figures: Mapping[str, float] = field(default_factory=dict)


def alarms(readings: Sequence[Reading]) -> list[str]:
    """One sentence for everything that looks wrong in the last reading, compared with those before; [] if all is well."""
    if not readings:
        return []
    found = [_divergence(readings)]
    if readings[-1].progress >= SETTLED:
        found += [_collapse(readings[-1]), _blur(readings[-1]), _overfitting(readings)]
    return [sentence for sentence in found if sentence]


def _divergence(readings: Sequence[Reading]) -> str:
    best, last = max(reading.psnr_trained for reading in readings), readings[-1].psnr_trained
    if best - last < DIVERGED_DB:
        return ""
    return f"Divergence: reconstructions got worse, from {best:.1f} to {last:.1f} dB; use a smaller rate."


def _collapse(last: Reading) -> str:
    if last.nats is None or last.nats >= COLLAPSED_NATS:
        return ""
    return (
        f"Posterior collapse: a code carries {last.nats:.1f} nats, so all photos look alike to the model; "
        "use a smaller beta or more nats."
    )


def _blur(last: Reading) -> str:
    if last.sharpness >= BLURRED:
        return ""
    return (
        f"Blur: reconstructions keep {100 * last.sharpness:.0f} % of the photos' detail; train longer, "
        "allow more nats or latents, or try reconstruction=l1."
    )


def _overfitting(readings: Sequence[Reading]) -> str:
    best, last = max(readings, key=lambda reading: reading.psnr_held_out), readings[-1]
    lost = best.psnr_held_out - last.psnr_held_out
    if lost < OVERFITTED_DB or last.psnr_trained <= best.psnr_trained:
        return ""
    return (
        f"Overfitting: photos it was not trained on got {lost:.1f} dB worse since step {best.step} while the others "
        "got better; train shorter, or ingest more photos."
    )
