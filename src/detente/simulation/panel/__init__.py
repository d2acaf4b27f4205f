"""Where actors have moved, year by year, and by what law: a state-space panel of ideal points."""
