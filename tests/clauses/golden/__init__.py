"""Sentences that were read by people, and the facts of which they are told."""
