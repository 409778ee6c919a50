"""Which field of which model is which key of the wire, for rows that need no more than a renaming."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from np_widgets.models import Comment, ListMembership, MethodName, Model, Record, Release, Source, SourceSet

R = TypeVar("R", bound=Record)
Table = Mapping[str, str]

SOURCE: Table = {
    "id": "id",
    "model": "modelId",
    "source_set": "setName",
    "visibility": "visibility",
    "has_dashboards": "hasDashboards",
    "inference_enabled": "inferenceEnabled",
    "saelens_release": "saelensRelease",
    "saelens_id": "saelensSaeId",
    "saelens_config": "saelensConfig",
    "hf_repo": "hfRepoId",
    "hf_folder": "hfFolderId",
    "n_prompts": "num_prompts",
    "n_tokens_in_prompt": "num_tokens_in_prompt",
    "dataset": "dataset",
    "notes": "notes",
    "created_at": "createdAt",
}
SOURCE_SET: Table = {
    "name": "name",
    "model": "modelId",
    "description": "description",
    "type": "type",
    "release": "releaseName",
    "visibility": "visibility",
    "creator": "creatorName",
    "urls": "urls",
    "has_dashboards": "hasDashboards",
    "allow_inference_search": "allowInferenceSearch",
    "default_range": "defaultRange",
    "default_show_breaks": "defaultShowBreaks",
    "show_dfa": "showDfa",
    "show_correlated": "showCorrelated",
    "show_head_attribution": "showHeadAttribution",
    "created_at": "createdAt",
}
MODEL: Table = {
    "id": "id",
    "name": "displayName",
    "short_name": "displayNameShort",
    "owner": "owner",
    "layers": "layers",
    "neurons_per_layer": "neuronsPerLayer",
    "dimension": "dimension",
    "instruct": "instruct",
    "thinking": "thinking",
    "inference_enabled": "inferenceEnabled",
    "visibility": "visibility",
    "website": "website",
    "tlens_id": "tlensId",
    "default_source_set": "defaultSourceSetName",
    "default_source": "defaultSourceId",
    "created_at": "createdAt",
}
RELEASE: Table = {
    "name": "name",
    "description": "description",
    "short_description": "descriptionShort",
    "creator": "creatorName",
    "visibility": "visibility",
    "featured": "featured",
    "urls": "urls",
    "default_source_set": "defaultSourceSetName",
    "default_source": "defaultSourceId",
    "created_at": "createdAt",
}
METHOD_NAME: Table = {
    "name": "name",
    "display_name": "displayName",
    "description": "description",
    "featured": "featured",
}


def read_row(kind: type[R], table: Table, row: Mapping[str, Any], **more: Any) -> R:  # noqa: ANN401 (field values)
    """Build a model from a row; nulls and missing keys keep the model's own defaults."""
    given = {field: row[key] for field, key in table.items() if row.get(key) is not None}
    if isinstance(given.get("urls"), list):
        given["urls"] = tuple(given["urls"])
    return kind(**given, **more)


def write_row(record: Record, table: Table) -> dict[str, Any]:
    """Turn a model back into a row of the wire."""
    row = {key: getattr(record, field) for field, key in table.items()}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in row.items()}


def read_source(row: Mapping[str, Any]) -> Source:
    """Read a Source row (contract, 2.4)."""
    return read_row(Source, SOURCE, {"id": "", **row})


def read_source_set_row(row: Mapping[str, Any]) -> SourceSet:
    """Read a SourceSet row with the sources that a catalogue nests in it."""
    sources = tuple(map(read_source, row.get("sources") or ()))
    return read_row(SourceSet, SOURCE_SET, {"name": "", **row}, sources=sources)


def read_model_row(row: Mapping[str, Any]) -> Model:
    """Read a Model row with the source sets that a catalogue nests in it."""
    sets = tuple(map(read_source_set_row, row.get("sourceSets") or ()))
    return read_row(Model, MODEL, {"id": "", **row}, source_sets=sets)


def read_release_row(row: Mapping[str, Any]) -> Release:
    """Read a SourceRelease row with the source sets that a catalogue nests in it."""
    sets = tuple(map(read_source_set_row, row.get("sourceSets") or ()))
    return read_row(Release, RELEASE, {"name": "", **row}, source_sets=sets)


def read_method_name(row: Mapping[str, Any]) -> MethodName:
    """Read a row of the explanation and score types and models."""
    return read_row(MethodName, METHOD_NAME, {"name": "", **row})


def read_list_membership(row: Mapping[str, Any]) -> ListMembership:
    """Read a ListsOnNeurons row with its list."""
    inner = row.get("list") or {}
    return ListMembership(
        id=row.get("listId") or inner.get("id"),
        name=inner.get("name"),
        description=row.get("description"),
        added_at=row.get("addedAt"),
    )


def write_list_membership(entry: ListMembership) -> dict[str, Any]:
    """Write what :func:`read_list_membership` read."""
    return {
        "listId": entry.id,
        "description": entry.description,
        "addedAt": entry.added_at,
        "list": {"id": entry.id, "name": entry.name},
    }


def read_comment(row: Mapping[str, Any]) -> Comment:
    """Read a Comment row with its user."""
    author = (row.get("user") or {}).get("name")
    return Comment(text=row.get("text") or "", author=author, created_at=row.get("createdAt"), id=row.get("id"))


def write_comment(comment: Comment) -> dict[str, Any]:
    """Write what :func:`read_comment` read."""
    user = None if comment.author is None else {"name": comment.author}
    return {"id": comment.id, "text": comment.text, "createdAt": comment.created_at, "user": user}
