"""People, their roles, how they sign in, and what their roles and tokens allow."""
