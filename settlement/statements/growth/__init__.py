"""The growth reward's own side of a statement: its facts in the books, its figures, its explanation, its rows."""
