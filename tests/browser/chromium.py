"""Find a Chromium for the browser tests, or install one.

Run as a program it makes sure that there is one: a Chromium found on the machine, else Debian's by apt-get where that
is permitted, else Playwright's own. Where none can be had it fails and names the command.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Find an executable Chromium: named by ``CHROMIUM``, on the PATH, or Playwright's."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return on_path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Install a Chromium in the first way that works."""
    if shutil.which("apt-get") and os.access("/var/lib/dpkg", os.W_OK):
        run("apt-get", "update", "--quiet")
        if run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"):
            return
    run(sys.executable, "-m", "playwright", "install", "chromium")


def run(*command: str) -> bool:
    """Run a command, its output kept for when it fails."""
    done = subprocess.run(  # noqa: S603 (fixed commands)
        command, capture_output=True, text=True, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    )
    if done.returncode:
        sys.stderr.write(f"`{' '.join(command)}` failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}\n")
    return done.returncode == 0


if __name__ == "__main__":
    if find() is None:
        install()
    found = find()
    if found is None:
        sys.exit(
            "There is no Chromium, and none could be installed. Run `playwright install chromium`, or set CHROMIUM."
        )
    sys.stdout.write(f"Chromium: {found}\n")
