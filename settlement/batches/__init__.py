"""Batches 批次: the four hands of the bureau on a quarter's awards and adjustments, the public notice, objections, deputies."""
