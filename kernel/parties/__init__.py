"""Who is who: institutions, enterprises and bureaus, with dated status (domain §1)."""
