"""Lists of features on the site: made, read, changed, deleted; and the quick list, which needs no account."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

import msgspec

from np_widgets import checks
from np_widgets.client import calls, decoding, writes
from np_widgets.client.base import BaseClient
from np_widgets.client.progress import progress
from np_widgets.errors import InvalidRequest, NeuronpediaError
from np_widgets.models import Comment, FeatureRef, RefLike
from np_widgets.models.lists import ListEntry, SavedList
from np_widgets.wire.lists import read_deleted, read_entries, read_entry, read_list, read_new_comment, write_entries

#: References, or ``{reference: description}``.
ListedLike: TypeAlias = Any

#: The routes' own limits (contract, 5.6).
_MOST_AT_ONCE, _LONGEST_TEST, _MOST_TESTED, _MOST_QUICK = 100, 500, 20, 150
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ListEndpoints(BaseClient):
    """The lists' part of :class:`NeuronpediaClient`."""

    def create_list(
        self, name: str, features: ListedLike = (), *, description: str = "", test_text: str | None = None
    ) -> SavedList:
        """Make a list of features, which everyone who knows its address can read.

        Parameters
        ----------
        name : str
        features : iterable of references, or mapping of references to descriptions
            Any number; none may be named twice.
        description : str
        test_text : str, optional
            A text of at most 500 characters that the site runs on every feature; a list with one holds at most 20.

        Returns
        -------
        SavedList
            As it is afterwards. The service leaves out features that do not exist; ``warnings`` names them.

        Notes
        -----
        ``POST /api/list/new-with-features``, or ``/api/list/new`` where there are no features (contract, 5.6). It
        needs an API key, as all methods for lists but :meth:`get_list` and :meth:`quick_list_url` do.

        Examples
        --------
        >>> client.create_list("Cities", ["gpt2-small/6-res-jb/650", "gpt2-small/6-res-jb/651"]).url
        """
        refs, descriptions = _read_listed(features)
        name, test_text = _check_text(name, "A list's name"), _check_test(test_text, len(refs))
        call = writes.new_list(name, description, test_text)
        if refs:
            rows = write_entries(refs, descriptions, as_text=False)
            call = writes.new_list_with_features(name, description, test_text, rows)
        made = self._writer.write(call, read_list)
        try:
            whole = self.get_list(made)
        except NeuronpediaError as error:
            error.add_note(f"The list itself is made: {self.base_url}/list/{made.id}.")
            raise
        there = {entry.ref for entry in whole}
        lost = [ref for ref in refs if ref not in there]
        return msgspec.structs.replace(whole, warnings=(_left_out(lost),)) if lost else whole

    def get_list(self, saved: SavedList | str) -> SavedList:
        """Fetch a list with its features, each with up to three examples (``POST /api/list/get``).

        Parameters
        ----------
        saved : SavedList or str
            A list, its id, or the address of its page. Anyone's; it needs no key. Of a long list the service sends
            the first 300 features.

        Examples
        --------
        >>> [(entry.ref, entry.description) for entry in client.get_list(made)]
        """
        return self._reader.read(calls.saved_list(_id_of(saved)), decoding.saved_list(self.base_url))

    def list_lists(self) -> list[SavedList]:
        """List your own lists, without their features (``POST /api/list/list``).

        Examples
        --------
        >>> [saved.name for saved in client.list_lists()]
        """
        return self._reader.read(calls.saved_lists(), decoding.saved_lists(self.base_url))

    def add_to_list(self, saved: SavedList | str, features: ListedLike) -> list[ListEntry]:
        """Add features to a list of your own, 100 in a request (``POST /api/list/add-features``).

        Parameters
        ----------
        saved : SavedList or str
        features : iterable of references, or mapping of references to descriptions
            None may be in the list already: the service fails on one that is, and adds none of its hundred. Where
            that happens in the middle, a note on the error says how many had been added.

        Examples
        --------
        >>> client.add_to_list(made, {"gpt2-small/6-res-jb/652": "fires on ships"})
        """
        list_id, (refs, descriptions) = _id_of(saved), _read_listed(features)
        rows = write_entries(refs, descriptions, as_text=True)
        if not rows:
            raise InvalidRequest("There are no features to add.", remedy="Name at least one.")
        chunks, added = checks.in_chunks(rows, _MOST_AT_ONCE), list[ListEntry]()
        with progress("List", total=len(rows), unit=" features", steps=len(chunks)) as count:
            for chunk in chunks:
                try:
                    added += self._writer.write(writes.add_to_list(list_id, chunk), read_entries)
                except NeuronpediaError as error:
                    if added:
                        error.add_note(f"Of the {len(rows)} features the first {len(added)} had been added.")
                    raise
                count(len(chunk))
        return added

    def remove_from_list(self, saved: SavedList | str, ref: RefLike) -> ListEntry:
        """Take a feature out of a list of your own, and return what was taken out (``POST /api/list/remove``).

        Examples
        --------
        >>> client.remove_from_list(made, "gpt2-small/6-res-jb/652")
        """
        return self._writer.write(writes.remove_from_list(_id_of(saved), FeatureRef.parse(ref)), read_entry)

    def describe_in_list(self, saved: SavedList | str, ref: RefLike, description: str) -> ListEntry:
        """Say why a feature is in a list of your own, in its description (``POST /api/list/edit-feature``).

        Examples
        --------
        >>> client.describe_in_list(made, "gpt2-small/6-res-jb/650", "fires on harbours")
        """
        call = writes.describe_in_list(_id_of(saved), FeatureRef.parse(ref), str(description))
        return self._writer.write(call, read_entry)

    def update_list(
        self,
        saved: SavedList | str,
        *,
        name: str | None = None,
        description: str | None = None,
        test_text: str | None = None,
    ) -> SavedList:
        """Rename a list of your own, or describe it anew, or give it another test text (``POST /api/list/update``).

        Parameters
        ----------
        saved : SavedList or str
        name, description, test_text : str, optional
            What is not named stays: the service would take it away, so the list is read first. ``test_text=""`` takes
            the test text away.

        Returns
        -------
        SavedList
            Without its features; :meth:`get_list` has them.

        Examples
        --------
        >>> client.update_list(made, name="Harbours", test_text="The ship left the harbour")
        """
        before = self.get_list(saved)
        test = _check_test(before.test_text if test_text is None else test_text or None, len(before))
        called = _check_text(before.name if name is None else name, "A list's name")
        described = (before.description or "") if description is None else description
        return self._writer.write(writes.update_list(before.id, called, described, test), self._read_own_list)

    def delete_list(self, saved: SavedList | str) -> None:
        """Delete a list of your own, with all that is in it (``POST /api/list/delete``).

        Examples
        --------
        >>> client.delete_list(made)
        """
        self._writer.write(writes.delete_list(_id_of(saved)), bytes)

    def comment_list(self, saved: SavedList | str, text: str) -> Comment:
        """Comment on a list (``POST /api/list/comment/new``).

        Parameters
        ----------
        saved : SavedList or str
        text : str
            At least two characters.

        Examples
        --------
        >>> client.comment_list(made, "The third one surprises me.").id
        """
        text = _check_text(text, "A comment", least=2)
        return self._writer.write(writes.comment_list(_id_of(saved), text), read_new_comment)

    def delete_list_comment(self, comment: Comment | str) -> int:
        """Delete a comment of yours on a list; return how many were deleted, 0 where none was yours.

        Examples
        --------
        >>> client.delete_list_comment(comment)
        """
        return self._writer.write(writes.delete_list_comment(_comment_id(comment)), read_deleted)

    def quick_list_url(self, features: Iterable[RefLike], name: str) -> str:
        """Make the address of a page that shows up to 150 features side by side; it needs no account.

        Parameters
        ----------
        features : iterable of references
            ``(sae, index)`` of SAELens too: the SAE's ``neuronpedia_id`` names the model, not its Hugging Face name.
        name : str
            The page's heading.

        Notes
        -----
        Nothing is asked and nothing is stored: the features stand in the address (contract, 5.6). The page looks them
        up by an index that is text, and shows none of them when one does not exist.

        Examples
        --------
        >>> client.quick_list_url([(sae, 650), (sae, 651)], "Harbours")
        """
        refs, _ = _read_listed(features)
        if not 1 <= len(refs) <= _MOST_QUICK:
            raise InvalidRequest(
                f"A quick list shows 1 to {_MOST_QUICK} features, and these are {len(refs)}.",
                remedy="create_list makes a list of any number.",
            )
        listed = json.dumps(write_entries(refs, [None] * len(refs), as_text=True), separators=(",", ":"))
        heading = quote(_check_text(name, "A list's name"), safe="")
        return f"{self.base_url}/quick-list/?name={heading}&features={quote(listed, safe='')}"

    def _read_own_list(self, body: bytes) -> SavedList:
        return read_list(body, site=self.base_url)


