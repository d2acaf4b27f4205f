"""The source registry: who made each table, under which terms, and which files hold it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from detente.errors import EvidenceError, Problem, did_you_mean, raise_all

REGISTRY = Path(__file__).with_name("sources.yaml")

LicenceBasis = Literal["stated", "general knowledge"]


def is_inside(name: str) -> bool:
    """Return whether a file name stays inside the folder it is given for.

    >>> is_inside("votes.parquet"), is_inside("../votes.parquet"), is_inside("/etc/passwd")
    (True, False, False)
    """
    parts = PurePosixPath(name).parts
    plain = bool(parts) and not name.startswith(("/", "~")) and "\\" not in name and "\0" not in name
    return plain and ".." not in parts and ":" not in parts[0]


def _inside(name: str) -> str:
    if not is_inside(name):
        raise ValueError(f"{name!r} leads out of the source's folder")
    return name


def _web(url: str) -> str:
    loopback = url.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:"))
    if not (url.startswith("https://") or loopback):
        raise ValueError(f"{url!r} is not an https address")
    return url


Web = Annotated[str, AfterValidator(_web)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceFile(_Frozen):
    """One file of a source:

    its name inside the source's folder, what it weighs, and where it can be fetched.
    """

    name: Annotated[str, AfterValidator(_inside)]
    bytes: int | None = Field(default=None, ge=0)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    download: Web | None = None


class Source(_Frozen):
    """One source: provider, citation and terms; the files that hold it; how a user gets them."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    provider: str
    citation: str
    licence: str
    licence_basis: LicenceBasis
    terms: str = ""
    redistributable: bool
    url: Web | None = None
    vintage: str = ""
    reader: str | None = None
    get: str = ""
    files: tuple[SourceFile, ...] = ()

    @model_validator(mode="after")
    def _files_need_a_reader(self) -> Source:
        names = [file.name for file in self.files]
        if bool(self.files) != bool(self.reader):
            raise ValueError("a source has both files and a reader, or neither")
        if len(set(names)) < len(names):
            raise ValueError("two files have the same name")
        return self

    @property
    def size(self) -> int | None:
        """Bytes of all files together; None where one is not known."""
        sizes = [file.bytes for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def how_to_get(self) -> str:
        """Return what a user types, and where the files lie, when detente cannot fetch them itself."""
        if self.get:
            return self.get
        names = ", ".join(file.name for file in self.files)
        return (
            f"get {names} from {self.url}, put them into a folder {self.id}/ inside any folder DIR, "
            f"then type: DETENTE_MIRROR=DIR detente data pull {self.id}"
        )


class Registry(_Frozen):
    """All sources, in order of precedence.

    >>> registry = Registry.load()
    >>> registry["macro"].provider
    'World Bank'
    """

    sources: tuple[Source, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Registry:
        twice = {source.id for source in self.sources if self.ids.count(source.id) > 1}
        if twice:
            raise ValueError(f"two sources have the same id: {', '.join(sorted(twice))}")
        return self

    @classmethod
    def load(cls, path: Path = REGISTRY) -> Registry:
        """Return the registry of `path`, by default the one that ships.

        Raises `EvidenceError` with every fault.
        """
        return _load(path, path.stat().st_mtime_ns)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids in order of precedence."""
        return tuple(source.id for source in self.sources)

    @property
    def pullable(self) -> tuple[Source, ...]:
        """Sources whose files a user can pull."""
        return tuple(source for source in self.sources if source.files)

    def __contains__(self, source_id: str) -> bool:
        return source_id in self.ids

    def __getitem__(self, source_id: str) -> Source:
        return self.choose([source_id])[0]

    def choose(self, ids: Iterable[str]) -> tuple[Source, ...]:
        """Return the sources named, without repeats.

        Raises `EvidenceError` for all ids that are not registered.
        """
        by_id = {source.id: source for source in self.sources}
        wanted = tuple(dict.fromkeys(ids))
        problems = [
            Problem(
                where=wrong,
                what="is not a registered source",
                hint=did_you_mean(wrong, by_id) or f"one of: {', '.join(by_id)}",
            )
            for wrong in wanted
            if wrong not in by_id
        ]
        raise_all(EvidenceError, problems)
        return tuple(by_id[known] for known in wanted)


@cache
def _load(path: Path, _changed: int) -> Registry:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return Registry.model_validate(yaml.load(path.read_bytes(), Loader=loader))
    except yaml.YAMLError as error:
        raise EvidenceError(Problem(path.name, f"is not YAML: {error}")) from error
    except ValidationError as error:
        places = [
            Problem(f"{path.name}: {'.'.join(map(str, fault['loc']))}", fault["msg"])
            for fault in error.errors()
        ]
        raise EvidenceError(*places) from error
