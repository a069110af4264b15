"""Readings 未定用语与试算: what documents have decided, what each reading of the notice costs, and what another value would."""
