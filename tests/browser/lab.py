"""A real JupyterLab in a real Chromium, for tests and for looking."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.browser.chromium import find

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page, Playwright

#: What a fresh profile would fetch from outside, switched off: there is nothing to reach, and tests are offline.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
#: A cell may import pandas for the first time on a busy machine.
PATIENCE = 90_000


def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a window."""
    return playwright.chromium.launch(executable_path=find(), args=QUIET)


@contextlib.contextmanager
def jupyter_lab(folder: Path, **environment: str) -> Iterator[str]:
    """Serve a folder with JupyterLab on a free port; gives its address."""
    overrides = folder / "settings"
    overrides.mkdir(exist_ok=True)
    (overrides / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
        # With retries a busy port silently moves, and the test talks to somebody else's server.
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True",
        f"--LabServerApp.app_settings_dir={overrides}", f"--LabApp.app_settings_dir={overrides}",
    ]  # fmt: skip
    own = {"JUPYTER_CONFIG_DIR": str(folder / "config"), "IPYTHONDIR": str(folder / "ipython")}
    server = subprocess.Popen(  # noqa: S603 (our own interpreter)
        command, cwd=folder, stderr=subprocess.PIPE, text=True, env={**os.environ, **own, **environment}
    )
    try:
        assert server.stderr is not None
        said = []
        for line in server.stderr:
            said.append(line)
            if re.search(r"is running at", line):
                break
        else:
            raise RuntimeError("JupyterLab did not start:\n" + "".join(said))
        drain = subprocess.Popen(["cat"], stdin=server.stderr, stdout=subprocess.DEVNULL)  # noqa: S607
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        drain.wait(20)


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells."""
    rows = [
        {"cell_type": "code", "id": f"cell{n}", "metadata": {}, "source": code, "outputs": [], "execution_count": None}
        for n, code in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(
        json.dumps({"cells": rows, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )


class Notebook:
    """One open notebook, and what its page complained about."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"pageerror: {error}"))
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/lab/tree/{name}?reset")
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context?.isReady")
        page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
        )

    def _on_console(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def command(self, name: str, **options: Any) -> None:
        """Run one of JupyterLab's commands."""
        self.page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args)", [name, options])

    def run_all(self) -> None:
        """What the menu's Run All Cells does."""
        self.command("notebook:run-all-cells")

    def run(self, number: int) -> None:
        """Run one cell, as Control+Enter does."""
        self.page.locator(".jp-Notebook .jp-Cell").nth(number).locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Control+Enter")

    def output(self, number: int) -> Locator:
        """The output area of a cell."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number).locator(".jp-Cell-outputArea")

    def say(self, number: int, code: str) -> str:
        """Replace a cell's code, run it, and give what it printed."""
        self.page.evaluate(
            """([number, code]) => window.jupyterapp.shell.currentWidget.content.widgets[number]
                 .model.sharedModel.setSource(code)""",
            [number, f"{code}\nprint('said')"],
        )
        self.run(number)
        text = self.output(number).locator(".jp-OutputArea-output").filter(has_text="said").first
        text.wait_for()
        return text.inner_text().removesuffix("\n").removesuffix("said").strip()

    def theme(self, name: str) -> None:
        """Switch JupyterLab's theme: ``Light`` or ``Dark``."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light && !document.querySelector('#jupyterlab-splash')",
            arg="true" if name == "Light" else "false",
        )

    def save(self) -> None:
        """Save, and wait until it is saved."""
        self.command("docmanager:save")
        self.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
