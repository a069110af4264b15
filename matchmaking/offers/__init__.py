"""Who could lend on a request, and which requests a product would meet: products and requests seen together."""
