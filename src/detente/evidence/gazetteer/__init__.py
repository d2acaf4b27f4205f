"""The shipped tables of actors and their labels, and the script that compiles the dates."""
