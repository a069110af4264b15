"""Long work: asked for on a page, done by the scheduler's process, with its progress, its end and its result kept."""
