"""What the sessions did: measures with a written definition, numerator and denominator, by bank, county, week and theme."""
