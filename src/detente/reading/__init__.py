"""From a document to a draft: what it seems to claim, and of whom, for a person to review."""

from __future__ import annotations

from detente.reading.document import Document, open_document
from detente.reading.drafting import Drafted, draft

__all__ = ["Document", "Drafted", "draft", "open_document"]
