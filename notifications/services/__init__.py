"""The acts: one verb, one function, one transaction; the only place that changes the domain."""
