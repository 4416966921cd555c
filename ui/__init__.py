"""The window: Qt widgets over `legalqa`'s public API. It adds nothing to the core but presentation."""
