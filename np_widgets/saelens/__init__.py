"""SAELens' directory of pretrained SAEs: which of them have a page on Neuronpedia, known without SAELens and torch."""

from np_widgets.saelens.directory import Directory, read_directory

__all__ = ["Directory", "read_directory"]
