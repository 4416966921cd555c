"""The frozen `legalqa-window`, which is also the interpreter of its children."""

import sys

from legalqa import child

child.serve_if_asked()

from ui.app import main  # noqa: E402  # a child needs no Qt

sys.exit(main())
