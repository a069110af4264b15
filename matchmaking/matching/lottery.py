"""One lottery per session. Its seed is committed to before requests close and revealed with the certificate.

Parties appear under pseudonyms made with a secret salt; two parties that met can tell each other's by slot and room; the
tickets hang on seed and pseudonym, so that anyone can recompute the draw from the certificate alone.
"""

import hashlib
import hmac
from collections.abc import Sequence

import numpy as np

from matchmaking.matching.columns import Ints

PSEUDONYM_DIGITS = 20


def commitment(seed: bytes) -> str:
    """What is published before requests close: SHA-256 of the seed's bytes, in hex."""
    return hashlib.sha256(seed).hexdigest()


def pseudonym(salt: bytes, kind: str, code: str) -> str:
    """The name of a party in the certificate; `kind` is `enterprise` or `bank`."""
    return hmac.new(salt, f"{kind}:{code}".encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_DIGITS]


def ticket(seed: bytes, name: str) -> str:
    """The lottery ticket of a pseudonym, in hex; the lower one is drawn first."""
    return hashlib.sha256(seed + b"|" + name.encode()).hexdigest()


def draw(seed: bytes, pseudonyms: Sequence[str]) -> Ints:
    """The place of each pseudonym in the draw, 0 first."""
    tickets = [ticket(seed, name) for name in pseudonyms]
    places = np.empty(len(tickets), np.int64)
    places[sorted(range(len(tickets)), key=lambda place: (tickets[place], pseudonyms[place]))] = np.arange(len(tickets))
    return places
