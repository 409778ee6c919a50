"""The one tree of errors.

::

    NeuronpediaError
    ├── InvalidRequest        refused here or by the service: the input is wrong        (also a ValueError)
    ├── NotFound              no such feature, source or model, or a private one        (also a LookupError)
    ├── Unauthorized          the key is missing or not accepted
    ├── RateLimited           the window of requests is used up
    ├── ServerError           the service failed
    ├── ConnectionFailed      no answer, or one cut short                                (also a ConnectionError)
    ├── Unconfirmed           a write whose answer was lost: it may have happened
    └── UnexpectedResponse    an answer that is not what the contract says

Each message says what happened, to what, and what to do. None ever holds an API key.
"""

from __future__ import annotations


class NeuronpediaError(Exception):
    """Anything that went wrong between a request and its result.

    Attributes
    ----------
    remedy : str
        What the user can do about it, one sentence; may be empty.
    status : int or None
        The HTTP status, where there was an answer.
    """

    title = "Something went wrong"

    def __init__(self, message: str, *, remedy: str = "", status: int | None = None) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy
        self.status = status


class InvalidRequest(NeuronpediaError, ValueError):
    """The input cannot be right; mostly found before any request is sent.

    Attributes
    ----------
    moved_to : str or None
        Where the data is now, when the service has taken a route away and says so.
    """

    title = "This cannot be asked"
    moved_to: str | None = None


class NotFound(NeuronpediaError, LookupError):
    """Nothing stands under that name, or it is private: the service gives both the same answer."""

    title = "Not found"


class Unauthorized(NeuronpediaError):
    """The route needs an API key, or the key was not accepted."""

    title = "An API key is needed"


class RateLimited(NeuronpediaError):
    """The service's limit for this address is used up.

    Attributes
    ----------
    endpoint : str or None
        The limited group of routes, as the service names it.
    limit : int or None
        Requests per window.
    window : str or None
        The window's length as the service writes it, such as ``"60 m"``.
    """

    title = "The rate limit is used up"

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        status: int | None = 429,
        endpoint: str | None = None,
        limit: int | None = None,
        window: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy, status=status)
        self.endpoint = endpoint
        self.limit = limit
        self.window = window


class ServerError(NeuronpediaError):
    """The service answered with a failure of its own (5xx)."""

    title = "The service failed"


class ConnectionFailed(NeuronpediaError, ConnectionError):
    """No answer came, or it broke off: no network, a refused connection, a timeout, a cut body.

    Attributes
    ----------
    was_sent : bool
        Whether the request may have reached the service; False where it certainly did not.
    """

    title = "No connection"

    def __init__(self, message: str, *, remedy: str = "", status: int | None = None, was_sent: bool = True) -> None:
        super().__init__(message, remedy=remedy, status=status)
        self.was_sent = was_sent


class Unconfirmed(NeuronpediaError):
    """A write was sent and its answer was lost, so that it may have happened; the remedy says where to look.

    It is none of the errors after which one asks again: whoever repeats the write without looking may do it twice.
    """

    title = "It may have happened"


class UnexpectedResponse(NeuronpediaError):
    """The answer is not what the contract says: HTML for JSON, a redirect elsewhere, a body too large."""

    title = "An unexpected answer"
