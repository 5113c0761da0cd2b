"""What distances in a Space mean in its catalogue; learned on the spot where nobody has learned it yet."""

from lookscape.engine import Engine
from lookscape.index.calibration import Calibration
from lookscape.index.protocol import Metric
from lookscape.representation.spaces.space import Space


def calibration_of(engine: Engine, space: Space, metric: Metric) -> Calibration:
    """What distances mean in a Space under a metric, as learned when it was embedded; learned now if it never was."""
    found = engine.saved_calibration(space, metric)
    if found is None:
        from lookscape.services.spaces.calibrate import calibrate_space

        calibrate_space(engine, space)
        found = engine.saved_calibration(space, metric)
    assert found is not None
    return found
