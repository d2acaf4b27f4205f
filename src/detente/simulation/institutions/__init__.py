"""Decision rules at work: who is critical or pivotal, what power a rule gives, and what turns a vote."""
