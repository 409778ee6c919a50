"""What people want to send and the service does not store: said before anything is sent, never swallowed.

The service's own upload page names most of these; no route reads them (contract, section 6, 26 to 31).
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from np_widgets.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: Fields that no upload has a place for, and what does what they are meant for.
UNSTORED = {
    "description": "A vector has a label and no description: put it into name.",
    "tags": "There are no tags: create_list groups features.",
    "paper": "There is no place for a paper: put it into name, or into a comment with add_comment.",
    "paper_url": "There is no place for a paper: put it into name, or into a comment with add_comment.",
    "metadata": "There is no place for metadata; of a dashboard's features density, logit weights and explanations "
    "are kept.",
    "license": "Uploads carry no licence of their own.",
    "licence": "Uploads carry no licence of their own.",
    "visibility": "What is uploaded is unlisted: whoever knows its name can read it. Nothing private can be uploaded.",
    "private": "What is uploaded is unlisted: whoever knows its name can read it. Nothing private can be uploaded.",
    "vector": "A dashboard is made of examples and stores no vector; upload_vector uploads a vector.",
}


def refuse_unstored(
    method: str, unstored: Mapping[str, object], needed: Mapping[str, object], write: str, known: Collection[str] = ()
) -> None:
    """Refuse arguments that would be dropped and the lack of those that are needed, all in one error.

    Parameters
    ----------
    method : str
        What was called.
    unstored : mapping
        The arguments that it has no place for.
    needed : mapping
        The arguments that it cannot do without, with what was given; None is nothing.
    write : str
        What to write instead.
    known : collection of str
        The names of all its arguments, among which a misspelt one is looked for.

    Raises
    ------
    InvalidRequest
    """
    faults = []
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        faults.append(f"{method} needs {_listed(missing)}.")
    given = [name for name, value in unstored.items() if value is not None]
    stored_nowhere = [name for name in given if name in UNSTORED]
    if stored_nowhere:
        reasons = dict.fromkeys(UNSTORED[name] for name in stored_nowhere)
        faults.append(f"The service does not store {_listed(stored_nowhere)}. {' '.join(reasons)}")
    strange = [name for name in given if name not in UNSTORED]
    if strange:
        near = [f"{name} (is it {match[0]}?)" if (match := _near(name, known)) else name for name in strange]
        faults.append(f"{method} has no {_listed(near)}.")
    if faults:
        raise InvalidRequest(f"{' '.join(faults)} Nothing was sent.", remedy=f"Write {write}.")


def _near(name: str, known: Collection[str]) -> list[str]:
    return get_close_matches(name, known, 1)


def _listed(names: list[Any]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
