"""Which challenges travel together: codes on the same segments and in the same interviews, against chance; and links
that somebody states.

Co-occurrence has no direction, and being told together is not being the cause. `links` are kept beside it: there an
informant says that one challenge acts on another."""

from .measures import c_coefficient, measures
from .pairs import FEWEST, interdependence, told_together
from .passages import overlaps
from .permutation import chance, floors, max_t, permuted
from .stable import LIFTED, STABLE, edges, pair_stability
from .stated import VERDICTS, links, published_links
from .units import codes_per_segment

__all__ = [
    "FEWEST",
    "LIFTED",
    "STABLE",
    "VERDICTS",
    "c_coefficient",
    "chance",
    "codes_per_segment",
    "edges",
    "floors",
    "interdependence",
    "links",
    "max_t",
    "measures",
    "overlaps",
    "pair_stability",
    "permuted",
    "published_links",
    "told_together",
]
