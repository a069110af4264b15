"""存下的筛选: the addresses of lists that somebody comes back to, under names of their own."""
