"""Bargaining: from who wants what, how much, and with what weight, to what comes out."""
