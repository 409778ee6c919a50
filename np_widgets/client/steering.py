"""Steering: texts that grow, saved runs, presets."""
# ruff: noqa: ANN401 (what may be steered by has many forms, and its settings go on to SteerRequest.make)

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, overload
from urllib.parse import parse_qs, urlsplit

import msgspec

from np_widgets import checks
from np_widgets.client import calls
from np_widgets.client.address import Address, origin_of
from np_widgets.client.base import BaseClient
from np_widgets.client.streams import Growing, Line
from np_widgets.errors import ConnectionFailed, InvalidRequest, NeuronpediaError
from np_widgets.models import SteerRequest, SteerResult
from np_widgets.wire import read_saved_steering, read_steer_result, read_steering_presets

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from np_widgets.client.reader import Decode
    from np_widgets.client.routes import Call
    from np_widgets.models import FeaturesLike, MessagesLike, Provenance, SteeringPreset

_RUN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RUN_FORMS = 'Write it as "cm7cp63af00jx1q952neqg6e5", or as the address that share_url has.'


class SteeringEndpoints(BaseClient):
    """The steering part of :class:`NeuronpediaClient`."""

    @overload
    def steer(
        self, features: Any = ..., prompt: str | None = ..., *, stream: Literal[False] = ..., **options: Any
    ) -> SteerResult: ...

    @overload
    def steer(
        self, features: Any = ..., prompt: str | None = ..., *, stream: Literal[True], **options: Any
    ) -> Growing[SteerResult]: ...

    def steer(
        self,
        features: FeaturesLike | None = None,
        prompt: str | None = None,
        *,
        stream: bool = False,
        **options: Any,
    ) -> SteerResult | Growing[SteerResult]:
        """Let a model go on with a prompt, steered and unsteered (``POST /api/steer``; contract, 5.4).

        Parameters
        ----------
        features : list, mapping, one feature, or SteerRequest
            References with ``strengths``, or ``{reference: strength}``; or a whole request, also that of a chat.
        prompt : str
            1 to 2048 characters.
        stream : bool
            Whether the texts are wanted while they grow.
        **options
            ``strengths``, ``model``, ``settings``, or single settings such as ``temperature=0``, ``n_tokens=32``; see
            :meth:`SteerRequest.make`. ``vector_id`` and ``strength`` name one feature or vector and its strength, as
            the service's upload page writes it. The frequency penalty has no effect: the service takes it, and nothing
            behind it reads it.

        Returns
        -------
        SteerResult
            Both texts, without the prompt.
        Growing of SteerResult
            With ``stream``: an iterator over the whole so far, each time more of it. Nothing is sent before its first
            step. To leave the loop, or to call its ``close()`` from any thread, ends the connection. The last result
            is complete; or it is ``interrupted``, with the reason, when the stream broke off and something had come.

        Raises
        ------
        InvalidRequest
            Before anything is sent, when the service would refuse it.
        NeuronpediaError
            When nothing came at all. What costs one of 240 requests in an hour (``rate_limits["/api/steer"]``) is
            never asked again by itself; a run that was asked for before comes from the service's own memory, whole.

        Examples
        --------
        >>> result = client.steer({"gpt2-small/6-res-jb/650": 40}, "Once upon a time", n_tokens=8)
        >>> result.steered.text, result.default.text
        >>> for so_far in client.steer({"gpt2-small/6-res-jb/650": 40}, "Once", stream=True, n_tokens=8): ...
        """
        if features is None and "vector_id" in options:
            features, options["strengths"] = [options.pop("vector_id")], options.pop("strength", None)
        return self._steer(SteerRequest.make([] if features is None else features, prompt, **options), stream=stream)

    @overload
    def steer_chat(
        self, features: Any, messages: MessagesLike = ..., *, stream: Literal[False] = ..., **options: Any
    ) -> SteerResult: ...

    @overload
    def steer_chat(
        self, features: Any, messages: MessagesLike = ..., *, stream: Literal[True], **options: Any
    ) -> Growing[SteerResult]: ...

    def steer_chat(
        self,
        features: FeaturesLike,
        messages: MessagesLike | None = None,
        *,
        stream: bool = False,
        **options: Any,
    ) -> SteerResult | Growing[SteerResult]:
        """Let a model answer in a chat, steered and unsteered (``POST /api/steer-chat``; contract, 5.4).

        The two conversations diverge with the first answer; ``client.steer_chat(result.reply("And then?"))`` goes on
        with both.

        Parameters
        ----------
        features : list, mapping, one feature, or SteerRequest
            With none of them, ``model`` named and no stream, the model answers unsteered, and ``steered`` is None.
        messages : str or list
            The user's message, or the conversation so far; see :meth:`SteerRequest.make`.
        stream, **options
            As for :meth:`steer`; also ``special_tokens``, whether the template's own tokens are steered too,
            ``assistant_axis``, and ``default_messages``.

        Returns
        -------
        SteerResult or Growing of SteerResult
            As for :meth:`steer`. ``text`` is the new turn, ``messages`` the conversation with it.

        Raises
        ------
        NeuronpediaError
            As for :meth:`steer`; InvalidRequest also when the model has no chat template.

        Examples
        --------
        >>> result = client.steer_chat({"gpt2-small/6-res-jb/650": 40}, "Who are you?", n_tokens=8)
        >>> client.steer_chat(result.reply("And then?"))
        """
        return self._steer(SteerRequest.make(features, messages=messages, **options), stream=stream)

    def _steer(self, request: SteerRequest, *, stream: bool) -> SteerResult | Growing[SteerResult]:
        if stream and not request.features:
            raise InvalidRequest("There is no feature to steer by.", remedy="Name at least one, or use stream=False.")
        call = calls.steer(request, stream=stream)
        decode = self._reading(call, request)
        if not stream:
            return _ended(self._reader.read(call, decode))
        line = Line()
        bodies = self._transport.stream(call, self._keys.current(), line)
        return Growing(line, _grow(bodies, line, lambda body: self._reader.decode(call, decode, body)))

    def _reading(self, call: Call, request: SteerRequest) -> Decode[SteerResult]:
        """Read a result, and keep what it says of the limit."""
        asked_at, limits = datetime.now(UTC), self._transport.limits

        def decode(body: bytes, origin: Provenance) -> SteerResult:
            result, remaining = read_steer_result(body, request, origin)
            limits.note_remaining(call.path, remaining or "", asked_at)
            return result

        return decode

    def load_steering(self, run: str, *, model: str | None = None, refresh: bool = False) -> SteerResult:
        """Load a saved run, with all that it was asked for (``POST /api/steer-load``; contract, 5.4).

        Parameters
        ----------
        run : str
            Its id, or its address (``share_url``). Who knows either can load it.
        model : str, optional
            The model that was steered. The service does not say; an address such as
            ``…/gemma-2-9b-it/steer?saved=…`` does, and else it is taken to be that of the features.
        refresh : bool
            Go past the cache.

        Returns
        -------
        SteerResult
            ``load_steering(…).request`` is what to ask to run it again.

        Examples
        --------
        >>> client.load_steering("cm7cp63af00jx1q952neqg6e5")
        """
        name, shown = _run_of(run, self._address)
        steered = shown if model is None else checks.check_name(model, "model", "gpt2-small")
        call = calls.load_steering(name)
        return self._reader.read(call, lambda body, origin: read_saved_steering(body, origin, steered), refresh=refresh)

    def steering_presets(self, model: str, *, refresh: bool = False) -> tuple[SteeringPreset, ...]:
        """List what the site offers to steer a model by, your own vectors first (``POST /api/steer/presets``).

        It counts towards the limit of steering, so it is kept for a day; ``refresh=True`` shows vectors that you have
        uploaded elsewhere since.

        Examples
        --------
        >>> [preset.name for preset in client.steering_presets("gpt2-small")]
        """
        call = calls.steering_presets(checks.check_name(model, "model", "gpt2-small"))
        return self._reader.read(call, lambda body, _origin: read_steering_presets(body), refresh=refresh)


