import pytest

from np_widgets import demo
from np_widgets.demo import DemoModel


@pytest.fixture(scope="session")
def model() -> DemoModel:
    return demo.load()
