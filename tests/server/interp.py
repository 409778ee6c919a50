"""Explanations made and scored by language models, with a key that the user has saved on the site (contract, 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.accounts import DATE, authed, new_id
from tests.server.exchange import json_answer
from tests.server.replies import OPAQUE, Refused, both, field, message

if TYPE_CHECKING:
    from tests.server.exchange import Answer, Request
    from tests.server.world import World

Row = dict[str, Any]

#: As in the world; the demo model's own features.
N_FEATURES = 60
#: What the catalogue lists, and of it what is implemented.
KINDS = {
    "explanationTypes": [
        "eleuther_acts_top20",
        "np_acts-logits-general",
        "np_max-act-logits",
        "np_max-act",
        "oai_attention-head",
        "oai_token-act-pair",
    ],
    "explanationModels": ["gpt-4o-mini", "gemini-2.0-flash"],
    "explanationScoreTypes": [
        "recall_alt",
        "eleuther_fuzz",
        "eleuther_recall",
        "eleuther_embedding",
        "nla_reconstructor",
        "nla_verbalizer",
        "nla_verbalizer_last",
    ],
    "explanationScoreModelTypes": ["gpt-4o-mini"],
}
_NOT_IMPLEMENTED = ("np_acts-logits-general",)


def catalogue() -> Row:
    """The four lists, as ``POST /api/global`` has them."""
    return {
        key: [{"name": name, "displayName": name, "featured": True} for name in names] for key, names in KINDS.items()
    }


def generate(request: Request, world: World) -> Answer:
    """``POST /api/explanation/generate``."""
    user, asked = authed(request), request.json
    kind, writer = field(asked, "explanationType"), field(asked, "explanationModelName")
    row = world.row(asked["modelId"], asked["layer"], int(asked["index"]))
    if kind not in KINDS["explanationTypes"]:
        return message(400, "Unsupported explanation type")
    if writer not in KINDS["explanationModels"]:
        return message(400, "Unsupported explanation model")
    said = row["explanations"] if row else []
    if any((one.get("typeName"), one.get("explanationModelName")) == (kind, writer) for one in said):
        return message(400, "An auto-interp with this explanation type and model already exists.")
    _need_key(world, user, is_openrouter=kind == "eleuther_acts_top20")
    if kind in _NOT_IMPLEMENTED:
        return message(400, "Unsupported explanation type")
    if row is None or not row["activations"]:
        return message(400, "No activations found for this neuron")
    peak = max(row["activations"], key=lambda one: one["maxValue"])
    name = {"modelId": row["modelId"], "layer": row["layer"], "index": str(row["index"])}
    made = {
        "id": new_id(),
        **name,
        "description": f"fires on {peak['tokens'][peak['maxValueTokenIndex']]!r}",
        "authorId": user,
        "triggeredByUserId": user,
        "typeName": kind,
        "explanationModelName": writer,
        "createdAt": DATE,
    }
    world.explanations.setdefault((name["modelId"], name["layer"], int(name["index"])), []).append(
        {**made, "scores": [], "triggeredByUser": {"name": user}}
    )
    return json_answer({"explanation": made})


def score(request: Request, world: World) -> Answer:
    """``POST /api/explanation/score``: those of NLA need no model and no key."""
    user, asked = authed(request), request.json
    kind, scorer = field(asked, "scorerType"), field(asked, "scorerModel")
    if kind not in KINDS["explanationScoreTypes"]:
        return message(400, "Unsupported explanation score type")
    is_nla = kind.startswith("nla_")
    if not is_nla and scorer is None:
        return both(500, OPAQUE)
    if not is_nla and scorer not in KINDS["explanationScoreModelTypes"]:
        return message(400, "Unsupported explanation score model")
    if not is_nla and kind != "eleuther_embedding":
        _need_key(world, user, is_openrouter=True)
    said = _said(world, str(field(asked, "explanationId")))
    if said is None:
        return message(404, f"Explanation not found: {asked['explanationId']}")
    if any(one["explanationScoreTypeName"] == kind for one in said["scores"]):
        return message(400, "Explanation score using this same method and model already exists")
    made = {
        "id": new_id(),
        "value": 0.75,
        "explanationId": said["id"],
        "explanationScoreTypeName": kind,
        "explanationScoreModelName": None if is_nla else scorer,
        "jsonDetails": '[{"text": "a"}]',
        "initiatedByUserId": user,
        "createdAt": DATE,
    }
    world.scores.setdefault(said["id"], []).append(made)
    return json_answer({"score": made})


def get(request: Request, world: World) -> Answer:
    """``GET /api/explanation/{id}``."""
    said = _said(world, request.path.split("/")[3])
    return both(500, OPAQUE) if said is None else json_answer(said)


def delete(request: Request, world: World) -> Answer:
    """``POST /api/explanation/{id}/delete``: 200 also where there is none."""
    user, said = authed(request), _said(world, request.path.split("/")[3])
    if said is not None and said["authorId"] != user:
        return both(500, OPAQUE)
    for name, rows in world.explanations.items():
        world.explanations[name] = [row for row in rows if said is None or row["id"] != said["id"]]
    return json_answer({"message": "Explanation deleted"})


def delete_score(request: Request, world: World) -> Answer:
    """``POST /api/explanation/score/{id}/delete``."""
    user, wanted = authed(request), request.path.split("/")[4]
    for said, rows in world.scores.items():
        found = next((one for one in rows if one["id"] == wanted), None)
        if found and found["initiatedByUserId"] != user:
            return both(500, OPAQUE)
        world.scores[said] = [one for one in rows if one is not found]
    return json_answer({"message": "Explanation score deleted"})


def _need_key(world: World, user: str, *, is_openrouter: bool) -> None:
    if user not in world.with_model_key:
        needed = "This autointerp type requires an OpenRouter key."
        raise Refused(message(400, needed if is_openrouter else "No auto-interp key found for user."))


def _said(world: World, wanted: str) -> Row | None:
    """Find an explanation by its id: one that was made here, or one of the demo model's."""
    names = [*world.explanations, *((world.model, world.source, index) for index in range(N_FEATURES))]
    for name in names:
        for said in (world.row(*name) or {}).get("explanations", []):
            if said["id"] == wanted:
                of = {"modelId": name[0], "layer": name[1], "index": str(name[2])}
                return {"authorId": None, **said, **of}
    return None
