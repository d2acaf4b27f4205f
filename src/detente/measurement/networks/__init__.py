"""Signed networks: ties from evidence, the camps that leave least frustration, and who can be detached."""
