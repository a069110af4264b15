"""A bank's own list of prior clients: firms that have borrowed from it, read by that bank alone."""
