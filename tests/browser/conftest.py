from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.lab import Notebook, jupyter_lab, launch, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page


# The first cell of a kernel imports everything and loads the demo model, on a machine that is busy with others.
expect.set_options(timeout=60_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("lab")
    with jupyter_lab(folder, NP_WIDGETS_SOURCE="demo") as address:
        yield address, folder


@pytest.fixture
def notebook(lab: tuple[str, Path], page: Page, request: pytest.FixtureRequest) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook of the given cells; at the end nothing may stand in the console."""
    address, folder = lab
    opened: list[Notebook] = []

    def open_notebook(*cells: str) -> Notebook:
        name = f"{request.node.name.split('[')[0]}.ipynb"
        write_notebook(folder / name, *cells)
        opened.append(Notebook(page, address, name))
        return opened[-1]

    yield open_notebook
    for one in opened:
        one.shut_down()
        assert one.complaints == []
