"""Run `make demo` in a copy of the repository, open what it serves, choose Run All, and look for the dashboard."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.lab import PATIENCE, SETTINGS, Notebook, launch

NAME = "01_read_a_feature.ipynb"
#: Seconds for an installation from nothing, on a machine that is busy with others.
INSTALLING = 1200
TOKEN = secrets.token_hex()


@contextlib.contextmanager
def make_demo(copy: Path) -> Iterator[str]:
    """Start it, wait until it answers, give its address, and have it end as a reader would."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = copy.parent / "demo.log"
    with log.open("w", encoding="utf-8") as file:
        demo = subprocess.Popen(  # noqa: S603 (fixed arguments)
            ["make", "demo", f"LAB_OPTIONS={' '.join(lab_options(copy.parent, port))}"],  # noqa: S607 (the user's make)
            cwd=copy,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "JUPYTER_CONFIG_DIR": str(copy.parent), "IPYTHONDIR": str(copy.parent)},
            start_new_session=True,
        )
    try:
        wait_until_up(demo, address)
        yield address
        ask(f"{address}/api/shutdown", method="POST")
        assert demo.wait(60) == 0
    except BaseException:
        print(log.read_text(encoding="utf-8"))
        raise
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGTERM)
            demo.wait(60)


def lab_options(folder: Path, port: int) -> list[str]:
    """No browser of its own, a port and a token of ours, nothing fetched from outside."""
    (folder / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    return [
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.expose_app_in_browser=True",
        f"--LabServerApp.app_settings_dir={folder}",
        f"--LabApp.app_settings_dir={folder}",
    ]


def wait_until_up(demo: subprocess.Popen[bytes], address: str) -> None:
    """Ask until there is an answer, the command has ended, or nobody can be expected to wait on."""
    end = time.monotonic() + INSTALLING
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError):
            ask(f"{address}/api/status")
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            raise RuntimeError(f"`make demo` ended with status {demo.wait(1)} before JupyterLab was up.")
    raise TimeoutError(f"`make demo` did not bring JupyterLab up within {INSTALLING} seconds.")


def ask(url: str, method: str = "GET") -> None:
    """Ask the server as someone who has the token."""
    request = urllib.request.Request(url, method=method, headers={"Authorization": f"token {TOKEN}"})  # noqa: S310 (ours)
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


def run_all(address: str, cells: list[dict[str, list[str]]]) -> None:
    """Do what the notebook's first line says, and wait for what it promises."""
    expect.set_options(timeout=PATIENCE)
    where = next(n for n, cell in enumerate(cells) if "FeatureDashboard(" in "".join(cell["source"]))
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{address}/api/status?token={TOKEN}")  # leaves a cookie, as the address that Jupyter prints would
        book = Notebook(page, address, NAME)
        book.run_all()
        expect(book.output(where).locator(".npw-root .npw-row").first).to_be_visible()
        expect(book.output(len(cells) - 1).locator("img")).to_be_visible()
        assert book.complaints == []
        browser.close()


def main() -> None:
    """Try the copy that is named on the command line."""
    copy = Path(sys.argv[1])
    cells = json.loads((copy / "example_notebooks" / NAME).read_text(encoding="utf-8"))["cells"]
    start = time.monotonic()
    with make_demo(copy) as address:
        print(f"demo: JupyterLab was up after {time.monotonic() - start:.0f} s")
        run_all(address, cells)
    print("demo: after Run All the dashboard stood in its cell")


if __name__ == "__main__":
    main()
