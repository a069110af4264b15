"""Claims 申报 of event awards: drafted, filed with papers, decided by the responsible bureau; accepted ones feed statements."""
