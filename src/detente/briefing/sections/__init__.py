"""The sections of the page, one file each: sentences (pure functions of frames), figures and tables."""
