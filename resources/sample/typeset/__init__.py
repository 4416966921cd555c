"""The typesetting of the sample matter: sources in light markup become PDF, Word, mail and scanned files."""
