"""A page that breaks its parser fails alone, with its number and a reason: the others are read."""

from __future__ import annotations

from collections.abc import Callable

from legalqa import errors
from legalqa.ingest import limits
from legalqa.ingest.book import failed_page
from legalqa.ingest.items import PageRead


def page(number: int, what: str, known: type[Exception], read: Callable[[], PageRead]) -> PageRead:
    """What `read` gives, or the page as failed. `known` is an error whose message is for the user, `what` the page is.

    Raises LegalQAError: what the environment lacks is no fault of the page.
    """
    try:
        return read()
    except errors.LegalQAError:
        raise
    except known as error:
        reason = str(error)
    except MemoryError:
        reason = f"reading the {what} takes more memory than is allowed"
    except Exception as error:  # a page that breaks a library must not take the others with it
        reason = limits.explained(error)
    return PageRead(failed_page(number, reason), "")
