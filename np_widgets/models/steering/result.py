"""What a steered model says, and what it says unsteered."""

from __future__ import annotations

from typing import Any

import msgspec

from np_widgets.errors import InvalidRequest
from np_widgets.models.matches import Answer
from np_widgets.models.record import Record
from np_widgets.models.steering.parts import ChatMessage, read_messages
from np_widgets.models.steering.request import SteerRequest


class Candidate(Record, frozen=True, kw_only=True, eq=False):
    """A token that could have been written, and the natural logarithm of its probability."""

    token: str
    logprob: float | None = None


class TokenLogprob(Record, frozen=True, kw_only=True, eq=False):
    """A written token, the natural logarithm of its probability, and the likeliest tokens in its place."""

    token: str
    logprob: float | None = None
    candidates: tuple[Candidate, ...] = ()


class AxisTurn(Record, frozen=True, kw_only=True, eq=False):
    """Where one turn of a conversation lies on each axis, and where it lies after a cap; None where nothing is known.

    ``snippet`` is the beginning of the turn.
    """

    snippet: str
    values: tuple[float | None, ...] = ()
    capped_values: tuple[float | None, ...] = ()


class AxisReading(Record, frozen=True, kw_only=True, eq=False):
    """Where the turns of a conversation lie on the axes that ``titles`` names."""

    titles: tuple[str, ...] = ()
    turns: tuple[AxisTurn, ...] = ()


class SteerText(Record, frozen=True, kw_only=True, eq=False):
    """What the model has said so far, on one of the two sides.

    Attributes
    ----------
    text : str
        What it wrote: without the prompt, and of a chat the last turn.
    raw : str or None
        Of a chat, the whole conversation as the model reads and writes it, the template's own tokens included.
    messages : tuple of ChatMessage
        Of a chat, the whole conversation with the new turn.
    tokens : tuple of TokenLogprob
        Token by token, where the source tells.
    axes : AxisReading or None
        Of a chat, where it was asked for.
    """

    text: str
    raw: str | None = None
    messages: tuple[ChatMessage, ...] = ()
    tokens: tuple[TokenLogprob, ...] = ()
    axes: AxisReading | None = None


class SteerResult(Answer, frozen=True, kw_only=True, eq=False):
    """Both texts, as far as they have come; each result of a stream is the whole so far.

    Attributes
    ----------
    request : SteerRequest
    default, steered : SteerText or None
        None while nothing has come.
    is_complete : bool
        Whether both are there to the end; where there was no feature to steer by, the default one.
    interrupted : str or None
        Why it broke off before the end: what had come is kept.
    id, share_url : str or None
        The run as the service keeps it.
    """

    request: SteerRequest
    default: SteerText | None = None
    steered: SteerText | None = None
    is_complete: bool = False
    interrupted: str | None = None
    id: str | None = None
    share_url: str | None = None

    def reply(self, message: str, **changes: Any) -> SteerRequest:  # noqa: ANN401 (the fields of SteerSettings)
        """Go on with a chat: the request with both conversations as they stand, and the user's next message.

        Parameters
        ----------
        message : str
            What the user says next, to both.
        **changes
            Settings that shall be others from now on.

        Raises
        ------
        InvalidRequest
            When this is no chat, is not complete, or the conversations grow too long.
        """
        if not self.request.is_chat or not self.is_complete or self.default is None or self.steered is None:
            begun = "was steered by nothing" if self.is_complete else "has not come to its end"
            what = begun if self.request.is_chat else "goes on with a prompt and is no chat"
            raise InvalidRequest(f"This run {what}, so it cannot be replied to.", remedy="Run it (again) as a chat.")
        said = read_messages(message)
        return msgspec.structs.replace(
            self.request,
            default_messages=self.default.messages + said,
            steered_messages=self.steered.messages + said,
            settings=self.request.settings.changed(**changes),
        ).check()

    def __repr__(self) -> str:
        state = "complete" if self.is_complete else f"interrupted: {self.interrupted}" if self.interrupted else "so far"
        texts = ", ".join(f"{side} {text.text!r}" for side, text in self._sides() if text)
        return f"<{self.request.model} steered by {len(self.request.features)} ({state}): {texts or 'no text yet'}>"

    def _sides(self) -> tuple[tuple[str, SteerText | None], ...]:
        return ("default", self.default), ("steered", self.steered)
