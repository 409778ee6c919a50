"""Features and whole SAEs, uploaded: looked through, announced, sent."""

from __future__ import annotations

import re
import warnings
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from np_widgets import checks
from np_widgets.client.catalogue import CatalogueEndpoints
from np_widgets.client.unstored import refuse_unstored
from np_widgets.client.uploads.handed import read_handed
from np_widgets.client.uploads.journal import Heading, Journal
from np_widgets.client.uploads.sending import Sending
from np_widgets.client.uploads.survey import Survey
from np_widgets.errors import InvalidRequest, NotFound
from np_widgets.models import Feature, Provenance
from np_widgets.models.uploads import UploadReport
from np_widgets.wire.uploads import MOST_FEATURES, as_stored, write_upload

if TYPE_CHECKING:
    import os

    from np_widgets.client.uploads.handed import FeaturesToUpload


_WRITE = 'client.upload_features(features, model="gpt2-small", source="6-my-sae")'
#: What can be said of an upload of many features.
OPTIONS = ("model", "source", "journal", "invalid", "batch_size", "dry_run")


class UploadWarning(UserWarning):
    """Something that was handed over is not stored by the service."""


class FeatureUploads(CatalogueEndpoints):
    """What uploads features; the thin uses of it stand in ``familiar``."""

    @overload
    def upload_features(
        self,
        features: FeaturesToUpload,
        *,
        model: str | None = None,
        source: str | None = None,
        journal: str | os.PathLike[str] | None = None,
        invalid: Literal["raise", "skip"] = "raise",
        batch_size: int = MOST_FEATURES,
        dry_run: Literal[False] = False,
    ) -> UploadReport: ...

    @overload
    def upload_features(
        self,
        features: FeaturesToUpload,
        *,
        model: str | None = None,
        source: str | None = None,
        journal: str | os.PathLike[str] | None = None,
        invalid: Literal["raise", "skip"] = "raise",
        batch_size: int = MOST_FEATURES,
        dry_run: Literal[True],
    ) -> list[Feature]: ...

    def upload_features(
        self,
        features: FeaturesToUpload,
        *,
        model: str | None = None,
        source: str | None = None,
        journal: str | os.PathLike[str] | None = None,
        invalid: Literal["raise", "skip"] = "raise",
        batch_size: int = MOST_FEATURES,
        dry_run: bool = False,
        **unstored: object,
    ) -> UploadReport | list[Feature]:
        """Upload the dashboards of any number of features to a source of your own.

        Parameters
        ----------
        features : list, frame, or folder
            :class:`Feature` objects, or mappings as :meth:`upload_feature` takes them; a frame with a row for each
            token (``to_dataframe("tokens")``) or for each example (``index``, ``tokens``, ``values``), and perhaps
            ``density`` and ``explanation``; or the folder that SAEDashboard's runner has written, of which one file
            at a time is read.
        model, source : str, optional
            To where; by default what all features say of themselves. The source must exist:
            :meth:`create_source_set` makes it, and only whoever made it may upload.
        journal : path, optional
            The file that says what has landed. By default, for a folder, a file in it; for what is in memory none.
        invalid : {"raise", "skip"}
            What to do with features that the service would not take: refuse the whole, or leave them out and count
            them. Each is looked at before anything is sent.
        batch_size : int
            How many features go into a request, 1 to 128; fewer where they are long.
        dry_run : bool
            Send nothing, and return the features as they would appear.
        **unstored
            Refused, with a sentence on what the service does not store: ``visibility``, ``license``, ``tags``, …

        Returns
        -------
        UploadReport
            Or with ``dry_run`` a list of :class:`Feature`.

        Warns
        -----
        UploadWarning
            Before anything is sent, where the service does not store all that the features have: no vectors, no
            histograms, no neighbours, not the model that wrote an explanation.

        Raises
        ------
        InvalidRequest
            When a feature cannot be uploaded; it says which and why.
        NotFound
            When there is no such source.
        Unconfirmed
            When the answer to a batch was lost. The same call again goes on: what the journal knows is not asked
            for, what the service has is not sent.

        Notes
        -----
        ``POST /api/feature/upload-batch``, up to 128 in a request (contract, 5.7). Every feature needs an example,
        every token a character. The service skips a feature that it has, but adds the examples to it a second time
        and says nothing of it, so each batch is looked for before it is sent.

        Examples
        --------
        >>> client.upload_features(features, model="gpt2-small", source="6-my-sae", dry_run=True)[0]
        >>> client.upload_features("dashboards/gpt2-small_my-sae", invalid="skip")
        """
        refuse_unstored("upload_features", unstored, {}, _WRITE, OPTIONS)
        if invalid not in ("raise", "skip"):
            raise InvalidRequest(f'invalid is {invalid!r}; it must be "raise" or "skip".')
        size = checks.check_count(batch_size, "batch_size", 1, MOST_FEATURES)
        survey = Survey(read_handed(features, model, source), _KnownMethods(self)).look()
        if invalid == "raise" or not survey.sources:
            survey.raise_refused()
        model, source = _target(survey, model, source)
        if dry_run:
            return self._as_they_would_appear(survey, model, source)
        self._check_source(model, source)
        for sentence in (lost := survey.sentences()):
            warnings.warn(sentence, UploadWarning, stacklevel=2)
        path = _journal_path(journal, survey.handed.folder, model, source)
        place = Journal(path, Heading(self.base_url, model, source))
        sending = Sending(self._reader, self._writer, model, source, place)
        sending.send(survey.fit(), survey.methods, len(survey.places), size)
        return UploadReport(
            model=model,
            source=source,
            n_features=survey.n_features,
            n_landed=sending.n_landed,
            n_landed_before=sending.n_before,
            n_existing=sending.n_existing,
            refused=tuple(survey.refused),
            not_stored=lost,
            journal=path,
            site=self.base_url,
        )

    def _as_they_would_appear(self, survey: Survey, model: str, source: str) -> list[Feature]:
        origin = Provenance(origin=self._address.host, note="not uploaded: so it would appear")
        rows = (write_upload(feature, survey.methods) for feature in survey.fit())
        return [as_stored(row, model, source, origin, None) for row in rows]

    def _check_source(self, model: str, source: str) -> None:
        """Find the source, since an upload to one that does not exist fails without a word."""
        sets = self.get_model(model, refresh=True).source_sets
        known = [each.id for one in sets for each in one.sources]
        if source in known:
            return
        name = re.sub(r"^[0-9]+-", "", source).partition("__")[0]
        near = get_close_matches(source, known, 1)
        guess = f" Is it {near[0]}?" if near else ""
        raise NotFound(
            f"There is no source {source} of {model}, so nothing was uploaded.{guess}",
            remedy=f'client.create_source_set("{name}", model="{model}") makes one for every layer of the model.',
            status=None,
        )


