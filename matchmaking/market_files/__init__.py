"""The market files `banks`, `products` and `requests`: one catalogue of columns, and the readers that use it. Pure."""
