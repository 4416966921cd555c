"""The frozen `legalqa`."""

from legalqa.cli import main

main()
