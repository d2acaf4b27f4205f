"""A soak: the real server under use for minutes, and repeated runs in one process; what each holds over time."""