def _read_listed(features: ListedLike) -> tuple[list[FeatureRef], list[str | None]]:
    """Read what is to stand in a list, each feature once."""
    if isinstance(features, (str, FeatureRef)) or not isinstance(features, Iterable):
        raise InvalidRequest(f"{features!r} is not a list of features.", remedy="Put one into a list: [feature].")
    refs = [FeatureRef.parse(feature) for feature in features]
    if repeated := next((ref for number, ref in enumerate(refs) if ref in refs[:number]), None):
        raise InvalidRequest(f"The feature {repeated} is named twice.", remedy="A list holds each once.")
    said = list(features.values()) if isinstance(features, Mapping) else [None] * len(refs)
    return refs, [None if text is None else str(text) for text in said]


def _check_text(text: object, what: str, least: int = 1) -> str:
    if not isinstance(text, str) or len(text.strip()) < least:
        size = "one character" if least == 1 else f"{least} characters"
        raise InvalidRequest(f"{what} is {text!r}; it must be text of at least {size}.")
    return text


def _check_test(text: str | None, n_features: int) -> str | None:
    if text is None:
        return None
    if len(_check_text(text, "A test text")) > _LONGEST_TEST:
        raise InvalidRequest(f"The test text has {len(text)} characters; it may have {_LONGEST_TEST}.")
    if n_features > _MOST_TESTED:
        raise InvalidRequest(
            f"A list with a test text holds at most {_MOST_TESTED} features, and this one has {n_features}.",
            remedy="Leave the test text out; activate runs texts on any number of features.",
        )
    return text


def _id_of(saved: SavedList | str) -> str:
    given = saved.id if isinstance(saved, SavedList) else saved
    found = urlsplit(given).path.rpartition("/list/")[2].strip("/") if isinstance(given, str) else ""
    if not _ID.fullmatch(found):
        raise InvalidRequest(f"{saved!r} names no list.", remedy="Give a list, its id, or the address of its page.")
    return found


def _comment_id(comment: Comment | str) -> str:
    found = comment.id if isinstance(comment, Comment) else comment
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise InvalidRequest(f"{comment!r} has no id.", remedy="Give the comment that was returned when it was made.")
    return found


def _left_out(lost: Sequence[FeatureRef]) -> str:
    few = ", ".join(map(str, lost[:5]))
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    return f"The service left out features that do not exist, or are private: {few}{more}."
