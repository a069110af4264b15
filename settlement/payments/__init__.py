"""Payments 拨付: from an approved batch to the matched bank receipt, payer by payer, and the books behind it."""
