"""术语: the words of the notice and of this service, explained where they head a column or a page, and all on one page."""
