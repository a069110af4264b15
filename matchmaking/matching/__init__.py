"""From open requests to pairs: eligibility, score, reasons, near misses, and who meets whom. Pure and deterministic.

Every function takes plain values, the policy and the day included; nothing here reads a file, a clock or a random source.
"""
