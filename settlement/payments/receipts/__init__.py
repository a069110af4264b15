"""Receipts 回单: the treasury's file comes back, whole or not at all; what does not match waits for an official."""
