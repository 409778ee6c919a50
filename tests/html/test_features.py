from __future__ import annotations

from typing import Any

import pytest

from np_widgets import Feature
from np_widgets.html import activation_html, feature_html
from tests.html.reading import ATTRIBUTES, HOSTILE, SEEN, TAGS, read
from tests.rows import activation_row, feature_row


def hostile() -> Feature:
    row = activation_row(tokens=HOSTILE, values=[1.0] * len(HOSTILE), maxValueTokenIndex=0)
    texts: dict[str, Any] = {"description": HOSTILE[0], "explanationModelName": HOSTILE[1], "typeName": HOSTILE[3]}
    return Feature.from_json(feature_row(activations=[row], pos_str=HOSTILE[:3], explanations=[texts]))


def test_only_what_the_sanitiser_keeps_is_used() -> None:
    reader = read(feature_html(hostile()))
    assert reader.tags <= TAGS
    assert reader.attributes <= ATTRIBUTES
    assert "var(" not in reader.styles


def test_every_hostile_text_is_shown_and_none_obeyed() -> None:
    reader = read(feature_html(hostile()))
    for text in SEEN:
        assert text in reader.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"maxActApprox": 0, "activations": []}, "never fired"),
        ({"explanations": []}, "No explanation yet"),
        ({"pos_str": [], "pos_values": [], "neg_str": [], "neg_values": []}, "No logit weights"),
        ({"freq_hist_data_bar_values": [], "logits_hist_data_bar_values": [], "freq_hist_data_bar_heights": [],
          "logits_hist_data_bar_heights": []}, "No histograms"),
        ({"frac_nonzero": -1}, "density unknown"),
        ({"pos_values": [-10000, 1, 2]}, "no value"),
        ({"pos_str": [" a"]}, "(no name)"),
        ({"activations": [activation_row(values=[1.0])]}, "1 warningvalues of example 1"),
    ],
)  # fmt: skip
def test_what_is_missing_says_so(changes: dict[str, Any], said: str) -> None:
    assert said in read(feature_html(Feature.from_json(feature_row(**changes)))).text


def test_the_peak_is_marked_by_more_than_colour() -> None:
    assert "text-decoration:underline" in feature_html(Feature.from_json(feature_row()))


def test_negative_values_have_a_colour_of_their_own_and_unknown_ones_too() -> None:
    row = activation_row(values=[-2.0, None, 2.0, *[0.0] * 9], minValue=-2.0, maxValue=2.0, maxValueTokenIndex=2)
    html = activation_html(Feature.from_json(feature_row(activations=[row])).activations[0])
    assert html.count("rgba(251,113,133,1.00)") == 1
    assert html.count("rgba(52,211,153,1.00)") == 1
    assert "unknown" in html


def test_all_zero_is_plain_text() -> None:
    row = activation_row(values=[0.0] * 12, maxValue=0)
    assert "rgba(" not in activation_html(Feature.from_json(feature_row(activations=[row])).activations[0])


def test_text_on_a_strong_colour_reads_on_a_dark_page_too() -> None:
    row = activation_row(values=[5.0, 0.2, *[0.0] * 10], maxValue=5.0, maxValueTokenIndex=0)
    html = activation_html(Feature.from_json(feature_row(activations=[row])).activations[0])
    assert "rgba(52,211,153,1.00);color:rgb(4,32,22)" in html
    assert html.count("rgb(4,32,22)") == 1
