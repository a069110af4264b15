"""When and where: every meeting a slot, a desk and a room, no clash, in the fewest slots, provably. Pure."""
