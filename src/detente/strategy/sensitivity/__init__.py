"""Which inputs drive an outcome: Sobol indices, and Shapley effects where inputs are correlated."""
