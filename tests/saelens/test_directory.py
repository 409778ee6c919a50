from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from np_widgets import FeatureRef, InvalidRequest
from np_widgets.saelens import Directory, read_directory
from np_widgets.saelens.directory import TABLE
from tests.test_house import loaded_by

RELEASE, SAE_ID = "gpt2-small-res-jb", "blocks.6.hook_resid_pre"
TWICE = Directory("0", {"first": {"a": "m/1-s", "b": None}, "second": {"c": "m/1-s", "d": "m/2-s"}})
DIRECTORY = read_directory()
IDS = [(release, sae_id, page) for release, ids in DIRECTORY.releases.items() for sae_id, page in ids.items()]
PAGED = [(release, sae_id, page) for release, sae_id, page in IDS if page is not None]
PAGELESS = {release: sae_id for release, sae_id, page in IDS if page is None}  # one of each release


def refusal(release: str, sae_id: str) -> str:
    with pytest.raises(InvalidRequest) as caught:
        FeatureRef.from_saelens(release, sae_id, 650)
    return str(caught.value)


def test_the_table_holds_the_directory_of_the_version_that_it_names() -> None:
    assert DIRECTORY.version == "6.54.12"
    assert len(DIRECTORY.releases) == 170
    assert (len(PAGED), len(IDS) - len(PAGED)) == (2441, 11416)


def test_what_the_documentation_says_of_the_table_is_so() -> None:
    said = re.sub(r"\s+", " ", read_directory.__doc__ or "")
    counts = f"{len(IDS):,} SAEs in {len(DIRECTORY.releases)} releases, {len(PAGED):,} with a page"
    assert f"sae-lens {DIRECTORY.version}: {counts}" in said
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f"Of the {len(IDS):,} SAEs in SAELens' directory {len(PAGED):,} have a page" in readme


def test_every_page_is_found_from_its_names_and_its_names_from_the_page() -> None:
    names: dict[FeatureRef, list[tuple[str, str]]] = {}
    for release, sae_id, page in PAGED:
        ref = FeatureRef.from_saelens(release, sae_id, 7)
        assert str(ref) == f"{page}/7"
        names.setdefault(ref, []).append((release, sae_id))
    assert all(ref.to_saelens() == found for ref, found in names.items())


@pytest.mark.parametrize(("release", "sae_id"), PAGELESS.items())
def test_the_others_are_said_to_have_no_page(release: str, sae_id: str) -> None:
    assert "has no page on Neuronpedia" in refusal(release, sae_id)


def test_one_page_may_have_several_names() -> None:
    assert TWICE.saelens_ids("m/1-s") == [("first", "a"), ("second", "c")]
    assert TWICE.saelens_ids("m/2-s") == [("second", "d")]
    assert TWICE.saelens_ids("m/3-s") == []


def test_a_source_that_is_not_of_saelens_has_no_names_there() -> None:
    assert FeatureRef("gpt2-small", "6", 650).to_saelens() == []


def test_an_unknown_release_gets_the_nearest_ones() -> None:
    said = refusal("gpt2-small-res_jb", SAE_ID)
    assert said.startswith("'gpt2-small-res_jb' is not a release of SAELens 6.54.12. Did you mean 'gpt2-small-res-jb'")


def test_a_repository_of_hugging_face_in_place_of_a_release_gets_the_release() -> None:
    assert "Did you mean 'gemma-scope-2b-pt-res'" in refusal("google/gemma-scope-2b-pt-res", "layer_20/width_16k/x")


def test_a_part_of_a_name_gets_the_names_that_contain_it() -> None:
    assert "Did you mean 'gpt2-small-" in refusal("gpt2", SAE_ID)
    assert "Did you mean 'blocks.6.hook_resid_pre'?" in refusal(RELEASE, "6")


def test_an_unknown_id_gets_the_nearest_ones_of_its_release() -> None:
    said = refusal(RELEASE, "blocks.6.hook_resid_prre")
    assert said.startswith("'blocks.6.hook_resid_prre' is not an SAE of SAELens' release 'gpt2-small-res-jb'.")
    suggested = re.findall(r"'([^']+)'", said.partition("Did you mean")[2])
    assert suggested[0] == SAE_ID
    assert set(suggested) <= DIRECTORY.releases[RELEASE].keys()


def test_an_id_of_a_sister_release_is_told_which() -> None:
    said = refusal("gemma-scope-2b-pt-res", "layer_20/width_16k/canonical")
    assert "The release 'gemma-scope-2b-pt-res-canonical' has it. Did you mean 'layer_20/width_16k/average_" in said


def test_a_name_like_no_other_is_shown_what_names_look_like() -> None:
    assert "Such names are written like 'blocks.0.hook_resid_pre'." in refusal(RELEASE, "zzz")


@pytest.mark.parametrize("nonsense", [None, 6, ["a"], object()])
def test_what_is_no_name_is_refused_as_an_unknown_one_is(nonsense: str) -> None:
    assert "is not a release of SAELens" in refusal(nonsense, SAE_ID)
    assert "is not an SAE of SAELens' release" in refusal(RELEASE, nonsense)


def test_an_sae_without_a_page_is_told_so_and_what_can_be_done() -> None:
    said = refusal("gemma-scope-2b-pt-res", "layer_20/width_16k/average_l0_71")
    assert said.startswith(
        "'layer_20/width_16k/average_l0_71' of 'gemma-scope-2b-pt-res' has no page on Neuronpedia, "
        "going by SAELens 6.54.12. In this release 40 of 316 have one, such as 'layer_"
    )
    assert '("model", "source", index)' in said
    assert "No SAE in this release has one." in refusal("mistral-7b-res-wg", "blocks.8.hook_resid_pre")


@pytest.mark.parametrize("index", [-1, 1.5, True, None, "x"])
def test_an_index_is_checked_as_everywhere(index: int) -> None:
    with pytest.raises(InvalidRequest, match="is not a feature's index"):
        FeatureRef.from_saelens(RELEASE, SAE_ID, index)


def test_the_table_is_small_beside_the_wheel() -> None:
    assert len((files("np_widgets.saelens") / TABLE).read_bytes()) < 40_000


def test_the_table_is_read_on_first_use_alone() -> None:
    watch = (
        "import sys; opened = []; "
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None); "
        "import np_widgets as npw; ref = npw.FeatureRef.parse('gpt2-small/6-res-jb/650'); "
    )
    not_read = f"assert not any(name.endswith({TABLE!r}) for name in opened), opened"
    assert "np_widgets.saelens" not in loaded_by(watch + not_read)
    read_once = f"assert sum(name.endswith({TABLE!r}) for name in opened) == 1, opened"
    assert "sae_lens" not in loaded_by(f"{watch}ref.to_saelens(); ref.to_saelens(); {read_once}")
