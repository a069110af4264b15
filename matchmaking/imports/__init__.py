"""Products, requests and prior clients by file: looked at first, then taken whole or not at all."""
