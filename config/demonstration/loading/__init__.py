"""Put the demonstration city into the books, through the same services as everybody else."""
