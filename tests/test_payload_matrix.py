from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np

from np_widgets import Feature
from np_widgets.models import TokenFeatureMatch, TokenFeatureMatches, TokenMatches, TopFeatureMatch, TopFeatureMatches
from np_widgets.payload import matrix_payload, token_features_payload
from tests.rows import feature_row


def unpack(text: str, kind: str) -> Any:
    return np.frombuffer(base64.b64decode(text), dtype=kind)


def matrix(**changes: Any) -> Any:
    rows = {7: [0.0, 2.0, 0.0, 0.5], 9: [0.0, np.nan, 0.0, 0.0]}
    answer = TopFeatureMatches(
        text="café",
        model="gpt2-small",
        source_set="res-jb",
        tokens=("<bos>", "ĠcafÃ", "©", "Ċ"),
        matches=tuple(
            TopFeatureMatch(
                model="gpt2-small",
                source="6-res-jb",
                index=index,
                values=np.array(values),
                feature=Feature.from_json(feature_row(index="7")) if index == 7 else None,
            )
            for index, values in rows.items()
        ),
        **changes,
    )
    return matrix_payload(answer)


def test_a_matrix_holds_its_tokens_once_and_its_values_row_by_row() -> None:
    payload = matrix(warnings=("one was lost",))
    assert payload["tokens"] == ["<bos>", "ĠcafÃ", "©", "Ċ"]
    assert payload["shown"] == {"1": " café", "2": "", "3": "↵"}
    assert (payload["special"], payload["breaks"]) == ([0], [3])
    packed = payload["values"]
    dense = np.zeros(8, dtype="<f4")
    dense[unpack(packed["at"], "<u4")] = unpack(packed["value"], "<f4")
    np.testing.assert_array_equal(dense, np.array([0, 2, 0, 0.5, 0, np.nan, 0, 0], dtype="f4"))
    assert payload["features"][0]["explanation"] == "names of cities"
    assert payload["features"][1] == {"ref": "gpt2-small/6-res-jb/9", "source": "6-res-jb", "index": 9, "lost": True}
    assert payload["provenance"]["more"] == ["one was lost"]
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload


def test_features_by_token_are_packed_once_each_and_long_lists_are_marked() -> None:
    def at(position: int, *pairs: tuple[int, float]) -> TokenMatches:
        matches = tuple(
            TokenFeatureMatch(model="gpt2-small", source="6-res-jb", index=index, value=value) for index, value in pairs
        )
        return TokenMatches(position=position, token=" a", matches=matches)

    answer = TokenFeatureMatches(
        text="a a a",
        model="gpt2-small",
        source="6-res-jb",
        matches=(at(1, (7, 2.0), (9, 1.0)), at(2), at(4, (9, 3.0))),
    )
    payload = token_features_payload(answer, 2)
    assert [feature["index"] for feature in payload["features"]] == [9, 7]
    assert (payload["positions"], payload["counts"], payload["numbers"]) == ([1, 2, 4], [2, 0, 1], [1, 0, 0])
    assert unpack(payload["values"]["value"], "<f4").tolist() == [2.0, 1.0, 3.0]
    assert payload["cut"] == [0]
