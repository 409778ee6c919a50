from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.lab import Notebook, jupyter_lab, launch, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page, ViewportSize


# The first cell of a kernel imports everything and loads the demo model, on a machine that is busy with others.
expect.set_options(timeout=60_000)
SIZE: ViewportSize = {"width": 1280, "height": 1000}


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
    context = chromium.new_context(viewport=SIZE)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("lab")
    with jupyter_lab(folder, NP_WIDGETS_SOURCE="demo") as address:
        yield address, folder


@pytest.fixture(scope="session")
def desk(chromium: Browser) -> Iterator[Desk]:
    desk = Desk(chromium)
    yield desk
    desk.clear()


class Desk:
    """The page that JupyterLab stands in: loading it takes four seconds, and opening a notebook in it one."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._page: Page | None = None

    def page(self) -> Page:
        """Give it as a test expects it: in its size, by day, with nothing under the pointer."""
        if self._page is None:
            self._page = self._chromium.new_context(viewport=SIZE).new_page()
        self._page.set_viewport_size(SIZE)
        self._page.mouse.move(0, 0)
        return self._page

    def clear(self) -> None:
        """Throw it away: the next test begins with another."""
        if self._page is not None:
            self._page.context.close()
        self._page = None


@pytest.fixture
def notebook(lab: tuple[str, Path], desk: Desk, request: pytest.FixtureRequest) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook of the given cells; at the end nothing may stand in the console."""
    address, folder = lab
    opened: list[Notebook] = []
    failed_before = request.session.testsfailed

    def open_notebook(*cells: str) -> Notebook:
        name = f"{request.node.name.split('[')[0]}.ipynb"
        write_notebook(folder / name, *cells)
        opened.append(Notebook(desk.page(), address, name))
        return opened[-1]

    yield open_notebook
    try:
        for one in opened:
            one.shut_down()
            assert one.complaints == []
    except BaseException:
        desk.clear()
        raise
    if request.session.testsfailed > failed_before:  # who knows what it left on the page
        desk.clear()
