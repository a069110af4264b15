"""What the three platforms are told of products, requests and their progress; through the outbox, to those that a bureau chose."""
