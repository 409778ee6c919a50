"""The routes that write, those that read what one has written, and some that no method asks; all by POST."""

from __future__ import annotations

from tests.server import interp, lists, notes, others, uploads, vectors

ROUTES = {
    "/api/vector/new": vectors.new,
    "/api/vector/get": vectors.get,
    "/api/vector/delete": vectors.delete,
    "/api/vector/list-owned": vectors.list_owned,
    "/api/activation/upload-batch": vectors.upload_texts,
    "/api/model/new": uploads.new_model,
    "/api/source-set/new": uploads.new_source_set,
    "/api/feature/upload-batch": uploads.upload_batch,
    "/api/list/new": lists.new,
    "/api/list/new-with-features": lists.new_with_features,
    "/api/list/add-features": lists.add,
    "/api/list/get": lists.get,
    "/api/list/list": lists.list_own,
    "/api/list/remove": lists.remove,
    "/api/list/edit-feature": lists.edit,
    "/api/list/update": lists.update,
    "/api/list/delete": lists.delete,
    "/api/list/comment/new": lists.comment,
    "/api/list/comment/delete": lists.delete_comment,
    "/api/bookmark/add": notes.add_bookmark,
    "/api/bookmark/delete": notes.delete_bookmark,
    "/api/user/bookmarks": notes.list_bookmarks,
    "/api/comment/new": notes.add_comment,
    "/api/comment/delete": notes.delete_comment,
    "/api/explanation/generate": interp.generate,
    "/api/explanation/score": interp.score,
    "/api/explanation/score/[^/]+/delete": interp.delete_score,
    "/api/explanation/[^/]+/delete": interp.delete,
    "/api/explanation/[^/]+/vote": notes.vote,
    "/api/explanation/[^/]+/unvote": notes.unvote,
    "/api/graph/list-owned": others.graphs,
    "/api/lens/prompt": others.lens,
}
