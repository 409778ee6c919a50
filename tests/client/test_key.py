"""The key goes to one origin, in one header, and shows nowhere."""

from __future__ import annotations

import copy
import io
import logging
import pickle
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.client import NeuronpediaClient
from np_widgets.client.address import Address, origin_of
from np_widgets.client.keys import keep_for_session, make_key
from np_widgets.client.routes import get
from np_widgets.errors import InvalidRequest, NeuronpediaError, NotFound, UnexpectedResponse
from tests.server import OWNER_KEY, LoopbackServer, faults
from tests.server.world import PRIVATE_SOURCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.conftest import MakeClient

REF = "demo-tiny/2-demo-sae/7"
CANARY = "np-canary-5f3a9c1e"


def test_owner_sees_what_is_private(make_client: MakeClient, server: LoopbackServer) -> None:
    private = server.world.ref(7, PRIVATE_SOURCE)
    assert make_client(api_key=OWNER_KEY).get_feature(private).ref == private
    for stranger in (make_client(), make_client(api_key="another")):
        with pytest.raises(NotFound):
            stranger.get_feature(private)


def test_key_is_sent_stripped_in_its_header_alone(make_client: MakeClient, server: LoopbackServer) -> None:
    make_client(api_key=f"  {CANARY}\n").get_features([REF])
    (request,) = server.requests
    assert request.key == CANARY
    assert [name for name, value in request.headers.items() if CANARY in value] == ["x-api-key"]
    assert CANARY not in request.path
    assert CANARY.encode() not in request.body


