"""Policies as dated data: what a document orders is a value from a day to a day, read from `config/policies/*.toml`.

A day without a value raises `PolicySilent`, a value that a document still has to set raises `PolicyUndecided`;
nothing here answers with a zero.
"""

from kernel.policies.book import PolicyBook
from kernel.policies.clauses import CLAUSE_KINDS, KIND_TITLES, Clause, ClauseKind
from kernel.policies.loading import UNDECIDED, UNDECIDED_MARK
from kernel.policies.overlay import Setting, Source, overlaid
from kernel.policies.refusals import (
    PolicyFilesInvalid,
    PolicyProblem,
    PolicySilent,
    PolicyUndecided,
    UnknownParameter,
    UnknownScheme,
)
from kernel.policies.schemes import Scheme
from kernel.policies.values import ORIGIN_TITLES, Origin, Parameter, PolicyData, Value, percent
from kernel.policies.words import OpenWord, OpenWords, WordAlternative
from kernel.policies.words_loading import load_words
from kernel.policies.written import from_text, from_written, written

__all__ = [
    "CLAUSE_KINDS",
    "KIND_TITLES",
    "ORIGIN_TITLES",
    "UNDECIDED",
    "UNDECIDED_MARK",
    "Clause",
    "ClauseKind",
    "OpenWord",
    "OpenWords",
    "Origin",
    "Parameter",
    "PolicyBook",
    "PolicyData",
    "PolicyFilesInvalid",
    "PolicyProblem",
    "PolicySilent",
    "PolicyUndecided",
    "Scheme",
    "Setting",
    "Source",
    "UnknownParameter",
    "UnknownScheme",
    "Value",
    "WordAlternative",
    "from_text",
    "from_written",
    "load_words",
    "overlaid",
    "percent",
    "written",
]
