"""Tools for those who work on detente itself; none is installed with it."""
