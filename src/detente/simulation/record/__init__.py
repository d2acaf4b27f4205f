"""The forecast record: what was forecast, sealed on its day, and graded when the outcome is known."""
