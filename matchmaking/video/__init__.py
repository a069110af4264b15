"""Where a meeting by video takes place: the bank's own link, or a room of a host of the city."""
