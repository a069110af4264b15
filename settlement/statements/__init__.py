"""Statements 结算单: what one institution is owed for one quarter, and why."""
