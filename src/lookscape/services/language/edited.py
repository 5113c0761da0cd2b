"""What the tools that change the language have in common: one act, by whom, and what became of the factor."""

import time
from collections.abc import Callable

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.language.edits import Edits
from lookscape.services.language.factors import Factor, Factors, open_factors
from lookscape.services.language.language import change
from lookscape.services.language.opened import ModelParams, Opened, open_model
from lookscape.services.records import Record


class Changed(Record):
    """The factor after the act."""

    model: str
    rank: int = Field(description="the factor's place by information, from 1")
    factor: str = Field(description="its name now")
    low_words: str = Field(description="what its low end looks like; empty when nobody knows")
    high_words: str = Field(description="what its high end looks like")
    hidden: bool
    acts: int = Field(description="acts in effect; `latent undo` undoes the last")


Act = Callable[[Edits, str, float], Edits]


def changed(engine: Engine, params: ModelParams, act: Act, *, rank: int) -> Changed:
    """Do it in the name of the settings' user, now."""
    opened = open_model(engine, params.model)
    spoken = change(opened, lambda edits: act(edits, engine.settings.user, time.time()))
    factors = open_factors(opened)
    factor = factors.find(str(rank))
    return Changed(
        model=opened.codec.name,
        rank=factor.rank,
        factor=factor.name,
        low_words=factor.low,
        high_words=factor.high,
        hidden=factor.hidden,
        acts=len(spoken.edits.acts),
    )


def factor_of(engine: Engine, params: ModelParams, name: str) -> Factor:
    """The factor meant. Raises UnknownNameError."""
    return factors_of(engine, params).find(name)


def factors_of(engine: Engine, params: ModelParams) -> Factors:
    """The factors of the model meant."""
    opened: Opened = open_model(engine, params.model)
    return open_factors(opened)


def free_name(factors: Factors, name: str, *, but: tuple[int, ...]) -> str:
    """The name, if no other factor than those of the ranks `but` has it. Raises UsageError."""
    title = name.partition(":")[0].strip()
    if title.isdecimal() or "=" in name:
        raise UsageError(f"{name!r} cannot be a name: it must not be a number or contain an equals sign")
    every = (*factors.shown, *factors.hidden)
    others = [factor for factor in every if factor.given and factor.rank not in but]
    if taken := next((factor for factor in others if factor.name.lower() == title.lower()), None):
        raise UsageError(f"factor {taken.rank} is already called {taken.name!r}; merge the two, or choose another name")
    return name
