"""Where files live, and how they are written: whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from detente.errors import EvidenceError, Problem


def at_home(path: str | Path) -> Path:
    """Return a path with `~` as the user's home; as it is, where there is no such user.

    >>> at_home("~nobody of this name/x").name
    'x'
    """
    try:
        return Path(path).expanduser()
    except (RuntimeError, ValueError):  # no such user, or a name that no system has
        return Path(path)


def cache_folder() -> Path:
    """Return the folder for evidence and pulled files: `DETENTE_CACHE`, or one in the user's cache."""
    chosen = os.environ.get("DETENTE_CACHE")
    if chosen:
        return at_home(chosen).absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("detente", appauthor=False))


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a temporary path and move it to `target` at the end; on any error `target` stays as it was.

    Raises `EvidenceError` where the folder cannot be written or the disk is full.
    """
    made: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        os.close(handle)
        made = Path(name)
        made.unlink()  # DuckDB wants to create its own file; the name stays ours
        yield made
        with made.open("rb") as written:
            os.fsync(written.fileno())
        if not target.exists():
            made.chmod(0o666 & ~_umask())
        else:
            made.chmod(target.stat().st_mode & 0o777)
        made.replace(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        if made is not None:
            for leftover in (made, made.with_name(made.name + ".wal")):
                leftover.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def unwritable(target: Path, error: OSError) -> EvidenceError:
    """Return the error for a file that could not be written, with the fix that fits its cause."""
    import errno

    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT):
        hint = "choose a folder you may write to: -o DIR for outputs, DETENTE_CACHE=DIR for the evidence"
    elif error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "the disk is full: free some space, or point DETENTE_CACHE at another disk; nothing was lost"
    elif error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
        hint = "a file stands where a folder should be (or the reverse): choose another path"
    else:
        hint = "nothing was changed; try again"
    return EvidenceError(Problem(str(target), f"cannot be written ({error.strerror or error})", hint))


def check_writable(folder: Path) -> None:
    """Raise `EvidenceError` where a folder cannot be made or written, before any long work is done for it.

    >>> check_writable(Path())
    """
    import errno

    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise unwritable(folder, NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
    if not os.access(there, os.W_OK | os.X_OK):
        raise unwritable(folder, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 to `target`, whole or not at all."""
    with replacing(target) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
