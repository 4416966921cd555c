"""Words of a page → its text: reading order, lines, tables, notes, margins, what cannot be seen."""
