"""Papers of the settlement: the statement as an A4 PDF, the quarter as a workbook whose sums can be followed."""
