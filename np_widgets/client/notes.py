"""Bookmarks, comments and votes of the user's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from np_widgets.client import calls, decoding, writes
from np_widgets.client.base import BaseClient
from np_widgets.errors import InvalidRequest, NotFound, Unauthorized
from np_widgets.models import Comment, Explanation, FeatureRef, RefLike
from np_widgets.models.interp import Explained
from np_widgets.wire.lists import read_bookmark, read_bookmarks, read_deleted, read_new_comment, read_vote

if TYPE_CHECKING:
    from np_widgets.models.lists import Bookmark, Vote

#: In characters, without spaces around them (contract, 5.6).
_SHORTEST_COMMENT, _LONGEST_COMMENT = 5, 1_024
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class NoteEndpoints(BaseClient):
    """The notes' part of :class:`NeuronpediaClient`."""

    def add_bookmark(self, ref: RefLike) -> Bookmark:
        """Bookmark a feature (``POST /api/bookmark/add``); a second time makes a second bookmark.

        Examples
        --------
        >>> client.add_bookmark("gpt2-small/6-res-jb/650")
        """
        return self._writer.write(writes.add_bookmark(FeatureRef.parse(ref)), read_bookmark)

    def delete_bookmark(self, ref: RefLike) -> int:
        """Delete your bookmarks of a feature (``POST /api/bookmark/delete``).

        Returns
        -------
        int
            How many were deleted: 0 where there was none.

        Examples
        --------
        >>> client.delete_bookmark("gpt2-small/6-res-jb/650")
        """
        return self._writer.write(writes.delete_bookmark(FeatureRef.parse(ref)), read_deleted)

    def list_bookmarks(self) -> list[Bookmark]:
        """List your bookmarks, newest first (``POST /api/user/bookmarks``).

        Examples
        --------
        >>> client.get_features(bookmark.ref for bookmark in client.list_bookmarks())
        """
        return self._reader.read(calls.bookmarks(), lambda body, _origin: read_bookmarks(body))

    def add_comment(self, ref: RefLike, text: str) -> Comment:
        """Comment on a feature, for everyone to read (``POST /api/comment/new``).

        Parameters
        ----------
        ref : FeatureRef, str, tuple, …
        text : str
            5 to 1024 characters.

        Examples
        --------
        >>> comment = client.add_comment("gpt2-small/6-res-jb/650", "It also fires on rivers.")
        """
        length = len(text.strip()) if isinstance(text, str) else 0
        if not _SHORTEST_COMMENT <= length <= _LONGEST_COMMENT:
            raise InvalidRequest(
                f"A comment has {_SHORTEST_COMMENT} to {_LONGEST_COMMENT:,} characters, and this one has {length:,}."
            )
        return self._writer.write(writes.add_comment(FeatureRef.parse(ref), text), read_new_comment)

    def delete_comment(self, ref: RefLike, comment: Comment | str) -> None:
        """Delete a comment of yours on a feature (``POST /api/comment/delete``).

        The service says "ok" also where there was none, or it is someone else's, so the feature is looked at before
        and after.

        Raises
        ------
        NotFound
            When the feature has no such comment.
        Unauthorized
            When it is someone else's, and stays.

        Examples
        --------
        >>> client.delete_comment("gpt2-small/6-res-jb/650", comment)
        """
        feature = FeatureRef.parse(ref)
        comment_id = _id_of(comment.id if isinstance(comment, Comment) else comment, "comment")
        if not self._has_comment(feature, comment_id):
            raise NotFound(f"{feature} has no comment {comment_id}, so nothing was deleted.", status=None)
        self._writer.write(writes.delete_comment(comment_id, feature), bytes)
        if self._has_comment(feature, comment_id):
            raise Unauthorized(
                f"The comment {comment_id} on {feature} is still there: it is not yours.",
                remedy="Only its author can delete it.",
            )

    def _has_comment(self, feature: FeatureRef, comment_id: str) -> bool:
        row = self._reader.read(calls.feature(feature), decoding.feature(self.base_url), refresh=True)
        return comment_id in [comment.id for comment in row.comments]

    def vote(self, explanation: Explanation | str) -> Vote:
        """Vote for an explanation, once however often this is called (``POST /api/explanation/{id}/vote``).

        Examples
        --------
        >>> client.vote(client.get_feature("gpt2-small/6-res-jb/650").explanations[0])
        """
        return self._writer.write(writes.vote(explanation_id(explanation), up=True), read_vote)

    def unvote(self, explanation: Explanation | str) -> Vote:
        """Take your vote for an explanation back, and return it (``POST /api/explanation/{id}/unvote``).

        Examples
        --------
        >>> client.unvote(client.get_feature("gpt2-small/6-res-jb/650").explanations[0])
        """
        return self._writer.write(writes.vote(explanation_id(explanation), up=False), read_vote)


def explanation_id(explanation: Explanation | Explained | str) -> str:
    """Find an explanation's id, which those of searches do not have."""
    given = explanation.explanation if isinstance(explanation, Explained) else explanation
    return _id_of(given.id if isinstance(given, Explanation) else given, "explanation")


def _id_of(given: object, what: str) -> str:
    if not isinstance(given, str) or not _ID.fullmatch(given):
        shown = repr(given) if isinstance(given, (str, type(None))) else f"a {type(given).__name__}"
        raise InvalidRequest(
            f"This {what} has no id ({shown}).", remedy=f"The {what}s of a feature that get_feature fetches have one."
        )
    return given
