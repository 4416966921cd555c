"""``python -m legalqa.models``: install the starter models in the default home. What ``make models`` runs."""

from __future__ import annotations

import sys

from legalqa import models, settings
from legalqa.errors import EXIT_DONE, LegalQAError


def main() -> int:
    """Install what is missing of the starter models; returns the exit code."""
    try:
        home = settings.load().home
        for entry in models.load_catalogue().model:
            if entry.starter:
                files = models.pull(home, entry.id)
                print(f"{files.id}: verified, {files.file}", file=sys.stderr)
    except LegalQAError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
