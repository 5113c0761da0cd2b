"""What a trained model knows of photos, handed to another one: the same networks, other losses or other data."""

from torch import Tensor

from lookscape.errors import UsageError
from lookscape.representation.latents.codec import Codec
from lookscape.representation.trainable import Trainable

ENCODER, DECODER = "encoder.", "decoder."


def encoder_state(codec: Codec) -> dict[str, Tensor]:
    """The encoder's tensors by the names that a PhotoEncoder of the same Config gives them.

    Raises UsageError for a model without an encoder network, such as pca.
    """
    found = {name.removeprefix(ENCODER): tensor for name, tensor in codec.tensors().items() if name.startswith(ENCODER)}
    if not found:
        raise UsageError(f"{codec.name!r} is a {codec.kind} model and has no encoder network to start from")
    return found


def warm_start(model: Trainable, codec: Codec) -> int:
    """Take over the encoder's and the decoder's tensors where names and shapes agree; how many were taken.

    Raises UsageError when none agrees.
    """
    own = model.state_dict()
    taken = {
        name: tensor
        for name, tensor in codec.tensors().items()
        if name.startswith((ENCODER, DECODER)) and name in own and own[name].shape == tensor.shape
    }
    if not taken:
        raise UsageError(
            f"{codec.name!r} ({codec.kind}, {codec.side} px, {codec.dim} latents) has no tensor that fits; start "
            "from a model of the same side and width"
        )
    model.load_state_dict({**own, **taken})
    return len(taken)


def encoder_width(codec: Codec) -> int:
    """Channels of the first layer of a model's encoder. Raises UsageError for a model without an encoder network."""
    return int(encoder_state(codec)["convolutions.0.weight"].shape[0])
