"""Sphinx configuration. Reference pages and charts are written from the code, so that they cannot drift."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from exhibits import write_charts
from generate import write_reference

import detente

project = "detente"
author = "The detente developers"
copyright = "2026, the detente developers"
version = release = detente.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
autodoc_typehints = "description"
autodoc_member_order = "bysource"
exclude_patterns = ["_build", "reference/generated", "charts/generated"]
html_theme = "furo"
html_title = "detente"
html_show_sphinx = False

write_reference(Path(__file__).parent / "reference" / "generated")
write_charts()
