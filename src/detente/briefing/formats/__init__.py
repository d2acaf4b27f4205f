"""One content in several forms: a page, Markdown, JSON, PDF, and charts as specifications or pictures."""

from __future__ import annotations

from detente.briefing.formats.making import FORMATS, Made, check_formats

__all__ = ["FORMATS", "Made", "check_formats"]
