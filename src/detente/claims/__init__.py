"""What others have published, held against the evidence: tests, figures, verdicts, what would change them."""
