"""第一次来: what each role finds where, told once and found again from the account page."""
