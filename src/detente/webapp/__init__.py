"""The live page: the same answers, explored without writing code."""
