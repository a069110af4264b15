"""A firm signs itself up by its credit code; an official confirms who it is before any bank hears of it."""
