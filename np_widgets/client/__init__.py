"""HTTP to Neuronpedia, hosted or self-hosted: everything between a question and typed data.

``client`` has the endpoints, in ``features``, ``texts``, ``firing``, ``explanations``, ``catalogue``, ``steering`` and
``token_steering``; below them stand ``together`` (what is asked at once), ``completing`` and ``pages`` (answers made
of several), ``transport`` (one question, one answer, redirects), ``session`` (what is asked again), ``cache`` (copies
on this machine), ``faults`` (answers to errors), ``body`` (bounded reading), ``streams`` (answers that grow), ``keys``
and ``address`` (who is asked, and who may see the key), ``routes`` (which routes are reads), ``calls`` (the questions
as the contract has them).

What is asked is checked in :mod:`np_widgets.checks` and :mod:`np_widgets.searches`, before it costs a request.

What writes stands in ``vectors``, ``lists``, ``notes``, ``uploads`` and ``interp``; below them ``writer`` (a write,
sent once), ``many`` (many of one kind), ``writes`` (as the contract has them), ``concerns`` (which copies a write makes
wrong), ``given`` and ``unstored`` (what users hand over, and what of it the service has no place for). ``door`` leads
to the routes that have no method.
"""

from np_widgets.client.cache import CacheWarning
from np_widgets.client.client import NeuronpediaClient
from np_widgets.client.explanations import SearchInterrupted
from np_widgets.client.interp import MissingModelKey
from np_widgets.client.keys import session_key
from np_widgets.client.rates import RateLimit
from np_widgets.client.reply import Reply
from np_widgets.client.shortcuts import upload_crosscoder_features, upload_dashboard
from np_widgets.client.signing_in import login
from np_widgets.client.uploads.endpoints import UploadWarning

__all__ = [
    "CacheWarning",
    "MissingModelKey",
    "NeuronpediaClient",
    "RateLimit",
    "Reply",
    "SearchInterrupted",
    "UploadWarning",
    "login",
    "session_key",
    "upload_crosscoder_features",
    "upload_dashboard",
]
