from __future__ import annotations

import gzip
from importlib.metadata import PathDistribution
from typing import TYPE_CHECKING

import msgspec
import pytest

from np_widgets.saelens import Directory, read_directory
from np_widgets.saelens.collect import collect, pack

if TYPE_CHECKING:
    from pathlib import Path

LISTED = """
gpt2-small-res-jb:
  repo_id: jbloom/GPT2-Small-SAEs-Reformatted
  saes:
  - id: blocks.0.hook_resid_pre
    path: blocks.0.hook_resid_pre
    neuronpedia: gpt2-small/0-res-jb
  - id: blocks.1.hook_resid_pre
    path: blocks.1.hook_resid_pre
"""


def installed(folder: Path, listed: str) -> PathDistribution:
    """Lay out what `pip install --no-deps --target` leaves of sae-lens, as far as it is read."""
    (folder / "sae_lens").mkdir()
    (folder / "sae_lens" / "pretrained_saes.yaml").write_text(listed, encoding="utf-8")
    metadata = folder / "sae_lens-7.0.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.4\nName: sae-lens\nVersion: 7.0.0\n", encoding="utf-8")
    return PathDistribution(metadata)


def test_the_directory_of_an_installed_wheel_is_taken_with_its_version(tmp_path: Path) -> None:
    ids = {"blocks.0.hook_resid_pre": "gpt2-small/0-res-jb", "blocks.1.hook_resid_pre": None}
    assert collect(installed(tmp_path, LISTED)) == Directory("7.0.0", {"gpt2-small-res-jb": ids})


def test_a_directory_of_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(msgspec.ValidationError, match="Expected `str"):
        collect(installed(tmp_path, LISTED.replace("gpt2-small/0-res-jb", "0")))


def test_what_is_packed_is_what_is_read_and_always_the_same_bytes() -> None:
    packed = pack(read_directory())
    assert packed == pack(read_directory())
    assert msgspec.json.decode(gzip.decompress(packed), type=Directory) == read_directory()
