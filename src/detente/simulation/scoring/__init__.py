"""How good are the models: forecasts of decisions whose outcome is known, scored alike for every model."""
