"""The demonstration city: made-up parties, loan books and markets, written in the service's own formats from a seed.

`write_city(out)` is the whole of it; `docs/demonstration.md` says what the city holds and which cases are planted.
"""

from config.demonstration.city import write_city

__all__ = ["write_city"]
