"""Scenarios: real cases replayed through the services on a simulated clock (scenarios.md)."""
