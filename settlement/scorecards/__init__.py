"""Two increases and two controls of every institution and quarter, from its certified loan returns; read only."""
