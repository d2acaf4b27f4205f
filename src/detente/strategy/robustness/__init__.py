"""Which portfolios hold up over many futures: metrics, regret, fronts, and whether one is told to be best."""
