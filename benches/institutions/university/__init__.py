"""A made-up national university and its industry-academic foundation, fiscal years March to February, 2020 to 2024.

Comes in: rows, seed, layout. Goes out: an export and its truth. Refuses: what `generate.py` refuses.
"""

from ..files import Export
from .layouts import write
from .planted import Planter
from .streams import University

PLANTED_SHARE = 0.0065


def generate(out, rows, seed, layout, clean):
    """Write the export; returns the number of rows and of planted rows by family."""
    planted = round(rows * PLANTED_SHARE)
    own_seed = seed * 10 + layout  # every layout is another university
    world = University(rows, own_seed)
    world.without_time = layout == 2
    world.build(rows - planted + planted // 9)  # a ninth of the planted rows changes ordinary ones
    if not clean:
        Planter(world, own_seed).plant(planted)
    export = Export(out)
    write(world, layout, export, seed)
    return len(world.rows), export.finish()
