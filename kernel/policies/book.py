"""The book of all schemes and all clauses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kernel.policies.canonical import digest
from kernel.policies.clauses import Clause
from kernel.policies.declared import Declarations
from kernel.policies.loading import read_directory
from kernel.policies.refusals import PolicyFilesInvalid, UnknownScheme
from kernel.policies.schemes import Scheme


@dataclass(frozen=True)
class PolicyBook:
    """All schemes, by id, and all clauses, by number."""

    schemes: tuple[Scheme, ...]

    @classmethod
    def load(cls, directory: Path, declared: Declarations | None = None) -> "PolicyBook":
        """The book of all `*.toml` files in a directory; raises `PolicyFilesInvalid` with all their problems.

        With the declarations of what the code reads, values are held against their bounds and quotes against the documents.
        """
        schemes, problems = read_directory(directory, declared)
        if problems:
            raise PolicyFilesInvalid(problems)
        return cls(tuple(schemes))

    @cached_property
    def _by_id(self) -> Mapping[str, Scheme]:
        return {scheme.id: scheme for scheme in self.schemes}

    def scheme(self, name: str) -> Scheme:
        if name not in self._by_id:
            raise UnknownScheme(name, sorted(self._by_id))
        return self._by_id[name]

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        every = [clause for scheme in self.schemes for clause in scheme.clauses]
        return tuple(sorted(every, key=lambda clause: clause.number))

    @cached_property
    def digest(self) -> str:
        """Hex SHA-256 over all schemes, whatever the order and layout of the files."""
        return digest({scheme.id: scheme.digest for scheme in self.schemes})

    def replacing(self, scheme: Scheme) -> "PolicyBook":
        """The same book with one scheme changed."""
        self.scheme(scheme.id)
        return PolicyBook(tuple(scheme if one.id == scheme.id else one for one in self.schemes))
