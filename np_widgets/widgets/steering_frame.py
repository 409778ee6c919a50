"""The runs of a steering panel as frames, numbered as in its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from np_widgets.frames import to_dataframe
from np_widgets.models import FeatureRef
from np_widgets.wording import promoted_share, repeated_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from np_widgets.widgets.steering_runs import SteeringRun
    from np_widgets.widgets.steering_sweep import Sweep

RunKind: TypeAlias = Literal["runs", "features", "tokens", "sweep"]


def runs_frame(runs: Sequence[SteeringRun], kind: Literal["runs", "features", "tokens"]) -> pd.DataFrame:
    """Frame what was run; ``run`` and, of the steps of a sweep, ``sweep`` are the panel's own numbers."""
    import pandas as pd

    frame = to_dataframe([run.result for run in runs], kind)
    places = frame["run"].to_numpy()
    frame["run"] = np.array([run.number for run in runs])[places]
    if kind == "runs":
        frame["sweep"] = pd.array([run.sweep for run in runs], dtype="Int64")
        frame["started_at"] = pd.to_datetime([run.started_at for run in runs])
        frame["seconds"] = [run.seconds for run in runs]
    return frame


def sweep_frame(sweep: Sweep) -> pd.DataFrame:
    """Frame a sweep, one row for each strength that has been run, with what its words are."""
    frame = runs_frame(sweep.runs, "features")
    refs = zip(frame["model"], frame["source"], frame["index"], strict=True)
    frame = frame[[FeatureRef(*parts) == sweep.ref for parts in refs]].reset_index(drop=True)
    frame["promoted_share"] = [promoted_share(text, sweep.promoted) for text in frame["steered"]]
    frame["repeated_share"] = [repeated_share(text) for text in frame["steered"]]
    return frame
