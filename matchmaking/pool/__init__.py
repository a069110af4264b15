"""The cultivation pool 小升规培育库 by county, monthly revenue, early warning, and the January report on targets."""