def test_key_comes_from_argument_then_session_then_environment(
    make_client: MakeClient, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_client().get_feature(REF)
    monkeypatch.setenv("NEURONPEDIA_API_KEY", " from-environment ")
    client = make_client()
    client.get_feature(REF)
    key = make_key("from-login")
    assert key
    keep_for_session(key, Address.find(server.url))
    client.get_feature(REF)  # a client that was there before
    make_client(api_key="from-argument").get_feature(REF)
    make_client(api_key="").get_feature(REF)
    sent = [request.key for request in server.requests]
    assert sent == [None, "from-environment", "from-login", "from-argument", None]


def test_key_of_one_server_is_not_for_another(make_client: MakeClient, other_server: LoopbackServer) -> None:
    key = make_key(CANARY)
    assert key
    keep_for_session(key, Address.find("http://127.0.0.1:1"))
    assert not make_client(base_url=other_server.url).has_key


@pytest.mark.parametrize("key", ["a b", "a\r\nx-evil: 1", "schlüssel", "a\x00", "日本", "a\tb"])
def test_key_that_no_header_can_carry_is_refused_unseen(key: str, make_client: MakeClient) -> None:
    with pytest.raises(InvalidRequest) as caught:
        make_client(api_key=key)
    assert key not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_keyed_redirect_to_another_origin_is_refused_by_its_name(
    status: int, make_client: MakeClient, server: LoopbackServer, other_server: LoopbackServer
) -> None:
    server.always(faults.Redirect(other_server.url, status))
    with pytest.raises(UnexpectedResponse) as caught:
        make_client(api_key=CANARY).get_feature(REF)
    assert other_server.url in str(caught.value)
    assert other_server.requests == []


def test_same_host_on_another_port_or_name_is_another_origin(make_client: MakeClient, server: LoopbackServer) -> None:
    server.always(faults.Redirect(server.url.replace("127.0.0.1", "localhost")))
    with pytest.raises(UnexpectedResponse, match="http://localhost"):
        make_client(api_key=CANARY).get_feature(REF)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("many", [False, True])
def test_keyless_read_follows_to_another_origin(
    status: int, *, many: bool, make_client: MakeClient, server: LoopbackServer, other_server: LoopbackServer
) -> None:
    server.always(faults.Redirect(other_server.url, status))
    client = make_client()
    feature = client.get_features([REF])[0] if many else client.get_feature(REF)
    assert str(feature.ref) == REF
    assert [request.method for request in other_server.requests] == ["POST" if many else "GET"]
    assert other_server.requests[0].body == server.requests[0].body


def test_write_follows_nowhere(make_client: MakeClient, server: LoopbackServer, other_server: LoopbackServer) -> None:
    server.always(faults.Redirect(other_server.url))
    with pytest.raises(UnexpectedResponse, match="only reads follow"):
        make_client().request("POST", "/api/list/new", {})
    assert other_server.requests == []


def test_redirect_within_the_origin_keeps_the_key(make_client: MakeClient, server: LoopbackServer) -> None:
    server.fail(faults.Redirect(f"/api/feature/{REF}"))
    make_client(api_key=CANARY).get_feature(REF)
    assert [request.key for request in server.requests] == [CANARY, CANARY]


@pytest.mark.parametrize("to", ["ftp://x/", "file:///etc/passwd", "javascript:alert(1)", "http://", "//"])
def test_redirect_to_no_web_address_is_refused(to: str, make_client: MakeClient, server: LoopbackServer) -> None:
    server.always(faults.Status(308, b"", headers={"location": to}))
    with pytest.raises(NeuronpediaError):
        make_client().get_feature(REF)
    assert len(server.requests) <= 6


def test_redirects_in_circles_end(make_client: MakeClient, server: LoopbackServer) -> None:
    server.always(faults.Redirect(f"/api/feature/{REF}"))
    with pytest.raises(UnexpectedResponse, match="in circles"):
        make_client(api_key=CANARY).get_feature(REF)
    assert len(server.requests) == 6


def test_header_with_the_key_is_made_for_one_origin_alone(make_client: MakeClient, server: LoopbackServer) -> None:
    # Redirects are refused before this; it is what holds if that should ever fail.
    transport, key, call = make_client()._transport, make_key(CANARY), get("/api/x", "this")
    elsewhere = (f"{server.url}0/api/x", server.url.replace("http:", "https:"), "http://localhost/api/x")
    assert transport._headers(f"{server.url}/api/x", None, call, key)["x-api-key"] == CANARY
    assert not [url for url in elsewhere if "x-api-key" in transport._headers(url, None, call, key)]


def test_login_of_the_netrc_file_goes_nowhere(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    make_client().get_feature(REF)
    assert "authorization" not in server.requests[0].headers


def test_cookies_are_not_kept(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client()
    row = {"modelId": "a", "layer": "b", "index": "1"}
    server.fail(faults.Status(200, row, headers={"set_cookie": "tracker=1; Path=/"}))
    client.get_feature(REF)
    client.get_feature(REF)
    assert "cookie" not in server.requests[1].headers


ECHOES = [
    faults.Status(401, {"error": f"bad key {CANARY}"}),
    faults.Status(400, {"message": f"header x-api-key: {CANARY}"}),
    faults.Status(429, {"endpoint": CANARY, "requestWindow": CANARY, "error": CANARY}),
    faults.Status(500, CANARY.encode()),
    faults.Redirect(f"http://{CANARY}.example/"),
    faults.Redirect(f"/api/feature/{REF}?key={CANARY}"),
    faults.Body(f"<html>{CANARY}".encode()),
    faults.Body(f'{{"error": "{CANARY}", "response": {{}}}}'.encode()),
]
SILENT = [faults.Status(503), faults.Cut(), faults.NoResponse(), faults.BrokenGzip(), faults.Status(404), faults.html()]


@pytest.mark.parametrize("fault", ECHOES + SILENT, ids=lambda fault: type(fault).__name__)
def test_key_shows_in_no_error_and_no_log(
    fault: faults.Fault, make_client: MakeClient, server: LoopbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = make_client(api_key=CANARY)
    server.always(fault)
    with pytest.raises(NeuronpediaError) as caught:
        client.get_feature(REF)
    error = caught.value
    assert server.requests[0].key == CANARY
    # A verbose traceback shows the variables of every frame.
    lines = traceback.TracebackException.from_exception(error, capture_locals=fault in SILENT).format()
    shown = "".join([repr(error), str(error), repr(vars(error)), error.remedy, *lines])
    assert CANARY not in shown.replace(repr(fault), "")
    assert CANARY.encode() not in pickle.dumps(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 (our own)
    assert caplog.records
    assert CANARY not in caplog.text


def test_key_shows_in_no_view_of_the_client_or_its_results(
    make_client: MakeClient, server: LoopbackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    client = make_client(api_key=CANARY, session=None)
    feature = client.get_feature(REF)
    assert "api_key=set" in repr(client)
    assert "api_key=none" in repr(make_client())
    shown = [repr(client), str(client), repr(vars(client)), repr(vars(client._transport)), repr(feature.provenance)]
    shown += [feature.to_json(), str(feature.url), repr(client.rate_limits)]
    assert not [text for text in shown if CANARY in text]
    assert CANARY not in "".join(capsys.readouterr())
    assert CANARY not in server.requests[0].path


def test_pickle_and_copy_leave_the_key_behind(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(api_key=CANARY)
    data = pickle.dumps(client)
    assert CANARY.encode() not in data
    for twin in (pickle.loads(data), copy.copy(client), copy.deepcopy(client)):  # noqa: S301 (our own)
        with twin:
            assert isinstance(twin, NeuronpediaClient)
            assert (twin.base_url, twin.has_key) == (server.url, False)
            assert str(twin.get_feature(REF).ref) == REF
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dump(client._keys.current(), io.BytesIO())


def test_cache_holds_no_key(make_client: MakeClient, server: LoopbackServer, tmp_path: Path) -> None:
    client = make_client(api_key=CANARY, cache=tmp_path)
    client.get_feature(REF)
    client.activate(REF, "text")
    row = {"modelId": "a", "layer": "b", "index": "1", "vectorLabel": CANARY}
    server.fail(faults.Status(200, row))  # a server that echoes it
    client.get_feature("demo-tiny/2-demo-sae/8")
    client.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"answers.sqlite", "salt"}
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    assert not [path for path in files if path.stat().st_mode & 0o077]
    with make_client(api_key=CANARY, cache=tmp_path) as again:
        again.get_feature("demo-tiny/2-demo-sae/8")
    assert len(server.requests) == 4  # what was echoed was not kept


@pytest.mark.parametrize(
    ("given", "base", "origin"),
    [
        (None, "https://www.neuronpedia.org", "https://www.neuronpedia.org"),
        ("https://neuronpedia.org/", "https://www.neuronpedia.org", "https://www.neuronpedia.org"),
        ("http://www.neuronpedia.org/api", "https://www.neuronpedia.org", "https://www.neuronpedia.org"),
        (" http://localhost:3000/ ", "http://localhost:3000", "http://localhost:3000"),
        ("http://HOST:80/api/", "http://HOST:80", "http://host"),
        ("https://h/np/api", "https://h/np", "https://h"),
        ("http://[::1]:3000", "http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_addresses(given: str | None, base: str, origin: str) -> None:
    address = Address.find(given)
    assert (address.base, address.origin) == (base, origin)


def test_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEURONPEDIA_BASE_URL", "http://localhost:3000")
    assert NeuronpediaClient().base_url == "http://localhost:3000"
    assert NeuronpediaClient(base_url="http://h").base_url == "http://h"


@pytest.mark.parametrize(
    "url", ["http://a\\@b/", "http://a:99999999/", "", "//x", "http:///x", "http://a b/", "data:,x"]
)
def test_no_origin(url: Any) -> None:
    assert origin_of(url) is None
