"""What benchmarks share: the clock, how figures are noted beside it, and the one table of them all."""
