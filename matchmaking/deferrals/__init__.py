"""Deferral of principal and interest 延期还本付息: three dated rules, applications, and what the bank decides (domain §8)."""