class _KnownMethods:
    """The kinds of explanation that the service knows, asked for when the first is met."""

    def __init__(self, client: CatalogueEndpoints) -> None:
        self._client = client
        self._names: frozenset[str] | None = None

    def __contains__(self, name: object) -> bool:
        if name is None:
            return False
        if self._names is None:
            self._names = frozenset(method.name for method in self._client.get_catalogue().explanation_methods)
        return name in self._names


def _target(survey: Survey, model: str | None, source: str | None) -> tuple[str, str]:
    """Find to where, from what was said or from what the features say of themselves."""
    own = {(model or its_model, source or its_source) for its_model, its_source in survey.sources}
    if len(own) != 1:
        named = ", ".join(f"{one}/{other}" for one, other in sorted(own)[:3])
        raise InvalidRequest(
            f"The features are of {len(own)} sources: {named}{', …' if len(own) > 3 else ''}.",
            remedy="Name the one that they are to go to: model=…, source=….",
        )
    target = next(iter(own))
    for value, what, example in zip(target, ("model", "source"), ("gpt2-small", "6-my-sae"), strict=True):
        if checks.check_name(value, what, example) != value.lower():
            raise InvalidRequest(
                f"{value!r} has capital letters, and the service writes the id of a {what} in small ones.",
                remedy=f"Give {what}=….",
            )
    return target


def _journal_path(given: str | os.PathLike[str] | None, folder: Path | None, model: str, source: str) -> Path | None:
    if given is not None:
        return Path(given)
    return folder / f"upload_{model}_{source}.jsonl" if folder else None
