"""Any result as a pandas frame: column names in this package's vocabulary, numbers as numbers."""

from np_widgets.frames.convert import AnswerKind, Kind, to_dataframe

__all__ = ["AnswerKind", "Kind", "to_dataframe"]
