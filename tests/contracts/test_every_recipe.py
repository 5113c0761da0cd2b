"""Every recipe names a model that can be trained, with a Config that it takes, and says what it is and how long."""

import ast
import inspect

import pytest

from lookscape import parts
from lookscape.representation.training.recipe import MODELS, RECIPES, Precision, Recipe, open_recipe

each_recipe = pytest.mark.parametrize("name", parts.names(RECIPES))


@each_recipe
def test_it_opens_and_its_model_takes_its_config(name: str) -> None:
    recipe = open_recipe(name)
    assert isinstance(recipe, Recipe)
    assert hasattr(parts.load(MODELS, recipe.model), "Model")
    config = recipe.checked_config()
    assert (recipe.side, config.dim) == (config.side, config.model_dump()["dim"])


@each_recipe
def test_its_numbers_make_sense(name: str) -> None:
    recipe = open_recipe(name)
    assert recipe.num_steps >= 0
    assert recipe.batch_size >= 2
    assert 0 < recipe.learning_rate < 0.1
    assert 0 <= recipe.warmup < 1
    assert 0 <= recipe.ema_decay < 1
    assert recipe.max_grad_norm > 0
    assert recipe.precision in set(Precision)


@each_recipe
def test_it_says_what_it_is_and_how_long_it_takes(name: str) -> None:
    docstring = parts.docstring(RECIPES, name)
    assert docstring.split("\n", 1)[0].endswith((".", ":", ","))
    made = parts.load(RECIPES, name).recipe
    assert inspect.getdoc(made)
    assert not inspect.signature(made).parameters
    source = ast.parse(inspect.getsource(parts.load(RECIPES, name)))
    assert [node.name for node in source.body if isinstance(node, ast.FunctionDef)][-1] == "recipe"


@each_recipe
def test_a_variant_leaves_it_as_it_was(name: str) -> None:
    recipe = open_recipe(name)
    other = recipe.varied(side=32)
    assert other.side == 32
    assert recipe == open_recipe(name)
