"""The map that a layer makes of photos on their way through a network, caught where it passes.

Networks are shared: while one thread looks at a layer, others may ask the network about other photos, so a watcher
sees only what its own thread does.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn

SMALLEST = 2
"""Maps of a smaller side say nothing of places."""


@contextmanager
def capture_activations(module: nn.Module, see: Callable[[Tensor], None], *, batch: int = 1) -> Iterator[None]:
    """While open, `see` is given each map B x C x H x W that the module makes of `batch` square photos in this thread.

    Maps that a network keeps as B x H x W x C, as Swin does, are given as B x C x H x W too; what comes after is
    computed from the map that was given, so that gradients reach it. What is no map of places is passed over.
    """
    here = threading.get_ident()

    def note(_module: nn.Module, _given: object, output: object) -> Tensor | None:
        if threading.get_ident() != here or not isinstance(output, Tensor):
            return None
        if output.ndim != 4 or len(output) != batch:
            return None
        channels_last = output.shape[1] == output.shape[2] != output.shape[3]
        map_BCHW = output.permute(0, 3, 1, 2) if channels_last else output
        if min(map_BCHW.shape[2:]) < SMALLEST:
            return None
        see(map_BCHW)
        return map_BCHW.permute(0, 2, 3, 1) if channels_last else None

    hook = module.register_forward_hook(note)
    try:
        yield
    finally:
        hook.remove()
