"""The engine that counts: clauses as data, dates as results. Pure Python: no Django, no clock."""
