"""File mode: filed returns, institutions and certified figures in; statements, shares and reconciliation out.

The service writes its exports with `outputs`, so the same facts give the same bytes in file mode and from the service.
"""
