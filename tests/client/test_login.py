"""Taking a key without writing it into a notebook."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from np_widgets.client import NeuronpediaClient, login, session_key
from np_widgets.errors import ConnectionFailed, InvalidRequest, Unauthorized
from tests.server import OWNER_KEY, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def _default_address(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEURONPEDIA_BASE_URL", server.url)


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Let a person answer the hidden prompt; returns the prompts."""

    def prepare(text: str) -> list[str]:
        prompts: list[str] = []

        def answer(prompt: str) -> str:
            prompts.append(prompt)
            return text

        monkeypatch.setattr("getpass.getpass", answer)
        return prompts

    return prepare


def test_typed_key_is_tested_and_kept(
    type_in: Callable[[str], list[str]], server: LoopbackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    prompts = type_in(f" {OWNER_KEY} ")
    assert session_key() is None
    login()
    assert session_key() == OWNER_KEY
    assert session_key("http://elsewhere") is None
    assert [(request.method, request.path) for request in server.requests] == [("POST", "/api/vector/list-owned")]
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert OWNER_KEY not in said
    assert len(prompts) == 1
    with NeuronpediaClient(cache=False) as client:
        assert client.has_key


def test_wrong_key_is_said_to_be_wrong_and_not_kept(
    type_in: Callable[[str], list[str]], server: LoopbackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in("wrong-key-1234")
    with pytest.raises(Unauthorized) as caught:
        login()
    assert f"{server.url}/account" in caught.value.remedy
    assert "wrong-key-1234" not in str(caught.value)
    assert session_key() is None
    assert capsys.readouterr().out == ""


def test_key_from_a_variable(server: LoopbackServer) -> None:
    login(OWNER_KEY)
    assert session_key(server.url) == OWNER_KEY


def colab(monkeypatch: pytest.MonkeyPatch, get: Callable[[str], str]) -> None:
    package, module, userdata = ModuleType("google"), ModuleType("google.colab"), ModuleType("google.colab.userdata")
    vars(userdata)["get"] = get
    vars(module)["userdata"] = userdata
    for name, one in (("google", package), ("google.colab", module), ("google.colab.userdata", userdata)):
        monkeypatch.setitem(sys.modules, name, one)


def test_secret_of_colab(monkeypatch: pytest.MonkeyPatch, type_in: Callable[[str], list[str]]) -> None:
    prompts = type_in("not asked for")
    colab(monkeypatch, {"NEURONPEDIA_API_KEY": OWNER_KEY}.__getitem__)
    login()
    assert session_key() == OWNER_KEY
    assert prompts == []


def test_colab_without_the_secret_asks(monkeypatch: pytest.MonkeyPatch, type_in: Callable[[str], list[str]]) -> None:
    prompts = type_in(OWNER_KEY)
    secrets: dict[str, str] = {}
    colab(monkeypatch, secrets.__getitem__)  # a KeyError stands for all of Colab's own
    login()
    assert len(prompts) == 1


@pytest.mark.parametrize("trouble", [EOFError, OSError, NotImplementedError])
def test_nobody_to_ask(trouble: type[Exception], monkeypatch: pytest.MonkeyPatch, server: LoopbackServer) -> None:
    def answer(_prompt: str) -> str:
        raise trouble

    monkeypatch.setattr("getpass.getpass", answer)
    with pytest.raises(Unauthorized, match="NEURONPEDIA_API_KEY"):
        login()
    assert server.requests == []


def test_empty_and_impossible_keys(type_in: Callable[[str], list[str]], server: LoopbackServer) -> None:
    type_in("  ")
    with pytest.raises(Unauthorized):
        login()
    with pytest.raises(InvalidRequest):
        login("a b")
    assert server.requests == []


def test_key_that_could_not_be_tested_is_not_kept(server: LoopbackServer) -> None:
    server.stop()
    with pytest.raises(ConnectionFailed):
        login(OWNER_KEY)
    assert session_key() is None
