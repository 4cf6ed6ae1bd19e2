"""How fast TreatyFlow is, row by row: `make bench`."""
