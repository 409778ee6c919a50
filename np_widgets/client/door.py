"""The low-level door: any route of the service, with the same key, errors and limits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from np_widgets.client.base import BaseClient
from np_widgets.client.reply import END_MARK, decode_part
from np_widgets.client.routes import Call, encode
from np_widgets.client.streams import Growing, Line
from np_widgets.errors import ConnectionFailed, InvalidRequest

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
        NeuronpediaError
            Of a ConnectionFailed, ``was_sent`` says whether a write may have happened all the same.

        Examples
        --------
        >>> client.request("POST", "/api/graph/list-owned").json()
        >>> lens = {"modelId": "gpt2-small", "prompt": "The capital of", "type": ["LOGIT_LENS"]}
        >>> [part["kind"] for part in client.request("POST", "/api/lens/prompt", lens).parts()]
        """
        return self._transport.send(_call(method, path, json, about), self._keys.current())

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
            first step. To leave the loop, or to call its ``close()`` from any thread, ends the connection.

        Examples
        --------
        >>> for part in client.stream("POST", "/api/lens/prompt", lens): ...
        """
        call = replace(_call(method, path, json, about), is_streamed=True)
        line = Line()
        bodies = self._transport.stream(call, self._keys.current(), line)
        return Growing(line, _decoded(bodies, line, path))

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
    body = None if method == "GET" else encode({} if json is None else json)
    return Call(method, path, body, about or path)


def _decoded(bodies: Generator[bytes, None, None], line: Line, path: str) -> Generator[Any, None, None]:
    try:
        for body in bodies:
            if body.strip() == END_MARK:
                return
            yield decode_part(body, path)
    except ConnectionFailed:
        if not line.is_cut:
            raise
    finally:
        bodies.close()
