"""Fuzzing: input that nobody would write on purpose, and the one thing that may come of it."""
