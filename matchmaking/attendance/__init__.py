"""The day itself: who came, who did not, and what came of each meeting, said by both sides."""
