"""The desk at which mergers are entered and checked, with what they would change; the facts themselves are in `mergers`."""
