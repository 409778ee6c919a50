"""HTTP to Neuronpedia, hosted or self-hosted: everything between a question and typed data.

``client`` has the endpoints, in ``features``, ``texts``, ``firing``, ``explanations`` and ``catalogue``; below them
stand ``together`` (what is asked at once), ``completing`` and ``pages`` (answers made of several), ``transport`` (one
session, retries, redirects), ``cache`` (copies on this machine), ``faults`` (answers to errors), ``body`` (bounded
reading), ``keys`` and ``address`` (who is asked, and who may see the key), ``routes`` (which routes are reads),
``questions`` and ``checks`` (what is refused before it costs a request).
"""

from np_widgets.client.cache import CacheWarning
from np_widgets.client.client import NeuronpediaClient
from np_widgets.client.explanations import SearchInterrupted
from np_widgets.client.keys import session_key
from np_widgets.client.login import login
from np_widgets.client.rates import RateLimit
from np_widgets.client.transport import Reply

__all__ = ["CacheWarning", "NeuronpediaClient", "RateLimit", "Reply", "SearchInterrupted", "login", "session_key"]
