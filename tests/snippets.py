"""The Python of the service's pages as it stands there, but for the package's name."""

from __future__ import annotations

#: By the number that docs/snippets.md gives it.
SNIPPETS = {
    1: """
model_id, layer_id = sae.cfg.metadata.neuronpedia_id.split("/")
""",
    2: """
import requests

def get_feature(model_id: str, layer_id: str, index: int) -> dict:
    url = f"https://www.neuronpedia.org/api/feature/{model_id}/{layer_id}/{index}"
    return requests.get(url).json()

feat = get_feature("gemma-3-4b-it", "22-gemmascope-2-res-65k", 17369)
""",
    3: """
resp = requests.post("https://www.neuronpedia.org/api/explanation/search", json={
    "modelId": "gemma-3-4b-it",
    "layers": ["22-gemmascope-2-res-65k"],
    "query": "religious text",
})
results = resp.json()
""",
    4: """
resp = requests.post("https://www.neuronpedia.org/api/search-all", json={
    "modelId": "gemma-3-4b-it",
    "sourceSet": "gemmascope-2-res-65k",
    "text": "In the beginning, God created the heavens",
    "numResults": 20,
})
""",
    5: """
resp = requests.post("https://www.neuronpedia.org/api/search-topk-by-token", json={
    "modelId": "gemma-3-4b-it",
    "source": "22-gemmascope-2-res-65k",
    "text": "In the beginning, God created the heavens",
    "numResults": 10,
    "ignoreBos": True,
    "densityThreshold": 0.01,
})
""",
    6: """
resp = requests.post("https://www.neuronpedia.org/api/activation/new", json={
    "feature": {
        "modelId": "gemma-3-4b-it",
        "source": "22-gemmascope-2-res-65k",
        "index": "17369",
    },
    "customText": "Alright, let's get started with the plan",
})
""",
    7: """
resp = requests.post("https://www.neuronpedia.org/api/steer", json={
    "prompt": "Once upon a time",
    "modelId": "gemma-3-4b-it",
    "features": [
        {"modelId": "gemma-3-4b-it", "layer": "22-gemmascope-2-res-65k",
         "index": 17369, "strength": 4}
    ],
    "temperature": 0.7,
    "n_tokens": 50,
    "freq_penalty": 1,
    "seed": 42,
    "strength_multiplier": 4,
})
""",
    8: """
search_response = requests.post(
    "https://neuronpedia.org/api/search",
    json={
        "model": "gpt2-small",
        "sae_set": "res-jb",
        "text": "Your search text here",
        "top_k": 20
    }
)
results = search_response.json()
""",
    9: """
from np_widgets import NeuronpediaClient

client = NeuronpediaClient(api_key="your-api-key")

# Upload your vector
vector_id = client.upload_vector(
    vector=[0.23, -0.45, 0.12, ...],  # Your vector values
    name="My Custom Vector",
    description="Detects X in model Y"
)
""",
    10: """
from np_widgets import upload_dashboard

dashboard_id = upload_dashboard(
    model="your-model",
    vector=[0.1, 0.2, 0.3, ...],
    name="My Custom Feature",
    description="A feature that detects...",
    metadata={
        "sparsity": 0.001,
        "layer": 6
    }
)
""",
    11: """
for idx, vector in enumerate(sae_vectors):
    client.upload_feature(
        model="your-model",
        sae_id="your-sae-32k",
        layer=6,
        index=idx,
        vector=vector,
        metadata={
            "sparsity": sparsity_values[idx],
            "frequency": frequency_values[idx],
            "max_activation": max_acts[idx]
        }
    )

    if idx % 100 == 0:
        print(f"Uploaded {idx} features...")
""",
    12: """
client.upload_feature(
    model="llama-3-8b",
    sae_id="my-sae-16k",
    layer=12,
    index=1234,
    vector=feature_vector
)
""",
    13: """
from np_widgets import upload_crosscoder_features

upload_crosscoder_features(
    model="gemma-2b",
    crosscoder_id="my-crosscoder",
    features=crosscoder_features,
    layer=6
)
""",
    14: """
vector_id = client.upload_vector(
    vector=refusal_vector,
    name="Refusal Steering (Arditi et al.)",
    description="Reduces model refusal behavior",
    tags=["steering", "safety"]
)
""",
    15: """
client.upload_probe(
    model="gpt2-small",
    probe_vector=probe_weights,
    name="Truthfulness Probe",
    concept="truthfulness"
)
""",
    16: """
# Prepare batch
features_batch = [
    {
        "model": "gpt2-small",
        "sae_id": "my-sae",
        "index": i,
        "vector": vectors[i],
        "metadata": metadata[i]
    }
    for i in range(1000)
]

# Upload in batches of 100
client.batch_upload_features(features_batch, batch_size=100)
""",
    17: """
client = NeuronpediaClient(api_key="your-api-key")
""",
    18: """
# Good
vector = [0.1, 0.2, 0.3, ...]  # List
vector = np.array([0.1, 0.2, 0.3, ...])  # NumPy
""",
    19: """
metadata = {
    "sparsity": 0.001,  # Feature sparsity
    "frequency": 0.05,  # Activation frequency
    "layer": 6,  # Which layer
    "max_activation": 12.3,  # Max activation value
    "training_tokens": 1000000,  # Tokens used for training
    "l0": 50,  # L0 sparsity
    "dead": False  # Is this a dead feature?
}
""",
    20: """
client.upload_feature(
    model="my-model",
    vector=vector,
    visibility="private"  # or "public"
)
""",
    21: """
client.upload_feature(
    model="my-model",
    vector=vector,
    license="MIT"  # or "Apache-2.0", "CC0", etc.
)
""",
    22: """
import numpy as np
from np_widgets import NeuronpediaClient

# Load your SAE weights
sae_weights = np.load("my_sae_weights.npy")

client = NeuronpediaClient(api_key="your-api-key")

# Upload all features
for idx in range(sae_weights.shape[0]):
    client.upload_feature(
        model="gpt2-small",
        sae_id="my-experimental-sae",
        layer=9,
        index=idx,
        vector=sae_weights[idx].tolist()
    )
""",
    23: """
from np_widgets import NeuronpediaClient

client = NeuronpediaClient(api_key="your-api-key")

# Vector from Arditi et al. refusal steering paper
refusal_vector = [...]  # Your vector values

vector_id = client.upload_vector(
    vector=refusal_vector,
    name="Refusal Steering",
    description="Steering vector to reduce refusal (Arditi et al.)",
    tags=["steering", "safety", "refusal"],
    paper_url="https://arxiv.org/abs/..."
)
""",
    24: """
# Now you can steer with it!
result = client.steer(
    model="gemma-2b",
    vector_id=vector_id,
    strength=-5,
    prompt="How do I..."
)
""",
    25: """
# Upload and automatically generate explanation
dashboard_id = client.upload_dashboard(
    model="gpt2-small",
    vector=[0.1, 0.2, ...],
    name="Possible measurement feature",
    auto_interpret=True,  # Generate explanation automatically
    interpretation_method="eleuther"
)
""",
    26: """
# Check the explanation
feature = client.get_feature(dashboard_id)
print(feature.explanation)
""",
}
