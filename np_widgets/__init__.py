"""Neuronpedia in a notebook: sparse-autoencoder features, fetched, drawn and framed."""
