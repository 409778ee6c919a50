"""A real JupyterLab in a real Chromium, for tests and for looking."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
from threading import Thread
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


EXECUTE = """async code => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const future = kernel.requestExecute({ code, store_history: false });
    let text = '';
    future.onIOPub = ({ header, content }) => {
        if (header.msg_type === 'stream') text += content.text;
        if (header.msg_type === 'error') text += `${content.ename}: ${content.evalue}`;
    };
    await future.done;
    return text;
}"""


#: Without the question what becomes of changes.
CLOSE = "() => [...window.jupyterapp.shell.widgets('main')].forEach((open) => open.dispose())"
OPEN = """async path => {
    const { commands, restored, shell } = window.jupyterapp;
    await restored;
    const panel = await commands.execute('docmanager:open', { path });
    shell.activateById(panel.id);
}"""

#: Playwright's own waiting takes the promise of an answer for an answer.
ASK_UNTIL = f"""async ([code, patience]) => {{
    const end = performance.now() + patience;
    while ((await ({EXECUTE})(code)).trim() !== 'True') {{
        if (performance.now() > end) throw new Error(`it never became true: ${{code}}`);
        await new Promise(requestAnimationFrame);
    }}
}}"""


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
    assert server.stderr is not None
    reader = Thread(target=server.stderr.read, daemon=True)
    try:
        said = []
        for line in server.stderr:
            said.append(line)
            if re.search(r"is running at", line):
                break
        else:
            raise RuntimeError("JupyterLab did not start:\n" + "".join(said))
        reader.start()  # nobody else reads on, and a full pipe would stop the server
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        if reader.is_alive():
            reader.join(20)
        server.stderr.close()


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells."""
    rows: list[dict[str, Any]] = [
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
        page.on("pageerror", self._on_error)
        page.set_default_timeout(PATIENCE)
        if not page.url.startswith(f"{address}/lab"):
            page.goto(f"{address}/lab?reset")
            page.wait_for_function("() => window.jupyterapp")
        page.evaluate(OPEN, name)
        page.wait_for_function("() => window.jupyterapp.shell.currentWidget?.context?.isReady")
        page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
        )

    def _on_console(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _on_error(self, error: Any) -> None:
        self.complaints.append(f"pageerror: {error}")

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

    def say(self, code: str) -> str:
        """Run code in the kernel, beside the cells, and give what it printed."""
        return str(self.page.evaluate(EXECUTE, code)).strip()

    def wait_for(self, expression: str) -> None:
        """Wait until something is true in Python; asked from outside, so that the kernel is free for callbacks."""
        self.page.evaluate(ASK_UNTIL, [f"print(bool({expression}))", PATIENCE])

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

    def shut_down(self) -> None:
        """End the notebook's kernel, close the notebook as it stands, and listen no more."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.evaluate(CLOSE)
        self.page.remove_listener("console", self._on_console)
        self.page.remove_listener("pageerror", self._on_error)
