"""The low-level door: any route of the service, with the same key, errors and limits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from np_widgets.client.base import BaseClient
from np_widgets.client.reply import END_MARK, decode_part
from np_widgets.client.routes import Call, encode
from np_widgets.client.streams import Growing, Line
from np_widgets.client.writer import may_have_happened, unconfirmed
from np_widgets.errors import ConnectionFailed, InvalidRequest, NeuronpediaError, ServerError

if TYPE_CHECKING:
    from collections.abc import Generator

    from np_widgets.client.reply import Reply


class DoorEndpoints(BaseClient):
    """The part of :class:`NeuronpediaClient` for routes that have no method of their own."""

    def request(self, method: Literal["GET", "POST"], path: str, json: Any = None, *, about: str = "") -> Reply:  # noqa: ANN401
        """Ask for anything else; errors come as everywhere, the cache is not used, and only reads are asked again.

        Parameters
        ----------
        method : {"GET", "POST"}
        path : str
            Beginning with ``/api/``, its parts quoted.
        json : any
            The body of a POST.
        about : str
            What an error message calls the thing that is asked for.

        Returns
        -------
        Reply
            With ``body``, the bytes as they came; ``json()`` decodes them, and ``parts()`` does where they are JSON
            Lines or server-sent events.

        Raises
        ------
        Unconfirmed
            When the answer was lost to what is not known to be a read, and may have happened.
        NeuronpediaError
            Else, as everywhere.

        Notes
        -----
        What a write changes on such a route is not known here: copies in the cache stay until they are a day old, or
        until ``refresh=True`` or :meth:`clear_cache`.

        Examples
        --------
        >>> client.request("POST", "/api/graph/list-owned").json()
        >>> lens = {"modelId": "gpt2-small", "prompt": "The capital of", "type": ["LOGIT_LENS"]}
        >>> [part["kind"] for part in client.request("POST", "/api/lens/prompt", lens).parts()]
        """
        call = _call(method, path, json, about)
        failure: NeuronpediaError
        try:
            return self._transport.send(call, self._keys.current())
        except NeuronpediaError as error:
            failure = error
        # Raised out here, so that the error that was caught does not stand above it as its context.
        raise _told(call, failure)

    def stream(self, method: Literal["GET", "POST"], path: str, json: Any = None, *, about: str = "") -> Growing[Any]:  # noqa: ANN401
        """Ask for anything else, and take its parts as they arrive: lines of JSON, or what server-sent events carry.

        Parameters
        ----------
        method, path, json, about
            As for :meth:`request`.

        Returns
        -------
        Growing
            An iterator over the decoded parts; an answer that comes whole is its only one. Nothing is sent before its
            first step, which raises what :meth:`request` does. To leave the loop, or to call its ``close()`` from any
            thread, ends the connection.

        Examples
        --------
        >>> for part in client.stream("POST", "/api/lens/prompt", lens): ...
        """
        call = replace(_call(method, path, json, about), is_streamed=True)
        line = Line()
        bodies = self._transport.stream(call, self._keys.current(), line)
        return Growing(line, _decoded(bodies, line, call))

    def openapi(self) -> NoReturn:
        """Say that the service publishes no OpenAPI schema, and where its routes are described.

        Raises
        ------
        InvalidRequest
            Always; ``moved_to`` is the address of the page.

        Notes
        -----
        There is no ``/api/openapi.json``: the page is rendered from comments in the service's source, some of which
        are wrong (contract, section 6, 8 and 35 to 39). The reference of this client says what it really answers.

        Examples
        --------
        >>> client.openapi()
        """
        page = f"{self.base_url}/api-doc"
        refusal = InvalidRequest(
            "Neuronpedia publishes no OpenAPI schema.",
            remedy=f"Its routes are described on {page}; client.request(method, path, json) asks any of them.",
        )
        refusal.moved_to = page
        raise refusal


def _call(method: str, path: str, json: Any, about: str) -> Call:  # noqa: ANN401 (any JSON)
    if method not in ("GET", "POST"):
        raise InvalidRequest(f"The service knows GET and POST, not {method!r}.")
    if not path.startswith("/api/") or not path.isascii() or not path.isprintable() or " " in path:
        raise InvalidRequest(
            f"{path!r} is not a path of the service.", remedy='Begin it with "/api/" and percent-encode its parts.'
        )
    if method == "GET" and json is not None:
        raise InvalidRequest(
            "A GET carries no body.", remedy="Write what is asked for into the path: /api/x?name=value."
        )
    body = None if method == "GET" else encode({} if json is None else json)
    return Call(method, path, body, about or path)


def _decoded(bodies: Generator[bytes, None, None], line: Line, call: Call) -> Generator[Any, None, None]:
    has_begun = False
    try:
        for body in bodies:
            if body.strip() == END_MARK:
                return
            has_begun = True
            yield decode_part(body, call.path)
    except NeuronpediaError as error:
        failure = error
    else:
        return
    finally:
        bodies.close()
    if not (line.is_cut and isinstance(failure, ConnectionFailed)):
        raise failure if has_begun else _told(call, failure)


def _told(call: Call, failure: NeuronpediaError) -> NeuronpediaError:
    """Say so where the answer to a write was lost; every GET is a read."""
    is_read = call.method == "GET" or call.is_repeatable
    is_lost = isinstance(failure, (ConnectionFailed, ServerError)) and may_have_happened(failure)
    return unconfirmed(call, failure) if is_lost and not is_read else failure
