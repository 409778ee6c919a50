"""Everything the service offers, typed."""

from __future__ import annotations

from np_widgets.client.door import DoorEndpoints
from np_widgets.client.explanations import ExplanationEndpoints
from np_widgets.client.firing import FiringEndpoints
from np_widgets.client.steering import SteeringEndpoints
from np_widgets.client.token_steering import TokenSteeringEndpoints
from np_widgets.client.writing import WritingEndpoints


class NeuronpediaClient(
    FiringEndpoints, ExplanationEndpoints, SteeringEndpoints, TokenSteeringEndpoints, WritingEndpoints, DoorEndpoints
):
    """Reads from neuronpedia.org, or from a self-hosted copy of it, and writes to it. May be used from several threads.

    Parameters
    ----------
    api_key : str, optional
        By default the key that ``np_widgets.login()`` keeps for this address, else ``NEURONPEDIA_API_KEY``; ``""``
        for none at all. Reading needs none. It goes to the origin of ``base_url`` alone, in the header ``x-api-key``.
    base_url : str, optional
        By default ``NEURONPEDIA_BASE_URL``, else ``https://www.neuronpedia.org``.
    cache : bool or path, optional
        Whether answers are kept on this machine for a day, or in which folder. By default they are, unless
        ``session`` is given, since what that answers need not be the service.
    timeout : float or (float, float)
        Seconds of silence before giving up, or seconds to connect and seconds of silence.
    max_bytes : int
        The largest answer that is read, counted after decompression.
    session : requests.Session, optional
        A transport of your own, for a proxy or a test; retries are then its own matter too.

    Notes
    -----
    Every method raises the errors of :mod:`np_widgets.errors`: ``InvalidRequest`` before anything is sent,
    ``NotFound``, ``Unauthorized``, ``RateLimited``, ``ServerError``, ``ConnectionFailed``, ``UnexpectedResponse``.
    A write is sent once; when its answer is lost, ``Unconfirmed`` says that it may have happened and where to look.
    Reads are asked again after connection errors and 502, 503 or 504, at most three times in about two seconds.
    With ``refresh=True`` a read goes past the cache. A copy from the cache serves, marked ``stale`` in its
    provenance, when the network or the service is gone.
    """
