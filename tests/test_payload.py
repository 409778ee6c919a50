from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
from msgspec.structs import replace

from np_widgets import Feature
from np_widgets.models import Provenance
from np_widgets.payload import feature_payload, feature_provenance, texts_payload, texts_provenance
from tests.rows import activation_row, bench_row, feature_row

FETCHED = Provenance(
    origin="neuronpedia.org",
    url="https://www.neuronpedia.org/api/feature/m/s/1",
    fetched_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    cached=True,
)


def unpack(text: str, kind: str) -> Any:
    return np.frombuffer(base64.b64decode(text), dtype=kind)


def texts(*rows: dict[str, Any]) -> Any:
    return texts_payload(Feature.from_json(feature_row(activations=list(rows))).activations)


def values(payload: Any) -> Any:
    total = sum(payload["lengths"])
    packed = payload["values"]
    if "at" not in packed:
        return unpack(packed["value"], "<f4")
    dense = np.zeros(total, dtype="<f4")
    dense[unpack(packed["at"], "<u4")] = unpack(packed["value"], "<f4")
    return dense


def test_tokens_and_values_arrive_as_they_were_sent() -> None:
    feature = Feature.from_json(bench_row())
    payload = texts_payload(feature.activations)
    ids = unpack(payload["ids"], "<u4" if payload["wide"] else "<u2")
    assert [payload["vocab"][n] for n in ids] == [token for a in feature.activations for token in a.tokens]
    wanted = np.concatenate([a.values for a in feature.activations])
    np.testing.assert_allclose(values(payload), wanted, rtol=1e-6)


def test_a_saved_feature_is_smaller_than_three_quarters_of_its_json() -> None:
    row = bench_row()
    saved = json.dumps(feature_payload(Feature.from_json(row)), separators=(",", ":"))
    assert len(saved) < 0.75 * len(json.dumps(row, separators=(",", ":")))


def test_dense_and_unknown_values_travel_too() -> None:
    row = activation_row(n_tokens=4, tokens=[" a", " b", " c", " d"], values=[1.0, None, -3.0, 0.5])
    payload = texts(row)
    assert "at" not in payload["values"]
    np.testing.assert_array_equal(values(payload), np.array([1, np.nan, -3, 0.5], dtype="f4"))
    assert (payload["max"], payload["min"]) == (1.0, -3.0)


def test_the_readable_form_travels_only_where_it_differs() -> None:
    tokens = ["Ġthe", " cat", "\n", "<bos>", "Ã", "©", "", "\u200b"]
    payload = texts(activation_row(tokens=tokens, values=[1.0] * 8, maxValueTokenIndex=0))
    said = {payload["vocab"][int(n)]: text for n, text in payload["shown"].items()}
    assert said == {"Ġthe": " the", "\n": "↵", "": "∅", "\u200b": "‹U+200B›"}
    assert [payload["vocab"][n] for n in payload["breaks"]] == ["\n"]
    assert [payload["vocab"][n] for n in payload["special"]] == ["<bos>"]
    assert payload["joined"] == {"4": "é", "5": ""}


def test_characters_are_not_joined_across_texts() -> None:
    halves = [activation_row(0, tokens=["Ã"], values=[2.0]), activation_row(1, tokens=["©"], values=[1.0])]
    assert "joined" not in texts(*halves)


def test_lone_surrogates_do_not_stop_a_message() -> None:
    payload = texts(activation_row(tokens=["\ud83d"], values=[1.0]))
    assert json.dumps(payload, ensure_ascii=False).encode()
    assert payload["shown"] == {"0": "‹U+D83D›"}


def test_numbers_beyond_float32_are_kept_finite() -> None:
    payload = texts(activation_row(values=[1e300, *[0.0] * 11], maxValue=1e300))
    assert np.isfinite(values(payload)).all()


def test_everything_a_dashboard_shows_is_json() -> None:
    payload = feature_payload(Feature.from_json(feature_row(pos_values=[-10000, 1, 2], frac_nonzero=-1)))
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload
    assert payload["logits"]["promoted"]["values"][0] is None
    assert payload["density"] is None
    assert [n["index"] for n in payload["neighbours"]] == [12, 7]
    assert ["hook", "blocks.6.hook_resid_pre"] in payload["facts"]


def test_where_data_came_from_is_one_line_that_unfolds_its_address_and_its_warnings() -> None:
    feature = Feature.from_json(feature_row(activations=[activation_row(0, peak=1), activation_row(1, values=[0, 2])]))
    assert "example 2" in feature.warnings[0]
    assert feature_provenance(feature)["line"] == "read from memory · 1 warning"
    said = feature_provenance(replace(feature, provenance=FETCHED))
    assert said["line"] == "fetched 2026-01-02 03:04 UTC from neuronpedia.org (from the cache) · 1 warning"
    assert said["more"][0] == "asked https://www.neuronpedia.org/api/feature/m/s/1"
    # The stronger example stands first on the screen, so there it is the first that was mended.
    assert said["more"][1:] == [feature.warnings[0].replace("example 2", "example 1")]


def test_texts_of_several_answers_name_each_once_and_the_reader_s_own_name_none() -> None:
    own, other = (Feature.from_json(feature_row()).activations[n] for n in (0, 1))
    assert texts_provenance([own, other]) is None
    old = replace(FETCHED, cached=False, stale=True, note="a small model")
    said = texts_provenance([replace(a, provenance=origin) for a in (own, other) for origin in (FETCHED, old)])
    assert said is not None
    assert said["line"].count("fetched") == 2
    assert said["stale"]
    assert said["more"] == ["a small model", f"asked {FETCHED.url}", "no warnings"]


def test_what_the_site_does_silently_is_marked_not_left_out() -> None:
    same = {"tokens": [" a", " b"], "values": [1.0, 0.0], "maxValueTokenIndex": 0}
    silent = activation_row(2, values=[0.0] * 12, maxValue=0)
    payload = texts(activation_row(0, peak=3, **same), activation_row(1, peak=2, **same), silent)
    assert len(payload["lengths"]) == 3
    assert payload["hidden"] == {"1": "duplicate", "2": "not-positive"}
    assert payload["copies"] == {"0": 1}
