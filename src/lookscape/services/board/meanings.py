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
        words="How closely the pixels are reconstructed. Every 6 dB halve the typical error; below 20 dB a shoe is a "
        "smear, from 24 dB its parts are clear, from 30 dB it hardly differs from the photo.",
    ),
    "ssim": Meaning(
        label="SSIM",
        better=HIGHER,
        words="Whether edges and shading are where they were: 1 is the photo itself, 0 has nothing in common with it.",
    ),
    "perceptual": Meaning(
        label="Perceptual distance",
        better=LOWER,
        words="How different photo and reconstruction look to a network trained on photos. 0 is identical; blur "
        "counts here although pixel errors forgive it.",
    ),
    "frechet": Meaning(
        label="Fréchet distance",
        better=LOWER,
        words="Whether all reconstructions together look like the photos together, to a pretrained network. "
        "Compare models within one comparison only: the number depends on how many photos there are.",
    ),
    "samples_normal": Meaning(
        label="From the normal prior",
        better=LOWER,
        words="How far products sampled blindly from a normal distribution are from real ones, to a pretrained "
        "network. Compare it with the figure for other real photos.",
    ),
    "samples_mixture": Meaning(
        label="From the fitted mixture",
        better=LOWER,
        words="The same for products sampled near the catalogue's own products.",
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
        words="On the path from one product to another: the largest change between two neighbouring pictures, over "
        "the usual change. 1 is even; a jump is 2.5 or more.",
    ),
    "even_paths": Meaning(
        label="Paths without a jump",
        better=HIGHER,
        in_percent=True,
        words="The share of paths between two random products with no step over 2.5 times the usual one.",
    ),
    "path_length": Meaning(
        label="Path length",
        better=NEITHER,
        words="How much the picture changes along the whole path. Shorter is smoother, but a model that draws all "
        "products the same is short too, so no best one is named.",
    ),
    "mig": Meaning(
        label="MIG",
        better=HIGHER,
        words="For every true factor: how much more its best number knows about it than the second best. 0 is "
        "mixed up, 1 is one number for each factor.",
    ),
    "disentanglement": Meaning(
        label="Disentanglement",
        better=HIGHER,
        words="Does a number matter for only one true factor? 1 means that moving a slider changes one thing.",
    ),
    "completeness": Meaning(
        label="Completeness",
        better=HIGHER,
        words="Is a true factor captured by only one number? 1 means that there is one slider for it.",
    ),
    "informativeness": Meaning(
        label="Informativeness",
        better=HIGHER,
        words="How well all numbers together predict the true factors, on held-out products. 0 is guessing, "
        "1 is perfect.",
    ),
    "factor_vae": Meaning(
        label="FactorVAE score",
        better=HIGHER,
        words="Products with one factor in common: how often the same number stays fixed. Guessing gives one "
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
        words="Whether training runs from other seeds agree on the numbers, up to order and sign. Without known "
        "factors this is the best sign of sliders that mean something.",
    ),
    "copies_first": Meaning(
        label="Copies found first",
        better=HIGHER,
        in_percent=True,
        words="Test photos that were cropped, recompressed and made brighter or darker: how often the nearest of "
        "all test photos is the original.",
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
        words="How much the numbers say about a photo beyond what is expected of any. Only models with a prior of "
        "their own have it; more gives better photos and worse samples.",
    ),
    "prior_mmd": Meaning(
        label="Distance from the prior (MMD)",
        better=LOWER,
        words="Whether the numbers of all photos together are spread like a normal distribution, from which blind "
        "samples are taken. 0 is the same spread.",
    ),
    "prior_wasserstein": Meaning(
        label="Distance from the prior (Wasserstein)",
        unit="deviations",
        better=LOWER,
        words="How far the numbers would have to be moved to be spread like a normal distribution, in its deviations.",
    ),
}
"""By the figure's name, which is unique over all tables."""
