"""What looks on while a model is trained: each file here is one hook, and `open_hooks` opens those of a run.

No hook draws from torch's generator or changes the model, so a run with hooks is the run without them.
"""

from collections.abc import Sequence

from lookscape.files import write_atomically
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits.split import Split
from lookscape.representation.trainable import Trainable
from lookscape.representation.training import filmstrip
from lookscape.representation.training.arguments import TrainingArguments
from lookscape.representation.training.history import RUN, About, Log
from lookscape.representation.training.hooks import tensorboard
from lookscape.representation.training.hooks.alarms import Alarms
from lookscape.representation.training.hooks.film import Film
from lookscape.representation.training.hooks.metrics import Metrics
from lookscape.representation.training.hooks.tensorboard import TensorBoard
from lookscape.representation.training.loop import Hook, Run


def open_hooks(arguments: TrainingArguments, run: Run[Trainable], pixels: Pixels, split: Split) -> Sequence[Hook]:
    """The hooks of a run that starts or goes on, to be called in this order, before the state is kept.

    Where several processes train together, the first one alone looks on.
    """
    if not run.fabric.is_global_zero:
        return []
    folder, recipe = arguments.folder, arguments.recipe
    folder.mkdir(parents=True, exist_ok=True)
    about = About(
        recipe=arguments.recipe_name,
        model=recipe.model,
        steps=recipe.num_steps,
        batch_size=recipe.batch_size,
        side=run.model.side,
        dim=run.model.dim,
        train=len(split.train),
        validation=len(split.validation),
        test=len(split.test),
    )
    write_atomically(folder / RUN, about.model_dump_json(indent=2).encode())
    log = Log(folder)
    metrics = Metrics(log, run=run, recipe=recipe, pixels=pixels, split=split)
    frames = folder / filmstrip.FOLDER
    return [
        metrics,
        Alarms(folder, about=about, metrics=metrics),
        Film(frames, run=run, recipe=recipe, pixels=pixels, split=split),
        TensorBoard(folder / tensorboard.FOLDER, log=log, frames=frames, num_steps=recipe.num_steps),
    ]
