"""Rebuild the table of SAELens' ids from an installed sae-lens: ``make saelens-ids``.

Only the wheel's own files are read, so it may be installed without what it depends on.
"""

from __future__ import annotations

import gzip
from importlib.metadata import Distribution, distribution
from pathlib import Path

import msgspec
import yaml

from np_widgets.saelens.directory import TABLE, Directory


def main() -> None:
    """Write the table beside this file and say what is in it."""
    directory = collect(distribution("sae-lens"))
    (Path(__file__).parent / TABLE).write_bytes(pack(directory))
    found = [one for ids in directory.releases.values() for one in ids.values()]
    paged = len(found) - found.count(None)
    print(  # noqa: T201 (a program that reports)
        f"sae-lens {directory.version}: {len(directory.releases)} releases, {len(found)} SAEs, {paged} with a page."
    )


def collect(installed: Distribution) -> Directory:
    """Take from SAELens' directory what concerns Neuronpedia.

    Parameters
    ----------
    installed : importlib.metadata.Distribution
        sae-lens, as it was installed.

    Returns
    -------
    Directory

    Raises
    ------
    msgspec.ValidationError
        When the directory has another form than it had.
    """
    text = Path(str(installed.locate_file("sae_lens/pretrained_saes.yaml"))).read_text(encoding="utf-8")
    releases = {
        release: {sae["id"]: sae.get("neuronpedia") for sae in entry["saes"]}
        for release, entry in yaml.safe_load(text).items()
    }
    return msgspec.convert({"version": installed.version, "releases": releases}, Directory)


def pack(directory: Directory) -> bytes:
    """Compress a directory; without a time stamp, so that the same directory gives the same bytes."""
    return gzip.compress(msgspec.json.encode(directory), compresslevel=9, mtime=0)


if __name__ == "__main__":
    main()
