"""The figures of the board and the tables they stand in; `_board_meanings` says what each means."""

from dataclasses import dataclass

from pydantic import Field

from lookscape.services.figures import Figure
from lookscape.services.records import Record


class Row(Record):
    """One model in one table."""

    model: str


class Reconstruction(Row):
    """How close a photo comes back."""

    psnr_db: Figure | None = Field(default=None, description="peak signal-to-noise ratio, dB")
    ssim: Figure | None = Field(default=None, description="structural similarity, up to 1")
    perceptual: Figure | None = Field(default=None, description="distance to the photo as a network sees it, from 0")
    frechet: Figure | None = Field(default=None, description="Fréchet distance of all reconstructions to the photos")


class LatentSpace(Row):
    """How the numbers that stand for a photo are used."""

    active_units: Figure | None = Field(default=None, description="numbers that differ between photos")
    kl_nats: Figure | None = Field(default=None, description="divergence from the prior, nats a photo")
    prior_mmd: Figure | None = Field(default=None, description="squared maximum mean discrepancy to N(0, I)")
    prior_wasserstein: Figure | None = Field(default=None, description="sliced Wasserstein distance to N(0, I)")


class Samples(Row):
    """How near invented products come to real ones."""

    samples_normal: Figure | None = Field(default=None, description="Fréchet distance of samples from N(0, I)")
    samples_mixture: Figure | None = Field(default=None, description="the same, sampled from the fitted mixture")
    mixture_gain: Figure | None = Field(default=None, description="how much closer the mixture brings them, share")


class Interpolation(Row):
    """How evenly one product turns into another."""

    largest_step: Figure | None = Field(default=None, description="largest step over the median step, from 1")
    even_paths: Figure | None = Field(default=None, description="share of paths without a jump over 2.5 medians")
    path_length: Figure | None = Field(default=None, description="perceptual path length")


class Search(Row):
    """Whether the numbers find a product again."""

    copies_first: Figure | None = Field(default=None, description="altered copies whose own photo comes first, share")


class Disentanglement(Row):
    """Whether one number stands for one true factor."""

    mig: Figure | None = Field(default=None, description="mutual information gap, 0 to 1")
    disentanglement: Figure | None = Field(default=None, description="DCI disentanglement, 0 to 1")
    completeness: Figure | None = Field(default=None, description="DCI completeness, 0 to 1")


class FactorsFound(Row):
    """How well the true factors can be read off."""

    informativeness: Figure | None = Field(default=None, description="DCI informativeness, 0 to 1")
    factor_vae: Figure | None = Field(default=None, description="FactorVAE score, 0 to 1")
    sap: Figure | None = Field(default=None, description="separated attribute predictability, 0 to 1")


class Agreement(Row):
    """Whether another training finds the same numbers."""

    udr: Figure | None = Field(default=None, description="unsupervised disentanglement ranking, 0 to 1")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A group of figures and the question they answer."""

    name: str
    title: str
    question: str
    row: type[Row]

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of its figures."""
        return tuple(name for name in self.row.model_fields if name != "model")


TABLES = (
    Table(
        name="reconstruction",
        title="Photos that come back",
        question="Is a product itself after it went through the model?",
        row=Reconstruction,
    ),
    Table(
        name="samples",
        title="Invented products",
        question="Could an invented product be a real one?",
        row=Samples,
    ),
    Table(
        name="interpolation",
        title="From one product to another",
        question="Does a blend change little by little, without a jump?",
        row=Interpolation,
    ),
    Table(
        name="disentanglement",
        title="One slider, one thing",
        question="Does each number of the model represent one true factor?",
        row=Disentanglement,
    ),
    Table(
        name="factors_found",
        title="What can be read off",
        question="Are the true factors in the numbers at all?",
        row=FactorsFound,
    ),
    Table(
        name="agreement",
        title="The same twice",
        question="Does training again from another seed find the same sliders?",
        row=Agreement,
    ),
    Table(
        name="search",
        title="Found again",
        question="Does an altered photo lead back to its product?",
        row=Search,
    ),
    Table(
        name="latents",
        title="Use of the numbers",
        question="Are all numbers used, and are they where samples are taken?",
        row=LatentSpace,
    ),
)
