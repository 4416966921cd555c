"""Every format but PDF: a module for each, `read(file, context)`, chosen by the worker."""
