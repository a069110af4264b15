"""The policy book on screen and as JSON."""
