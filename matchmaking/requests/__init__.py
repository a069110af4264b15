"""Financing requests of enterprises, in versions, with the consent that lets banks see them."""
