"""Evidence of one's own beside the evidence in the cache: what is added to it stays apart."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from detente import files
from detente.evidence.database import NAME
from detente.evidence.ledger import Ledger
from detente.evidence.progress import Report, silent


def branch(folder: Path, *, cache: Path | None = None, report: Report = silent) -> Path:
    """Lay out in an empty `folder` a cache that holds what `cache` holds (the user's, if left out).

    What is imported into it leaves the other as it was. Files that were pulled or imported are linked to, not
    copied, and so is the database, which is never written in place. Raises `EvidenceError` where the evidence
    cannot be built or the folder cannot be written.
    """
    from detente.evidence.evidence import open_evidence

    home = cache or files.cache_folder()
    open_evidence(folder=home, report=report).close()
    ledger = Ledger.load(home)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for item in ledger.inputs:
            version = item.folder(folder)
            version.parent.mkdir(parents=True, exist_ok=True)
            version.symlink_to(item.folder(home), target_is_directory=True)
        _linked(home / NAME, folder / NAME)
    except OSError as error:
        raise files.unwritable(folder, error) from error
    ledger.save(folder)
    return folder


def _linked(source: Path, target: Path) -> None:
    with contextlib.suppress(OSError):  # another disk, or one without links
        os.link(source, target)
        return
    shutil.copyfile(source, target)
