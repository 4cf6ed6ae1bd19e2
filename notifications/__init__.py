"""Formal treaty notifications: the acts, the clocks they start and the alerts about both."""
