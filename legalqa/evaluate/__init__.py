"""Measuring retrieval, answers and models against gold answers."""
