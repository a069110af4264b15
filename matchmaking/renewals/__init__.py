"""Renewal without repayment of principal 无还本续贷, and deferral 延期还本付息 (domain §8)."""
