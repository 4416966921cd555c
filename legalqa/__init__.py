"""LegalQA: questions about a firm's own files, answered offline, every sentence checked against the record."""

__version__ = "0.1.0"
