"""Take the README's picture: the first notebook's dashboard, in a real JupyterLab.

Run from the repository's root: ``python -m tests.browser.picture``.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.lab import Notebook, jupyter_lab, launch, write_notebook

NOTEBOOKS = Path(__file__).parent.parent.parent / "example_notebooks"


def main() -> None:
    """Draw the notebook's own dashboard cell and photograph its output."""
    cells = json.loads((NOTEBOOKS / "01_read_a_feature.ipynb").read_text(encoding="utf-8"))["cells"]
    code = next("".join(cell["source"]) for cell in cells if "FeatureDashboard(" in "".join(cell["source"]))
    text = next("".join(cell["source"]) for cell in cells if "".join(cell["source"]).startswith("dashboard.text"))
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        jupyter_lab(Path(folder), NP_WIDGETS_SOURCE="demo") as address,
    ):
        write_notebook(
            Path(folder) / "picture.ipynb",
            f"import np_widgets as npw\n{code.replace(', guide=True', '')}",
        )
        browser = launch(playwright)
        page = browser.new_context(viewport={"width": 1400, "height": 1150}, device_scale_factor=1.5).new_page()
        book = Notebook(page, address, "picture.ipynb")
        book.command("application:toggle-left-area")
        book.run_all()
        root = book.output(0).locator(".npw-root")
        expect(root.locator(".npw-row").first).to_be_visible(timeout=60_000)
        book.say(f"{text}\ndashboard.wait()")
        expect(root.locator(".npw-answer .npw-row").first).to_be_visible(timeout=60_000)
        root.locator(".npw-row .npw-peak").nth(1).hover()
        page.screenshot(path=NOTEBOOKS / "dashboard.png", clip={"x": 0, "y": 60, "width": 1400, "height": 1050})
        browser.close()


if __name__ == "__main__":
    main()
