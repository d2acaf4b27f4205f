"""Long studies of the ideal points: coverage, simulation-based calibration, held-out votes, the sampler."""
