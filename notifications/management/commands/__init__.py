"""Each command parses, calls one service, and prints what it did."""
