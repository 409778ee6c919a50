"""Taking an API key for the session, without it standing in a notebook."""

from __future__ import annotations

import getpass

from np_widgets.client.address import Address
from np_widgets.client.keys import ENVIRONMENT, Key, keep_for_session, make_key
from np_widgets.client.routes import post
from np_widgets.client.transport import DEFAULT_TIMEOUT, Transport
from np_widgets.errors import Unauthorized

_MAX_BYTES = 64 * 2**20


def login(api_key: str | None = None, *, base_url: str | None = None) -> None:
    """Take an API key, test it, and keep it in memory for the default source and every client without a key of its own.

    The key comes from Colab's secrets (``NEURONPEDIA_API_KEY``) or from a hidden prompt. It is tested by
    ``POST /api/vector/list-owned``, which needs a key and changes nothing (contract, 1.2), and says so in one line.
    It is never written to disk, and only sent to the server that accepted it. Reading needs no key; writing does, and
    so does seeing your own private features.

    Parameters
    ----------
    api_key : str, optional
        The key, from a variable of yours; a key typed into a cell is saved with the notebook.
    base_url : str, optional
        A self-hosted server; by default ``NEURONPEDIA_BASE_URL`` or the public service.

    Raises
    ------
    Unauthorized
        When the server does not accept the key, or there is nobody to ask for one. Nothing is kept then.
    InvalidRequest
        When it cannot be a key.
    """
    address = Address.find(base_url)
    key = make_key(api_key) or make_key(_from_colab()) or make_key(_from_prompt(address))
    if key is None:
        raise _nobody_to_ask(address)
    _test(key, address)
    keep_for_session(key, address)
    print(f"{address.host} accepts the API key; it is kept in memory until this session ends.")  # noqa: T201 (the answer)


def _test(key: Key, address: Address) -> None:
    transport = Transport(address, timeout=DEFAULT_TIMEOUT, max_bytes=_MAX_BYTES)
    try:
        transport.send(post("/api/vector/list-owned", {}, "the test of the API key"), key)
    finally:
        transport.close()


def _from_colab() -> str | None:
    try:
        from google.colab import userdata
    except ImportError:
        return None
    try:
        return str(userdata.get(ENVIRONMENT) or "")
    except Exception:  # noqa: BLE001 (Colab's own errors: no such secret, no access granted, no front end)
        return None


def _from_prompt(address: Address) -> str | None:
    try:
        return getpass.getpass(f"API key of {address.host} (from {address.base}/account, not shown): ")
    except (EOFError, OSError, RuntimeError, NotImplementedError):
        # Nobody is there: a notebook run by a program. Jupyter has an error of its own for that, a RuntimeError or
        # NotImplementedError by version.
        raise _nobody_to_ask(address) from None


def _nobody_to_ask(address: Address) -> Unauthorized:
    return Unauthorized(
        "No API key was given.",
        remedy=f"Find yours on {address.base}/account; where nobody can type it, set {ENVIRONMENT} before starting.",
    )
