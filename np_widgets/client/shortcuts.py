"""Uploads without a client of one's own, as the service's upload page calls them; the key is found where it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from np_widgets.client.client import NeuronpediaClient

if TYPE_CHECKING:
    from np_widgets.models import FeatureRef
    from np_widgets.models.uploads import UploadReport


def upload_dashboard(**fields: Any) -> FeatureRef:  # noqa: ANN401 (the method's own)
    """Upload a vector with examples, and have it explained: :meth:`NeuronpediaClient.upload_dashboard`.

    The client is one with the key of ``np_widgets.login()`` or ``NEURONPEDIA_API_KEY``.
    """
    with NeuronpediaClient() as client:
        return client.upload_dashboard(**fields)


def upload_crosscoder_features(**fields: Any) -> UploadReport:  # noqa: ANN401 (the method's own)
    """Upload the dashboards of a crosscoder: :meth:`NeuronpediaClient.upload_crosscoder_features`.

    The client is one with the key of ``np_widgets.login()`` or ``NEURONPEDIA_API_KEY``.
    """
    with NeuronpediaClient() as client:
        return client.upload_crosscoder_features(**fields)
