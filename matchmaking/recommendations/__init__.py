"""需求推荐: what pool firms need, recommended to the banks whose products fit and to the platforms; with what became of it."""
