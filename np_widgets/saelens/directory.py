"""SAELens' names of an SAE to Neuronpedia's, and back."""

from __future__ import annotations

import gzip
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from np_widgets.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Collection

TABLE = "ids.json.gz"
_SUGGESTIONS = 3


class Directory(msgspec.Struct, frozen=True):
    """What SAELens' directory of pretrained SAEs (``pretrained_saes.yaml``) says about Neuronpedia.

    Parameters
    ----------
    version : str
        The version of the package sae-lens that the directory was read from.
    releases : dict
        By release, then by SAE id: the ``neuronpedia_id``, ``"model/source"``, or None where the SAE has no page on
        Neuronpedia. Both in SAELens' own order.
    """

    version: str
    releases: dict[str, dict[str, str | None]]

    def neuronpedia_id(self, release: str, sae_id: str) -> str:
        """Find the page of an SAE.

        Parameters
        ----------
        release, sae_id : str
            As ``SAE.from_pretrained(release, sae_id)`` takes them.

        Returns
        -------
        str
            ``"model/source"``

        Raises
        ------
        InvalidRequest
            When there is no such release, no such id in it (the nearest names are suggested), or no page.
        """
        if not isinstance(release, str) or release not in self.releases:
            raise InvalidRequest(
                f"{release!r} is not a release of SAELens {self.version}.", remedy=_suggest(release, self.releases)
            )
        ids = self.releases[release]
        if not isinstance(sae_id, str) or sae_id not in ids:
            raise InvalidRequest(
                f"{sae_id!r} is not an SAE of SAELens' release {release!r}.",
                remedy=f"{self._elsewhere(release, str(sae_id))}{_suggest(sae_id, ids)}",
            )
        found = ids[sae_id]
        if found is None:
            raise InvalidRequest(
                f"{sae_id!r} of {release!r} has no page on Neuronpedia, going by SAELens {self.version}.",
                remedy=f"{_with_pages(sae_id, ids)} "
                'If you know its page, name it yourself: ("model", "source", index). '
                "Your own data need no page: Feature.from_json reads them.",
            )
        return found

    def saelens_ids(self, neuronpedia_id: str) -> list[tuple[str, str]]:
        """Find all names that SAELens has for a page.

        Parameters
        ----------
        neuronpedia_id : str
            ``"model/source"``

        Returns
        -------
        list of tuple of str
            Each (release, sae_id), in SAELens' order; empty where SAELens' directory does not name the page.
        """
        return [
            (release, sae_id)
            for release, ids in self.releases.items()
            for sae_id, found in ids.items()
            if found == neuronpedia_id
        ]

    def _elsewhere(self, release: str, sae_id: str) -> str:
        """Say which release of a similar name has just this id: a plain and a canonical one are easily confused."""
        others = [name for name, ids in self.releases.items() if sae_id in ids]
        nearest = get_close_matches(release, others, n=1)
        return f"The release {nearest[0]!r} has it. " if nearest else ""


@cache
def read_directory() -> Directory:
    """Read the shipped table, on the first call only.

    Returns
    -------
    Directory
        Made by ``collect.py`` from the wheel of sae-lens 6.54.12: 13,857 SAEs in 170 releases, 2,441 with a page.
    """
    return msgspec.json.decode(gzip.decompress((files(__package__) / TABLE).read_bytes()), type=Directory)


def _suggest(name: object, known: Collection[str]) -> str:
    """Name what may have been meant, or, where nothing is near, show what such names look like."""
    text = str(name)
    near = get_close_matches(text, known, n=_SUGGESTIONS) or [one for one in known if text in one][:_SUGGESTIONS]
    return f"Did you mean {_listed(near)}?" if near else f"Such names are written like {next(iter(known))!r}."


def _with_pages(sae_id: str, ids: dict[str, str | None]) -> str:
    paged = [one for one, found in ids.items() if found is not None]
    if not paged:
        return "No SAE in this release has one."
    nearest = get_close_matches(sae_id, paged, n=_SUGGESTIONS, cutoff=0)
    return f"In this release {len(paged)} of {len(ids)} have one, such as {_listed(nearest)}."


def _listed(names: list[str]) -> str:
    return " or ".join(repr(name) for name in names)
