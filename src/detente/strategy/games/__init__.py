"""Two sides choosing at once or in turn: equilibria, commitment, and games of simulated payoffs."""
