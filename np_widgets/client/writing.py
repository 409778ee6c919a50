"""All that writes, and what reads one's own things back."""

from __future__ import annotations

from np_widgets.client.lists import ListEndpoints
from np_widgets.client.notes import NoteEndpoints
from np_widgets.client.uploads.familiar import FamiliarUploads
from np_widgets.client.uploads.places import PlaceEndpoints


class WritingEndpoints(FamiliarUploads, PlaceEndpoints, ListEndpoints, NoteEndpoints):
    """The writing part of :class:`NeuronpediaClient`."""
