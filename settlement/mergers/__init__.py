"""Mergers of institutions as dated facts: who ended as a legal person, on which day, and into whom it went."""
