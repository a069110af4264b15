"""Loan and guarantee returns: intake, validation, versions, certification. The file-level part knows no database."""
