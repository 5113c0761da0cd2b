import pytest

from lookscape.errors import UnknownNameError, UsageError
from lookscape.representation.specs import parse, resolve, space_name


@pytest.mark.parametrize(
    ("text", "model", "options"),
    [
        ("lookalike", "lookalike", {}),
        ("pretrained:resnet50", "pretrained", {"backbone": "resnet50"}),
        ("pretrained:timm/resnet50@stage3", "pretrained", {"backbone": "timm/resnet50", "layer": "stage3"}),
        ("pretrained:timm:resnet50.a1_in1k", "pretrained", {"backbone": "timm:resnet50.a1_in1k"}),
        (
            "pretrained@blocks.4?side=96,weights=none",
            "pretrained",
            {"layer": "blocks.4", "side": "96", "weights": "none"},
        ),
        ("pretrained?weights=/a dir/w.safetensors", "pretrained", {"weights": "/a dir/w.safetensors"}),
        ("lookalike@blocks.4+blocks.6", "lookalike", {"layer": "blocks.4+blocks.6"}),
    ],
)
def test_a_spec_is_a_model_and_its_options(text: str, model: str, options: dict[str, str]) -> None:
    spec = parse(text)
    assert (spec.model, dict(spec.options)) == (model, options)


@pytest.mark.parametrize(
    "text", ["", "Model", "../x", "pretrained:", "pretrained@", "a b", "pretrained?side", "x?=3", "é"]
)
def test_what_cannot_be_a_spec_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("lookalike", "lookalike"),
        ("pretrained:timm/resnet50@pooled", "pretrained-timm-resnet50-pooled"),
        ("pretrained?weights=../../etc/x.safetensors", "pretrained-weights-..-..-etc-x.safetensors"),
    ],
)
def test_a_space_is_named_after_the_spec_in_one_safe_word(text: str, name: str) -> None:
    assert space_name(text) == name


def test_an_unknown_model_is_answered_with_the_closest() -> None:
    with pytest.raises(UnknownNameError, match="pretrained"):
        resolve("pretraned")


@pytest.mark.parametrize("options", ["size=96", "side=banana", "side=5", "dim=1"])
def test_a_wrong_option_names_the_options_there_are(options: str) -> None:
    with pytest.raises(UsageError, match="takes backbone, layer, weights, side, dim, sample"):
        resolve(f"lookalike?{options}")


def test_a_missing_weights_file_is_said_so() -> None:
    with pytest.raises(UsageError, match=r"weights=nowhere\.safetensors"):
        resolve("pretrained?weights=nowhere.safetensors")
