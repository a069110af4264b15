"""`python -m config.demonstration OUT [--seed N] [--scale N]`."""

import argparse
from pathlib import Path

from config.demonstration.city import SEED, write_city


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m config.demonstration", description="Write the demonstration city.")
    parser.add_argument("out", type=Path, help="folder for the files, made if missing")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scale", type=int, default=1, help="multiplies loans and enterprises")
    arguments = parser.parse_args()
    write_city(arguments.out, seed=arguments.seed, scale=arguments.scale)


if __name__ == "__main__":
    main()
