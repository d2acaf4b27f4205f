"""Decision rules at work: who wins, who is pivotal, what power a rule gives, whether a decision passes."""
