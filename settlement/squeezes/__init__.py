"""Alerts on loans called in, cut or squeezed before maturity: a performing borrower in two successive returns (notice, annex 1 五)."""
