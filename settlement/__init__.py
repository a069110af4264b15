"""Quarterly settlement of the notice's incentives: returns in, statements out, every figure traceable to its rows."""
