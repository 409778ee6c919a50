"""A read that fails, and what every failure has to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from np_widgets.errors import NeuronpediaError, RateLimited, Unauthorized

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient

REF = "demo-tiny/2-demo-sae/7"


def failure(client: NeuronpediaClient) -> NeuronpediaError:
    """Fetch a feature in vain; the error names it, has a remedy, and leads to no request."""
    with pytest.raises(NeuronpediaError) as caught:
        client.get_feature(REF)
    assert REF in str(caught.value) or isinstance(caught.value, (RateLimited, Unauthorized))
    assert caught.value.remedy
    # The exceptions below hold the request and its headers.
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value
