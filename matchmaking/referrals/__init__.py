"""推荐: one request at one bank, from the meeting to the last drawdown, with a clock and a reason for every no."""
