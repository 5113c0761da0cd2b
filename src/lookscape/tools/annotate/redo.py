"""Redo what was undone; without a number, the last change you undid.

Refused if somebody has changed the same values since, so that nobody's work is overwritten.
"""

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.services.labels.acts import told
from lookscape.services.labels.change import who
from lookscape.tools import _tool
from lookscape.tools.annotate.undo import Params as UndoParams
from lookscape.tools.annotate.undo import Result as UndoResult


class Params(UndoParams):
    """Which act, in whose name."""


class Result(UndoResult):
    """The act as it is now."""


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Redo it. Raises NotFoundError, or ConflictError when it stands or a later act stands in the way."""
    by = who(engine, params.by)
    wanted = params.act if params.act is not None else engine.catalogue.last_act(by, undone=True)
    if wanted is None:
        raise NotFoundError(f"{by} has undone nothing that could be redone")
    act = engine.catalogue.redo(wanted, by=by)
    return Result(acts=told([act], {}), latest=engine.catalogue.history(limit=1)[0].id)
