"""The embedded demo model: a tiny transformer with a sparse autoencoder, run in NumPy.

Everything here is computed, nothing is a stored answer. Results come in the JSON shape of the
Neuronpedia service, so that the rest of the package reads them with the code it reads the
service with. Importing this package loads neither NumPy nor the weights; ``load()`` does.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .service import DemoModel as DemoModel

MODEL_ID = "demo-tiny"
"""Id of the model, as it stands in references such as ``demo-tiny/2-demo-sae/7``."""

SOURCE_ID = "2-demo-sae"
"""Id of the sparse autoencoder: it reads the residual stream that enters block 2."""

SOURCE_SET_ID = "demo-sae"
"""Id of the family of which that is the only one."""

VECTOR_SOURCE_ID = "2-neuronpedia-resid-pre"
"""Id under which the topic directions are kept, by the service's grammar for user vectors."""

__all__ = ["MODEL_ID", "SOURCE_ID", "SOURCE_SET_ID", "VECTOR_SOURCE_ID", "DemoModel", "load"]

_loading = Lock()


def load() -> DemoModel:
    """Return the demo model, reading its weights on the first call only.

    Returns
    -------
    DemoModel
        The same object every time. It may be used from several threads.
    """
    with _loading:
        return _load_once()


@lru_cache(maxsize=1)
def _load_once() -> DemoModel:
    from .service import DemoModel

    return DemoModel()


def __getattr__(name: str) -> type[DemoModel]:
    if name == "DemoModel":
        from .service import DemoModel

        return DemoModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
