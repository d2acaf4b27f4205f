"""Sphinx configuration. Reference pages and charts are written from the code, so that they cannot drift."""

from __future__ import annotations

import os
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

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
autodoc_typehints = "description"
autodoc_member_order = "bysource"
suppress_warnings = [
    "ref.python"
]  # rooms have names in common, such as Plan; types in signatures are not links
exclude_patterns = ["_build", "reference/generated", "charts/generated"]
html_theme = "furo"
html_title = "detente"
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["notebooks.css"]

# The example notebooks are text, run anew at each build: on the facts that ship, in a cache of their own.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_execution_timeout = 900  # the first run of all compiles
nb_merge_streams = True
os.environ["DETENTE_CACHE"] = str(Path(__file__).parent / "_build" / "cache")
os.environ.pop("DETENTE_MIRROR", None)

write_reference(Path(__file__).parent / "reference" / "generated")
write_charts()
