"""意见: what people at the desks say about a page, and what the bureau answers."""
