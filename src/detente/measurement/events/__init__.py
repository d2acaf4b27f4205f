"""Events between actors over time: series of dyads, what changed around occasions, and when series shift."""
