"""Every answer that a source can give comes back as it was, whatever is in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, get_args, get_origin

import msgspec
import numpy as np
import pytest
from msgspec import inspect

from np_widgets import DemoSource, FeatureRef
from np_widgets.models import LogitWeights, Provenance, Record, SourceActivations, SteerSettings, frozen_array
from np_widgets.recordings import KINDS, changed, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable

# Texts that a careless reader takes for numbers or for nothing; half a character; what ends a line.
TEXTS = ["", "a", "null", "nan", "-inf", "1", "true", "\ud800", "\x00\n\u2028", "</script>", "Ġcaf\u00e9 \U0001f600"]
NUMBERS = [0.0, -0.0, 1.0, 0.1, -1e308, 5e-324, float("nan"), float("inf"), float("-inf")]


def anything(kind: Any, random: Random) -> Any:
    """Whatever fits a type, by what msgspec knows of it."""
    if get_origin(kind) is np.ndarray:
        whole = get_args(get_args(kind)[1])[0] is np.int64
        values: list[Any] = random.choices([0, 1, 2**62] if whole else NUMBERS, k=random.randrange(4))
        return np.array(values, dtype=np.int64 if whole else np.float64)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        kinds = [inner[0]] * random.randrange(3) if inner[-1] is ... else inner
        return tuple(anything(one, random) for one in kinds)
    if isinstance(known := inspect.type_info(kind), inspect.UnionType):
        return anything(random.choice(get_args(kind)), random)
    if kind in CHECKED:
        return CHECKED[kind](random)
    if isinstance(known, inspect.StructType):
        return kind(**{field.name: anything(field.type, random) for field in msgspec.structs.fields(kind)})
    return random.choice(PLAIN[type(known)])


CHECKED: dict[type, Callable[[Random], Any]] = {
    FeatureRef: lambda random: FeatureRef("m", random.choice(["s", "6-res-jb"]), random.randrange(9)),
    SteerSettings: lambda random: SteerSettings(temperature=random.choice([0, 0.1, 2]), method="orthogonal"),
}
PLAIN: dict[type, list[Any]] = {
    inspect.StrType: TEXTS,
    inspect.IntType: [0, -1, 2**53, 2**62],
    inspect.FloatType: NUMBERS,
    inspect.BoolType: [True, False],
    inspect.NoneType: [None],
    inspect.AnyType: [None, 1, 0.5, "null", {"metadata": {"hook_name": ["a", 1]}}],
    inspect.DateTimeType: [datetime(2026, 1, 31, 9, tzinfo=UTC) + timedelta(microseconds=n) for n in (0, 1, 500_000)],
}


@pytest.mark.parametrize("action", sorted(KINDS))
def test_any_answer_comes_back_as_it_was(action: str) -> None:
    random = Random(action)
    for _ in range(25):
        answer = anything(KINDS[action], random)
        line = pack(answer)
        assert line.isascii()
        assert b"\n" not in line
        again = unpack(json.loads(line), KINDS[action])
        assert again == answer
        assert getattr(again, "provenance", None) == getattr(answer, "provenance", None)
        assert pack(again) == line  # also what equality leaves out: types of arrays, signs of zero


def test_a_feature_of_the_demo_comes_back_whole() -> None:
    feature = DemoSource().get_feature(f"{DemoSource.model}/{DemoSource.source}/7")
    again = unpack(json.loads(pack(feature)), KINDS["get_feature"])
    assert again == feature
    assert again.provenance == feature.provenance
    assert again.activations[0].values.dtype == np.float64
    assert not again.activations[0].values.flags.writeable


def test_numbers_that_json_does_not_know_stand_as_texts() -> None:
    weights = LogitWeights(tokens=("a", "nan"), values=frozen_array([None, float("-inf")]))
    line = pack(weights)
    assert json.loads(line) == {"tokens": ["a", "nan"], "values": ["nan", "-inf"]}
    assert unpack(json.loads(line), LogitWeights) == weights


def test_whole_numbers_stay_whole() -> None:
    entries = np.array([1, 2], dtype=np.int64)
    sparse = SourceActivations(
        text="a", model="m", source="s", tokens=("a",), positions=entries, indices=entries, values=frozen_array([1, 2])
    )
    again = unpack(json.loads(pack(sparse)), SourceActivations)
    assert again == sparse
    assert again.indices.dtype == np.int64


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        unpack({"model": "m"}, KINDS["get_feature"])
    with pytest.raises(NotImplementedError, match="object has no form in JSON"):
        pack(object())


def test_every_record_of_an_answer_can_be_changed_however_deep() -> None:
    feature = DemoSource().get_feature(f"{DemoSource.model}/{DemoSource.source}/7")
    seen: list[type] = []

    def change(record: Record) -> Record:
        seen.append(type(record))
        return msgspec.structs.replace(record, origin="x") if isinstance(record, Provenance) else record

    again = changed(feature, change)
    assert again == feature
    assert {activation.provenance.origin for activation in again.activations} == {"x"}
    assert seen.count(Provenance) == 1 + len(feature.activations)
