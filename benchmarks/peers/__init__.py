"""Other programs on the same votes, each in a process of its own that writes what it took and found.

Every script takes a table of votes (actor, session, roll_call, yes: 1 or 0) and the file to write:
cpu_seconds and megabytes, how many iterations it ran and how many its users run, and points by actor, or by
actor and session.
"""
