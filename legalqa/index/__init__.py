"""Document ↔ matter on disk: the catalog is the truth, the vector index can be rebuilt from it."""
