"""Have we ever been right: forecasts from past years, scored on years that they had not seen."""
