"""Balances certified by the 人民银行 branch: the base of payment, of which the returns are the control (domain §2)."""
