"""All that writes, and what reads one's own things back."""

from __future__ import annotations

from np_widgets.client.interp import InterpEndpoints
from np_widgets.client.lists import ListEndpoints
from np_widgets.client.notes import NoteEndpoints
from np_widgets.client.uploads.endpoints import FeatureUploads
from np_widgets.client.uploads.places import PlaceEndpoints
from np_widgets.client.vectors import VectorEndpoints


class WritingEndpoints(VectorEndpoints, FeatureUploads, PlaceEndpoints, InterpEndpoints, ListEndpoints, NoteEndpoints):
    """The writing part of :class:`NeuronpediaClient`."""
