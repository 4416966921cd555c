"""Models: the catalogue, what of it is installed in a home, and how it gets there. Weights are never in the program."""

from legalqa.models.ability import Ability, ability, record
from legalqa.models.catalogue import Catalogue, Entry, Role, load_catalogue
from legalqa.models.provision import add, pull, pull_file, wheel_cache
from legalqa.models.store import CheckedFile, Listed, ModelFiles, is_here, listing, locate, verify

__all__ = [
    "Ability",
    "Catalogue",
    "CheckedFile",
    "Entry",
    "Listed",
    "ModelFiles",
    "Role",
    "ability",
    "add",
    "is_here",
    "listing",
    "load_catalogue",
    "locate",
    "pull",
    "pull_file",
    "record",
    "verify",
    "wheel_cache",
]
