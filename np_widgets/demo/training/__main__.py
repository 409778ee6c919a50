"""Train the demo model: ``python -m np_widgets.demo.training``."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from .run import run
from .settings import FULL, QUICK


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m np_widgets.demo.training", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a toy run of about a minute, to see that it works")
    parser.add_argument("--out", type=Path, help="where the files go (default: into the package)")
    parser.add_argument("--keep", type=Path, help="keep slow steps in this folder and reuse what is there")
    parser.add_argument("--seed", type=int, default=FULL.seed)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    settings = replace(QUICK if options.quick else FULL, seed=options.seed)
    # A toy run never replaces the shipped weights unless it is told where to write.
    default = Path(tempfile.mkdtemp()) if options.quick else Path(__file__).parent.parent
    run(settings, options.out or default, options.keep)


if __name__ == "__main__":
    main()
