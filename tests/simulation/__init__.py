"""Tests of futures: bargaining, decision rules, the forum."""
