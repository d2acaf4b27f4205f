"""Tests of reading: what is drafted from a document, and what no document can bring about."""
