"""How what the page ships with is made: the shapes of countries, from Natural Earth's.

`python -m detente.briefing.compiling.shapes FILE [FILE ...]` writes `briefing/shapes/world.json`.
"""
