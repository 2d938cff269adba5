"""The one writer: live documents, runs and the peers that watch and drive them."""
