"""가온구청, a made-up district office: an e호조-like system and two neighbouring ones, calendar years 2020 to 2024.

Comes in: rows, seed, layout. Goes out: an export and its truth. Refuses: what `generate.py` refuses.
"""

from ..files import Export
from .layouts import write
from .planted import Planter
from .streams import District

PLANTED_SHARE = 0.0065


def generate(out, rows, seed, layout, clean):
    """Write the export; returns the number of rows and of planted rows by family."""
    planted = round(rows * PLANTED_SHARE)
    world = District(rows, seed)
    world.build(rows - round(planted * 0.67))  # about two thirds of the planted rows are additional ones
    if not clean:
        Planter(world, seed, layout).plant_all(planted)
    export = Export(out)
    write(world, layout, export, seed)
    return len(world.rows), export.finish()
