"""What each side can do: portfolios of levers compared over ensembles of futures."""
