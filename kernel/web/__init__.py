"""The web shell: edge, problems, paging, forms, API, templates and static files."""
