"""How a kind of record is listed, searched, shown, printed and exported: written once, for every kind."""
