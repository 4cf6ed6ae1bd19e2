"""The Django admin: registry, people, clauses and ladders to change; what was issued to read.

Every change goes through a service and gives its reason; nothing is deleted here.
"""
