"""What each figure of the board means in plain words, which way is better, and its unit."""

from dataclasses import dataclass
from enum import StrEnum


class Better(StrEnum):
    """Which way a figure is better; NEITHER for one that has to be read with others."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """A figure for people: its name, its unit, which way is better, and what it says."""

    label: str
    better: Better
    words: str
    unit: str = ""
    in_percent: bool = False


HIGHER, LOWER, NEITHER = Better.HIGHER, Better.LOWER, Better.NEITHER

MEANINGS = {
    "psnr_db": Meaning(
        label="PSNR",
        unit="dB",
        better=HIGHER,
        words="How close the pixels come back. Every 6 dB halve the typical error; below 20 dB a shoe is a smear, "
        "from 24 dB its parts are plain, from 30 dB it is hard to tell from the photo.",
    ),
    "ssim": Meaning(
        label="SSIM",
        better=HIGHER,
        words="Whether edges and shading come back where they were: 1 is the photo itself, 0 has nothing in "
        "common with it.",
    ),
    "perceptual": Meaning(
        label="Perceptual distance",
        better=LOWER,
        words="How different photo and reconstruction look to a network trained on photos. 0 is equal; blur "
        "counts here although pixels forgive it.",
    ),
    "frechet": Meaning(
        label="Fréchet distance",
        better=LOWER,
        words="Whether all reconstructions together look like the photos together, to a pretrained network. "
        "Compare models in one board only: the number depends on how many photos there are.",
    ),
    "samples_normal": Meaning(
        label="From the normal prior",
        better=LOWER,
        words="How far products drawn blindly from a normal distribution are from real ones, to a pretrained "
        "network. Compare it with what other real photos get.",
    ),
    "samples_mixture": Meaning(
        label="From the fitted mixture",
        better=LOWER,
        words="The same for products drawn from where the catalogue's own products lie.",
    ),
    "mixture_gain": Meaning(
        label="Gain by the mixture",
        better=HIGHER,
        in_percent=True,
        words="How much closer to real photos the mixture brings invented products than the normal distribution does.",
    ),
    "largest_step": Meaning(
        label="Largest step",
        better=LOWER,
        words="On the way from one product to another: the largest change between two neighbouring pictures, over "
        "the usual change. 1 is even; a jump is 2.5 or more.",
    ),
    "even_paths": Meaning(
        label="Paths without a jump",
        better=HIGHER,
        in_percent=True,
        words="The share of ways between two random products on which no step is over 2.5 times the usual one.",
    ),
    "path_length": Meaning(
        label="Path length",
        better=NEITHER,
        words="How much the picture changes on the whole way. Shorter is smoother, but a model that draws all "
        "products alike is short too, so no best one is named.",
    ),
    "mig": Meaning(
        label="MIG",
        better=HIGHER,
        words="For every true factor: how much more its best number knows of it than the second best. 0 is mixed "
        "up, 1 is one number for each factor.",
    ),
    "disentanglement": Meaning(
        label="Disentanglement",
        better=HIGHER,
        words="Does a number matter for one true factor only? 1 means that moving a slider changes one thing.",
    ),
    "completeness": Meaning(
        label="Completeness",
        better=HIGHER,
        words="Is a true factor known to one number only? 1 means that there is one slider for it.",
    ),
    "informativeness": Meaning(
        label="Informativeness",
        better=HIGHER,
        words="How well the true factors can be told from all numbers together, on products held aside. 0 is "
        "guessing, 1 is perfect.",
    ),
    "factor_vae": Meaning(
        label="FactorVAE score",
        better=HIGHER,
        words="Products with one factor in common: how often the same number stands still. Guessing gives one "
        "over the number of factors.",
    ),
    "sap": Meaning(
        label="SAP",
        better=HIGHER,
        words="How much better the best number predicts a factor than the second best. Small for most models; at "
        "most 0.5 for a factor of two values.",
    ),
    "udr": Meaning(
        label="UDR",
        better=HIGHER,
        words="Whether trainings from other seeds agree on the numbers, up to order and sign. Without known "
        "factors this is the best sign of sliders that mean something.",
    ),
    "copies_first": Meaning(
        label="Copies found first",
        better=HIGHER,
        in_percent=True,
        words="Test photos that were cropped, recompressed and made brighter or darker: how often the nearest of "
        "all test photos is the very one.",
    ),
    "active_units": Meaning(
        label="Numbers in use",
        better=NEITHER,
        words="How many of the model's numbers differ between photos at all. Few may mean that training gave up "
        "on the others.",
    ),
    "kl_nats": Meaning(
        label="Information",
        unit="nats",
        better=NEITHER,
        words="How much the numbers tell of a photo beyond what is expected of any. Only models with a prior of "
        "their own have it; more gives better photos and worse samples.",
    ),
    "prior_mmd": Meaning(
        label="Distance from the prior (MMD)",
        better=LOWER,
        words="Whether the numbers of all photos together are spread like a normal distribution, from which blind "
        "samples are drawn. 0 is the same spread.",
    ),
    "prior_wasserstein": Meaning(
        label="Distance from the prior (Wasserstein)",
        unit="deviations",
        better=LOWER,
        words="How far the numbers would have to be moved to be spread like a normal distribution, in its deviations.",
    ),
}
"""By the figure's name, which is unique over all tables."""
