"""A soak: the real server under use for minutes, then repeated runs in one process; what each holds."""
