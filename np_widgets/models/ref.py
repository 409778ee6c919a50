"""The name of a feature, in all the forms in which people have it."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote, unquote, urlsplit

import msgspec

from np_widgets.checks import OWN_IDS
from np_widgets.errors import InvalidRequest

#: Whatever names a feature: a :class:`FeatureRef`, ``"model/source/index"``, a URL, a tuple, or ``(sae, index)``.
RefLike: TypeAlias = Any

_FORMS = 'Write it as "gpt2-small/6-res-jb/650", ("gpt2-small", "6-res-jb", 650), a neuronpedia.org URL, or (sae, 650).'
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_LARGEST_INDEX = 2**63 - 1


def _short(value: object) -> str:
    """Show what was given, but not the whole of a frame or an array."""
    shown = " ".join(repr(value).split())
    return shown if len(shown) <= 80 else f"{shown[:79]}…"


class FeatureRef(msgspec.Struct, frozen=True, order=True):
    """The name of one feature: model, source, index.

    Parameters
    ----------
    model : str
        Neuronpedia's id of the model, such as ``"gpt2-small"`` (not its Hugging Face name).
    source : str
        The id of one SAE, transcoder or neuron layer, such as ``"6-res-jb"``.
    index : int
        The feature's number in the source, from 0.

    Raises
    ------
    InvalidRequest
        When a part is empty or not of its form.
    """

    model: str
    source: str
    index: int

    def __post_init__(self) -> None:
        for part, value in (("model", self.model), ("source", self.source)):
            if not isinstance(value, str) or not _NAME.fullmatch(value):
                remedy = f"{OWN_IDS} {_FORMS}" if part == "model" and "/" in str(value) else _FORMS
                raise InvalidRequest(f"{value!r} is not the id of a {part}.", remedy=remedy)
        if isinstance(self.index, bool) or not isinstance(self.index, int) or not 0 <= self.index <= _LARGEST_INDEX:
            raise InvalidRequest(f"{self.index!r} is not a feature's index (a whole number from 0).", remedy=_FORMS)

    def __str__(self) -> str:
        return f"{self.model}/{self.source}/{self.index}"

    @property
    def path(self) -> str:
        """The three parts, quoted for a URL."""
        return f"{quote(self.model)}/{quote(self.source)}/{self.index}"

    def with_index(self, index: int) -> FeatureRef:
        """Name another feature of the same source."""
        return FeatureRef(self.model, self.source, index)

    @classmethod
    def from_saelens(cls, release: str, sae_id: str, index: int) -> FeatureRef:
        """Name a feature of one of SAELens' pretrained SAEs, without SAELens and without torch.

        Parameters
        ----------
        release, sae_id : str
            As ``SAE.from_pretrained(release, sae_id)`` takes them: ``"gpt2-small-res-jb"``,
            ``"blocks.6.hook_resid_pre"``.
        index : int
            The feature's number in the SAE, from 0.

        Returns
        -------
        FeatureRef

        Raises
        ------
        InvalidRequest
            When SAELens has no such release or no such SAE in it (the nearest names are suggested), or when the SAE
            has no page on Neuronpedia, as most have none.

        Notes
        -----
        The page is looked up in a table from SAELens' own directory and never made up: the layer in Neuronpedia's id
        is not always the block in SAELens' id.
        """
        from np_widgets.saelens import read_directory

        return cls._from_sae(read_directory().neuronpedia_id(release, sae_id), index)

    def to_saelens(self) -> list[tuple[str, str]]:
        """Find the names of this feature's SAE in SAELens, to be loaded with ``SAE.from_pretrained(release, sae_id)``.

        Returns
        -------
        list of tuple of str
            Every (release, sae_id) whose features have their pages under this source. SAELens may give one SAE
            several names; the list is empty where it has none, as for the layers of plain neurons.
        """
        from np_widgets.saelens import read_directory

        return read_directory().saelens_ids(f"{self.model}/{self.source}")

    @classmethod
    def parse(cls, ref: RefLike) -> FeatureRef:
        """Read a reference in any of its forms.

        Parameters
        ----------
        ref : FeatureRef, str, tuple, mapping, or anything with a ``ref``
            ``"model/source/index"``; a neuronpedia.org URL of a feature, with or without query or embed
            parameters; ``(model, source, index)``; ``(sae, index)`` with an SAE of SAELens; a mapping with the
            keys model, source, index; a :class:`Feature` or anything else that has a ``ref``.

        Returns
        -------
        FeatureRef

        Raises
        ------
        InvalidRequest
            When the reference is of none of these forms; the message shows the right ones.
        """
        if isinstance(ref, cls):
            return ref
        if isinstance(ref, str):
            return cls._from_text(ref)
        if isinstance(ref, Mapping):
            return cls._from_mapping(ref)
        if isinstance(ref, Sequence):
            return cls._from_sequence(ref)
        inner = getattr(ref, "ref", None)
        if isinstance(inner, (cls, str)):
            return cls.parse(inner)
        if _neuronpedia_id(ref) is not _ABSENT:
            raise InvalidRequest("An SAE alone does not name a feature.", remedy="Give its index too: (sae, 650).")
        raise InvalidRequest(f"{_short(ref)} does not name a feature.", remedy=_FORMS)

    @classmethod
    def _from_text(cls, text: str) -> FeatureRef:
        stripped = text.strip()
        is_url = "://" in stripped or stripped.lower().startswith(("www.", "neuronpedia.org"))
        parts = _url_parts(stripped) if is_url else stripped.strip("/").split("/")
        if len(parts) > 3 and not is_url:
            remedy = f"{OWN_IDS} {_FORMS}"
            raise InvalidRequest(f"{text!r} does not name a feature: it has {len(parts)} parts.", remedy=remedy)
        if len(parts) != 3:
            raise InvalidRequest(f"{text!r} does not name a feature: it needs model, source and index.", remedy=_FORMS)
        return cls._from_parts(*parts)

    @classmethod
    def _from_mapping(cls, ref: Mapping[Any, Any]) -> FeatureRef:
        missing = [name for name in ("model", "source", "index") if name not in ref]
        if missing:
            raise InvalidRequest(f"The mapping that names a feature has no {missing[0]!r}.", remedy=_FORMS)
        return cls._from_parts(ref["model"], ref["source"], ref["index"])

    @classmethod
    def _from_sequence(cls, ref: Sequence[Any]) -> FeatureRef:
        if len(ref) == 3:
            return cls._from_parts(*ref)
        if len(ref) == 2:
            return cls._from_sae(*ref)
        raise InvalidRequest(f"{_short(ref)} does not name a feature: it has {len(ref)} parts.", remedy=_FORMS)

    @classmethod
    def _from_sae(cls, sae: Any, index: Any) -> FeatureRef:  # noqa: ANN401 (SAELens is not a dependency)
        neuronpedia_id = sae if isinstance(sae, str) else _neuronpedia_id(sae)
        if neuronpedia_id is _ABSENT:
            raise InvalidRequest(f"({_short(sae)}, {index!r}) does not name a feature.", remedy=_FORMS)
        if neuronpedia_id is None:
            raise InvalidRequest(
                "This SAE has no neuronpedia_id, so it has no page on Neuronpedia that could be looked up.",
                remedy='If you know its page, name it yourself: ("model", "source", index).',
            )
        if str(neuronpedia_id).count("/") != 1:
            raise InvalidRequest(f"{neuronpedia_id!r} is not a neuronpedia_id (model/source).", remedy=_FORMS)
        model, source = str(neuronpedia_id).split("/")
        return cls._from_parts(model, source, index)

    @classmethod
    def _from_parts(cls, model: Any, source: Any, index: Any) -> FeatureRef:  # noqa: ANN401 (checked here)
        if isinstance(index, str) and re.fullmatch(r"[0-9]{1,19}", index.strip()):
            number = int(index)
        elif isinstance(index, (bool, str)):
            raise InvalidRequest(f"{index!r} is not a feature's index (a whole number from 0).", remedy=_FORMS)
        else:
            try:
                number = operator.index(index)  # NumPy's integers too, floats not
            except TypeError:
                raise InvalidRequest(
                    f"{index!r} is not a feature's index (a whole number from 0).", remedy=_FORMS
                ) from None
        return cls(model, source, number)


_ABSENT = object()


def _neuronpedia_id(sae: Any) -> Any:  # noqa: ANN401 (three shapes of three versions of SAELens)
    """Find ``neuronpedia_id`` where SAELens 6, 3 to 5, and its dict configurations keep it."""
    cfg = sae if isinstance(sae, Mapping) else getattr(sae, "cfg", _ABSENT)
    if cfg is _ABSENT:
        return _ABSENT
    if isinstance(cfg, Mapping):
        return cfg.get("neuronpedia_id")
    metadata = getattr(cfg, "metadata", None)
    return getattr(metadata if metadata is not None else cfg, "neuronpedia_id", None)


def _url_parts(url: str) -> list[str]:
    path = urlsplit(url if "://" in url else f"https://{url}").path.strip("/")
    return [unquote(part) for part in path.removeprefix("api/feature/").split("/")]
