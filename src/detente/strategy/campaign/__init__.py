"""Campaigns: a case's portfolios against one another over the same futures, and what to make of them."""
