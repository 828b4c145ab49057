"""한빛문화시설공단, a made-up public corporation that runs theatres, sports halls and car parks, 2020 to 2024.

Comes in: rows, seed, layout. Goes out: an export and its truth. Refuses: what `generate.py` refuses.
"""

from ..files import Export
from .layouts import write
from .planted import Planter
from .streams import Corporation


def generate(out, rows, seed, layout, clean):
    """Write the export; returns the number of rows and of planted rows by family."""
    world = Corporation(rows, seed)
    world.build()
    if not clean:
        Planter(world, seed, layout).plant()
    export = Export(out)
    write(world, layout, export, seed)
    return len(world.rows), export.finish()
