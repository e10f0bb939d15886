"""The kinds of files of films, by the name by which one asks for them."""

from collections.abc import Mapping

from catalogue.domain.lines import CNC_AGREES, OURS, Format, Kind
from catalogue.domain.million_list import CNC_MILLION
from catalogue.domain.visa_list import CNC_VISAS

FORMATS: Mapping[Kind, Format] = {
    Kind.OURS: OURS,
    Kind.CNC_AGREES: CNC_AGREES,
    Kind.CNC_VISAS: CNC_VISAS,
    Kind.CNC_MILLION: CNC_MILLION,
}
