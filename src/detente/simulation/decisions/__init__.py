"""Decisions that come up: how likely each is to pass under its rule, and on whom that hangs."""