def _grow(
    bodies: Generator[bytes, None, None], line: Line, decode: Callable[[bytes], SteerResult]
) -> Generator[SteerResult, None, None]:
    """Read what comes over a line, and judge at its end whether that was all."""
    before = last = None
    broken: str | None = None
    with closing(bodies):
        try:
            for body in bodies:
                if line.is_cut:  # what had come before that is still there to be read
                    return
                before, last = last, decode(body)
                if line.is_live and not _is_last(before, last):
                    yield last
        except Exception as error:
            if line.is_cut:
                return
            if last is None or not isinstance(error, NeuronpediaError):
                raise
            broken = None if _is_last(before, last) else str(error)
    if not line.is_cut:
        yield _ended(last, broken)


def _is_last(before: SteerResult | None, result: SteerResult) -> bool:
    """Whether a result brings the id, which is made when both texts are there; nothing is missing behind it.

    An id that was there from the beginning is that of a steered text from before, beside which the other one grows.
    """
    return bool(before and result.id and not before.id)


def _ended(last: SteerResult | None, broken: str | None = None) -> SteerResult:
    """Mark the last result of a run as what it is."""
    if last is None:
        raise ConnectionFailed("The stream ended before its first word.", remedy="Try again; stream=False may say why.")
    sides = {"default": last.default, "steered": last.steered if last.request.features else last.default}
    missing = [side for side, text in sides.items() if text is None]
    if missing and broken is None:
        broken = f"The answer ended without the {' and the '.join(missing)} text."
    return msgspec.structs.replace(last, is_complete=broken is None, interrupted=broken)


def _run_of(run: str, own: Address) -> tuple[str, str | None]:
    """Find a run's id, in itself or in its address, which must be of the service that is asked; there also the model.

    The addresses are ``/steer/{id}``, which leads on to ``/{model}/steer?saved={id}``.
    """
    text, model = run.strip() if isinstance(run, str) else "", None
    if origin := origin_of(text):
        parts, site = urlsplit(text), Address.find(origin)
        if site.origin != own.origin:
            raise InvalidRequest(
                f"The run is kept on {site.host}, and this client asks {own.host}.",
                remedy=f'Ask NeuronpediaClient(base_url="{site.base}").',
            )
        text = parts.path.rstrip("/").rpartition("/")[2]
        if saved := parse_qs(parts.query).get("saved"):
            text, model = saved[0], parts.path.strip("/").removesuffix("/steer")
    if not _RUN.fullmatch(text):
        raise InvalidRequest(f"{run!r} does not name a saved run.", remedy=_RUN_FORMS)
    return text, None if model is None else checks.check_name(model, "model", "gpt2-small")
