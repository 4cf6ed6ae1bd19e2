"""Answers by mail: a mailbox, and what the services make of what lies in it."""
