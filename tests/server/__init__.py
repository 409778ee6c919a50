"""A server on loopback that keeps Neuronpedia's wire contract, answers with the demo model's numbers, and can fail.

``LoopbackServer`` is a real HTTP server on 127.0.0.1 with a port of its own::

    with LoopbackServer() as server:
        client = NeuronpediaClient(base_url=server.url, cache=False)
        server.fail(faults.Status(503), faults.Status(503))       # the next two requests, in this order
        client.get_feature(server.world.ref(7))
        assert [request.path for request in server.requests] == [...]

The fixtures ``server`` (fresh for every test) and ``other_server`` (another origin) stand in ``tests.server.fixtures``.
"""

from tests.server import faults
from tests.server.accounts import OTHER_KEY, OWNER_KEY
from tests.server.exchange import Answer, Request, json_answer
from tests.server.loopback import LoopbackServer
from tests.server.world import World

__all__ = ["OTHER_KEY", "OWNER_KEY", "Answer", "LoopbackServer", "Request", "World", "faults", "json_answer"]
